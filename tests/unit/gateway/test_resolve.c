/*
 * Names without the network: which hosts are asked for, when again, and what is made of an answer.
 */
#include "config/url.h"
#include "gateway/resolve/refresh.h"
#include "gateway/resolve/resolver.h"
#include "gateway/resolve/sighting.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static union endpoint_address address_of(const char *text)
{
    union endpoint_address address = {0};
    if (strchr(text, ':') != NULL) {
        address.v6.sin6_family = AF_INET6;
        assert_int_equal(inet_pton(AF_INET6, text, &address.v6.sin6_addr), 1);
    } else {
        address.v4.sin_family = AF_INET;
        assert_int_equal(inet_pton(AF_INET, text, &address.v4.sin_addr), 1);
    }
    return address;
}

static void assert_address(const union endpoint_address *address, const char *text)
{
    union endpoint_address expected = address_of(text);
    char shown[INET6_ADDRSTRLEN];
    bool is_v6 = address->any.sa_family == AF_INET6;
    assert_int_equal(address->any.sa_family, expected.any.sa_family);
    inet_ntop(address->any.sa_family,
              is_v6 ? (const void *)&address->v6.sin6_addr : (const void *)&address->v4.sin_addr,
              shown, sizeof(shown));
    assert_string_equal(shown, text);
    assert_int_equal(ntohs(is_v6 ? address->v6.sin6_port : address->v4.sin_port), 8080);
}

static struct sighting sighting_of(const char *const *texts, uint32_t count)
{
    union endpoint_address list[100];
    struct sighting sighting;
    for (uint32_t i = 0; i < count; i++)
        list[i] = address_of(texts[i]);
    sighting_make(&sighting, list, count, 8080);
    return sighting;
}

static void only_names_are_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *host, *path;
        bool is_wanted;
    } cases[] = {
        {"users.internal", "", true}, {"users", "", true},         {"1.example", "", true},
        {"localhost", "", false},     {"LocalHost", "", false},    {"10.0.0.1", "", false},
        {"127.1", "", false},         {"0x7f000001", "", false},   {"2852039166", "", false},
        {"::1", "", false},           {"fe80::1%eth0", "", false}, {"", "/run/users.sock", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct url url = {.host = str_of(cases[i].host), .unix_path = str_of(cases[i].path)};
        if (resolver_wants(&url) != cases[i].is_wanted)
            fail_msg("%s%s", cases[i].host, cases[i].path);
    }
}

static void an_answer_is_used_as_long_as_it_says_within_bounds(void **state)
{
    (void)state;
    assert_int_equal(refresh_wait(0), SECOND);
    assert_int_equal(refresh_wait(SECOND), SECOND);
    assert_int_equal(refresh_wait(90 * SECOND), 90 * SECOND);
    assert_int_equal(refresh_wait(7 * 24 * HOUR), 5 * MINUTE);
    assert_int_equal(refresh_wait(USEC_NEVER), 30 * SECOND);
}

static void a_failure_is_asked_again_later_and_later(void **state)
{
    (void)state;
    static const usec longest[] = {1, 2, 4, 8, 16, 30, 30, 30};
    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(refresh_pause(i + 1, 0), longest[i] * SECOND);
        assert_int_equal(refresh_pause(i + 1, (uint64_t)longest[i] * SECOND / 2 - 1),
                         longest[i] * SECOND / 2 + 1);
    }
    assert_int_equal(refresh_pause(UINT32_MAX, 0), 30 * SECOND);
    assert_int_equal(refresh_pause(0, 0), SECOND);
}

static void one_family_is_used_and_the_other_is_the_spare(void **state)
{
    (void)state;
    static const char *const both[] = {"2001:db8::2", "10.0.0.2", "2001:db8::1", "10.0.0.1"};
    struct sighting sighting = sighting_of(both, 4);
    assert_int_equal(sighting.count, 2);
    assert_address(&sighting.places[0].address, "2001:db8::1");
    assert_address(&sighting.places[1].address, "2001:db8::2");
    assert_address(&sighting.places[0].spare, "10.0.0.1");
    assert_address(&sighting.places[1].spare, "10.0.0.1");

    sighting = sighting_of(both + 1, 1);
    assert_int_equal(sighting.count, 1);
    assert_int_equal(sighting.places[0].spare.any.sa_family, AF_UNSPEC);
}

static void the_order_of_an_answer_is_no_change(void **state)
{
    (void)state;
    static const char *const first[] = {"10.0.0.1", "10.0.0.3", "10.0.0.2", "::2", "::3"};
    static const char *const second[] = {"10.0.0.3", "10.0.0.2", "10.0.0.2",
                                         "10.0.0.1", "::3",      "::2"};
    struct sighting a = sighting_of(first, 5), b = sighting_of(second, 6);
    assert_int_equal(a.count, 3);
    assert_int_equal(b.count, 3);
    assert_memory_equal(a.places, b.places, 3 * sizeof(*a.places));
}

static void link_local_addresses_are_left_out_however_they_are_written(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "169.254.169.254", "169.254.0.1",  "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe",
        "fe80::1",         "febf:ffff::1", "fd00:ec2::254",
    };
    static const char *const good[] = {"169.253.0.1", "170.254.0.1", "fec0::1",
                                       "::ffff:168.254.0.1", "fd00:ec2::253"};
    struct sighting sighting = sighting_of(bad, 7);
    assert_int_equal(sighting.count, 0);
    assert_int_equal(sighting.refused, 7);
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        union endpoint_address address = address_of(good[i]);
        if (address_is_link_local(&address))
            fail_msg("%s", good[i]);
    }
    static const char *const mixed[] = {"fe80::1", "10.0.0.1"};
    sighting = sighting_of(mixed, 2);
    assert_int_equal(sighting.count, 1);
    assert_address(&sighting.places[0].address, "10.0.0.1");
    assert_int_equal(sighting.places[0].spare.any.sa_family, AF_UNSPEC);
}

static void beyond_the_maximum_addresses_are_left_out(void **state)
{
    (void)state;
    union endpoint_address list[200];
    struct sighting sighting;
    for (uint32_t i = 0; i < 200; i++) {
        list[i] = address_of("10.0.0.1");
        list[i].v4.sin_addr.s_addr = htonl(0x0A000000u + i);
    }
    sighting_make(&sighting, list, 200, 80);
    assert_int_equal(sighting.count, SIGHTING_PLACES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_names_are_asked_for),
        cmocka_unit_test(an_answer_is_used_as_long_as_it_says_within_bounds),
        cmocka_unit_test(a_failure_is_asked_again_later_and_later),
        cmocka_unit_test(one_family_is_used_and_the_other_is_the_spare),
        cmocka_unit_test(the_order_of_an_answer_is_no_change),
        cmocka_unit_test(link_local_addresses_are_left_out_however_they_are_written),
        cmocka_unit_test(beyond_the_maximum_addresses_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

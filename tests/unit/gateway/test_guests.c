/*
 * Who is counted as one client, and how many of them are let in.
 */
#include "gateway/front/guests.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct house {
    struct settings settings;
    struct guests *guests;
};

static int house_open(void **state)
{
    static struct house house;
    static struct block trusted;
    memset(&house, 0, sizeof house);
    assert_int_equal(inet_pton(AF_INET6, "::ffff:10.0.0.0", trusted.bytes), 1);
    trusted.bits = 104;
    house.settings.limits.per_client = 2;
    house.settings.trusted_proxies = &trusted;
    house.settings.trusted_proxy_count = 1;
    house.guests = guests_new(&house.settings);
    *state = &house;
    return 0;
}

static int house_close(void **state)
{
    struct house *house = *state;
    guests_free(house->guests);
    return 0;
}

static bool enters(struct house *house, const char *address, struct guest *guest)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
        return guests_enter(house->guests, (const void *)&v4, guest);
    assert_int_equal(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
    return guests_enter(house->guests, (const void *)&v6, guest);
}

static void an_address_has_so_many_places(void **state)
{
    struct house *house = *state;
    struct guest one, two, other;
    assert_true(enters(house, "192.0.2.1", &one));
    assert_true(enters(house, "192.0.2.1", &two));
    assert_false(enters(house, "192.0.2.1", &other));
    assert_true(enters(house, "192.0.2.2", &other));
    guests_leave(house->guests, &one);
    assert_true(enters(house, "192.0.2.1", &one));
    assert_false(enters(house, "192.0.2.1", &other));
    guests_leave(house->guests, &one);
    guests_leave(house->guests, &two);
    /* nobody is left, and the next one is counted from one again */
    assert_true(enters(house, "192.0.2.1", &one));
    assert_true(enters(house, "192.0.2.1", &one));
    assert_false(enters(house, "192.0.2.1", &one));
}

static void an_ipv4_address_in_ipv6_clothes_is_the_same(void **state)
{
    struct house *house = *state;
    struct guest guest;
    assert_true(enters(house, "192.0.2.1", &guest));
    assert_true(enters(house, "::ffff:192.0.2.1", &guest));
    assert_false(enters(house, "192.0.2.1", &guest));
    assert_true(enters(house, "::ffff:192.0.2.2", &guest));
}

static void a_network_of_ipv6_is_one_client(void **state)
{
    struct house *house = *state;
    struct guest guest;
    assert_true(enters(house, "2001:db8:0:1::1", &guest));
    assert_true(enters(house, "2001:db8:0:1:ffff::2", &guest));
    assert_false(enters(house, "2001:db8:0:1::3", &guest));
    assert_true(enters(house, "2001:db8:0:2::1", &guest));
}

static void trusted_proxies_and_unix_sockets_are_not_counted(void **state)
{
    struct house *house = *state;
    struct sockaddr peer = {.sa_family = AF_UNIX};
    struct guest guest;
    for (int i = 0; i < 5; i++) {
        assert_true(enters(house, "10.1.2.3", &guest));
        assert_false(guest.is_counted);
        assert_true(guests_enter(house->guests, &peer, &guest));
        guests_leave(house->guests, &guest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_address_has_so_many_places, house_open, house_close),
        cmocka_unit_test_setup_teardown(an_ipv4_address_in_ipv6_clothes_is_the_same, house_open,
                                        house_close),
        cmocka_unit_test_setup_teardown(a_network_of_ipv6_is_one_client, house_open, house_close),
        cmocka_unit_test_setup_teardown(trusted_proxies_and_unix_sockets_are_not_counted,
                                        house_open, house_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

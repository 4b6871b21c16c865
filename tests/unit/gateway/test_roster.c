/*
 * The addresses of a service: found, kept, gone, and slots that are used again.
 */
#include "gateway/guard/roster.h"

#include "config/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct endpoint_place at(uint8_t last, uint16_t port)
{
    return (struct endpoint_place){.address.v4 = {.sin_family = AF_INET,
                                                  .sin_port = htons(port),
                                                  .sin_addr.s_addr = htonl(0x0A000000u | last)}};
}

static void each_url_is_a_member_until_it_is_resolved(void **state)
{
    (void)state;
    struct url urls[2] = {{.weight = 1}, {.weight = 5}};
    struct roster roster;
    roster_init(&roster, urls, 2);
    assert_int_equal(roster.count, 2);
    assert_ptr_equal(roster.list[1].endpoint.url, &urls[1]);
    assert_false(roster.list[1].endpoint.is_resolved);
    assert_int_equal(roster.list[1].endpoint.slot, 1);
    assert_int_equal(roster.list[1].endpoint.generation, 2);
    assert_int_equal(roster.list[1].weight, 5);

    struct endpoint_place found[2] = {at(7, 80), at(8, 80)};
    assert_true(roster_resolve(&roster, &urls[1], found, 2));
    assert_int_equal(roster.count, 3);
    assert_false(roster.list[0].endpoint.is_resolved);
    assert_int_equal(roster.list[1].endpoint.generation, 3);
    assert_int_equal(roster.list[2].endpoint.generation, 4);
    assert_int_equal(roster.list[2].weight, 5);
    assert_false(roster_resolve(&roster, &urls[1], found, 2));
    roster_done(&roster);
}

static void an_address_that_stays_keeps_what_is_known_of_it(void **state)
{
    (void)state;
    struct url url = {.weight = 1};
    struct roster roster;
    roster_init(&roster, &url, 1);
    struct endpoint_place first[2] = {at(7, 80), at(8, 80)};
    roster_resolve(&roster, &url, first, 2);
    roster.list[0].flying = 4;
    roster.list[1].flying = 9;
    struct endpoint gone = roster.list[0].endpoint;
    struct endpoint kept = roster.list[1].endpoint;

    struct endpoint_place second[2] = {at(9, 80), at(8, 80)};
    assert_true(roster_resolve(&roster, &url, second, 2));
    assert_int_equal(roster.count, 2);
    assert_null(roster_find(&roster, &gone));
    assert_ptr_equal(roster_find(&roster, &kept), &roster.list[1]);
    assert_int_equal(roster.list[1].flying, 9);
    assert_int_equal(roster.list[0].flying, 0);
    assert_int_equal(roster.list[0].endpoint.slot, gone.slot);
    assert_true(roster.list[0].endpoint.generation > gone.generation);
    roster_done(&roster);
}

static void a_name_server_that_finds_nothing_changes_nothing(void **state)
{
    (void)state;
    struct url url = {.weight = 1};
    struct roster roster;
    roster_init(&roster, &url, 1);
    struct endpoint_place found = at(7, 80);
    roster_resolve(&roster, &url, &found, 1);
    assert_false(roster_resolve(&roster, &url, NULL, 0));
    assert_int_equal(roster.count, 1);
    assert_true(roster.list[0].endpoint.is_resolved);
    roster_done(&roster);
}

static void beyond_the_maximum_addresses_are_left_out(void **state)
{
    (void)state;
    static struct endpoint_place many[300];
    struct url url = {.weight = 1};
    struct roster roster;
    roster_init(&roster, &url, 1);
    for (uint16_t i = 0; i < 300; i++)
        many[i] = at((uint8_t)1, (uint16_t)(1000 + i));
    assert_true(roster_resolve(&roster, &url, many, 300));
    assert_int_equal(roster.count, ENDPOINTS_MAXIMUM);
    roster_done(&roster);
}

static void a_name_is_sought_then_found_or_nowhere(void **state)
{
    (void)state;
    struct url urls[2] = {{.weight = 1}, {.weight = 1}};
    struct endpoint_place found = at(7, 80);
    struct roster roster;
    roster_init(&roster, urls, 2);
    assert_int_equal(roster.placed, 2);
    roster_seek(&roster, &urls[0]);
    assert_int_equal(roster.placed, 1);
    assert_false(roster_is_seeking(&roster)); /* the other one can be asked */
    roster_seek(&roster, &urls[1]);
    assert_true(roster_is_seeking(&roster));
    roster_lose(&roster, &urls[0]);
    assert_true(roster.list[0].endpoint.is_nowhere);
    assert_true(roster_is_seeking(&roster));
    roster_lose(&roster, &urls[1]);
    assert_false(roster_is_seeking(&roster));
    assert_int_equal(roster.placed, 0);

    assert_true(roster_resolve(&roster, &urls[1], &found, 1));
    assert_int_equal(roster.placed, 1);
    roster_seek(&roster, &urls[1]); /* it is known already: a look-up later changes nothing */
    roster_lose(&roster, &urls[1]);
    assert_int_equal(roster.placed, 1);
    assert_int_equal(roster.sought, 0);
    roster_done(&roster);
}

static void another_spare_is_another_place(void **state)
{
    (void)state;
    struct url url = {.weight = 1};
    struct endpoint_place found = at(7, 80);
    struct roster roster;
    roster_init(&roster, &url, 1);
    assert_true(roster_resolve(&roster, &url, &found, 1));
    uint32_t generation = roster.list[0].endpoint.generation;
    found.spare.v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(80)};
    assert_true(roster_resolve(&roster, &url, &found, 1));
    assert_false(roster_resolve(&roster, &url, &found, 1));
    assert_true(roster.list[0].endpoint.generation > generation);
    roster_done(&roster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_url_is_a_member_until_it_is_resolved),
        cmocka_unit_test(an_address_that_stays_keeps_what_is_known_of_it),
        cmocka_unit_test(a_name_server_that_finds_nothing_changes_nothing),
        cmocka_unit_test(a_name_is_sought_then_found_or_nowhere),
        cmocka_unit_test(another_spare_is_another_place),
        cmocka_unit_test(beyond_the_maximum_addresses_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

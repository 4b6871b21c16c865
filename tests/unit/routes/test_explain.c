/*
 * Explanations: the numbers, and the page as a person sees it.
 */
#include "routes/explain.h"
#include "routes/reference.h"
#include "tests/unit/routes/fixture.h"

static const char shop[] = "services:\n"
                           "  users: { url: http://10.0.0.1:80, timeout: 500ms }\n"
                           "  users_replica: { url: http://10.0.0.4:80, timeout: 300ms }\n"
                           "  orders: { url: http://10.0.0.2:80, timeout: 200ms }\n"
                           "  reviews: { url: http://10.0.0.3:80, timeout: 100ms }\n"
                           "  stock: { url: http://10.0.0.5:80, allow: [unused-service] }\n"
                           "routes:\n"
                           "  GET /orders/{id}:\n"
                           "    deadline: 800ms\n"
                           "    calls:\n"
                           "      order: orders GET /orders/${path.id}\n"
                           "      customer:\n"
                           "        request: users GET /users/${order.customerId}\n"
                           "        timeout: 250ms\n"
                           "        fallback:\n"
                           "          - stale: 1h\n"
                           "          - request: users_replica GET /users/${order.customerId}\n"
                           "            timeout: 100ms\n"
                           "          - value: { name: Unknown }\n"
                           "      reviews:\n"
                           "        request: reviews GET /reviews?order=${path.id}\n"
                           "        fallback: { value: [] }\n";

static const char *explained(struct fixture *fixture)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    explain_print(&fixture->config, fixture_route(fixture), to);
    fclose(to);
    struct str copy = str_copy(&fixture->arena, (struct str){text, size});
    free(text);
    return copy.at;
}

static enum outage outage_of(struct fixture *fixture, const char *service)
{
    return explain_outage(fixture_route(fixture),
                          config_service(&fixture->config, str_of(service)));
}

static void test_a_page(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(fixture, shop);
    assert_fine(fixture);
    assert_string_equal(
        explained(fixture),
        "GET /orders/{id}  (shop.yaml:8)\n"
        "\n"
        "  Calls\n"
        "    order     at once      orders GET /orders/${path.id}          within 200ms\n"
        "                           else the route fails\n"
        "    customer  after order  users GET /users/${order.customerId}   within 250ms\n"
        "                           else the last good answer, up to 1h old, if there is one\n"
        "                           else users_replica GET /users/${order.customerId} within "
        "100ms\n"
        "                           else {\"name\":\"Unknown\"}\n"
        "    reviews   at once      reviews GET /reviews?order=${path.id}  within 100ms\n"
        "                           else []\n"
        "\n"
        "  Time\n"
        "    longest path  order 200ms → customer 350ms\n"
        "    deadline      800ms\n"
        "    worst case    550ms\n"
        "\n"
        "  When a service is down the route …\n"
        "    users          degrades   customer comes from users_replica GET "
        "/users/${order.customerId} within 100ms\n"
        "    users_replica  untouched\n"
        "    orders         fails      502, 503 or 504 by cause: order is required\n"
        "    reviews        degrades   reviews = []\n"
        "    stock          untouched\n");
}

static void test_outages(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(fixture, shop);
    assert_int_equal(outage_of(fixture, "orders"), OUTAGE_FAILS);
    assert_int_equal(outage_of(fixture, "users"), OUTAGE_DEGRADES);
    assert_int_equal(outage_of(fixture, "users_replica"), OUTAGE_UNTOUCHED);
    assert_int_equal(outage_of(fixture, "reviews"), OUTAGE_DEGRADES);
    assert_int_equal(outage_of(fixture, "stock"), OUTAGE_UNTOUCHED);
    assert_int_equal(explain_worst_case(fixture_route(fixture)), 550 * MILLISECOND);
}

static void test_a_fallen_call_takes_those_behind_it_along(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(fixture, SHOP "routes:\n"
                               "  GET /a:\n"
                               "    calls:\n"
                               "      a: { request: users GET /a, fallback: omit }\n"
                               "      b: { request: \"orders GET /b/${a.id}\", allow: "
                               "[required-behind-optional] }\n");
    assert_int_equal(outage_of(fixture, "users"), OUTAGE_FAILS);
    assert_non_null(strstr(explained(fixture), "b is required and cannot be asked for"));
}

static void test_a_ladder_that_asks_the_lost_service_again_does_not_help(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(fixture, SHOP "routes:\n"
                               "  GET /a:\n"
                               "    calls:\n"
                               "      a: { request: users GET /a, fallback: [ { stale: 1h }, { "
                               "request: users GET /b } ] }\n"
                               "      b: orders GET /b\n");
    assert_int_equal(outage_of(fixture, "users"), OUTAGE_FAILS);
}

static void test_the_deadline_bounds_the_worst_case(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(fixture, SHOP "routes:\n"
                               "  GET /a:\n"
                               "    deadline: 1500ms\n"
                               "    calls:\n"
                               "      a: users GET /a\n"
                               "      b: orders GET /b/${a.id}\n");
    assert_int_equal(explain_worst_case(fixture_route(fixture)), 1500 * MILLISECOND);
    assert_non_null(strstr(explained(fixture),
                           "    worst case    1500ms: the deadline cuts what could take 2s\n"));
}

static void test_a_long_request_leaves_the_columns_of_the_others_alone(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(
        fixture, SHOP
        "routes:\n"
        "  GET /a:\n"
        "    calls:\n"
        "      a: users GET /a\n"
        "      b: orders GET /${a.a_name_that_is_long}/${a.another_one}/and/so/on/until/the/end"
        "\n");
    const char *text = explained(fixture);
    assert_non_null(strstr(text, "    a  at once  users GET /a  within 1s\n"));
    assert_non_null(strstr(text, "/${a.another_one}/and/so/on/until/the/end  within 1s\n"));
}

static void test_elements_take_their_turns(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(
        fixture,
        SHOP "routes:\n"
             "  GET /a:\n"
             "    deadline: 1m\n"
             "    calls:\n"
             "      a: users GET /a\n"
             "      b: { each: \"x in ${a.list}\", request: \"orders GET /b/${x}\", limit: 20 }\n");
    assert_int_equal(explain_worst_case(fixture_route(fixture)), 4 * SECOND);
    assert_non_null(strstr(explained(fixture), "once per element, at most 20, 8 at a time"));
}

static void test_a_proxy(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(fixture,
                 SHOP "routes:\n"
                      "  ANY /a/*:\n"
                      "    - { when: \"${query.x}\", proxy: { to: users, timeout: 30s } }\n"
                      "    - { when: \"${query.y}\", proxy: orders /o/* }\n");
    assert_string_equal(explained(fixture),
                        "ANY /a/*  (shop.yaml:5)\n"
                        "\n"
                        "  Passed on as it is, to\n"
                        "    when its condition is true: users the client's path within 30s\n"
                        "    when its condition is true: orders /o/* within 1s\n"
                        "    otherwise 404\n"
                        "\n"
                        "  When that service is down the route fails: 502, 503 or 504 by cause.\n");
    assert_int_equal(outage_of(fixture, "users"), OUTAGE_FAILS);
    assert_int_equal(explain_worst_case(fixture_route(fixture)), 30 * SECOND);
}

static void test_secrets_are_not_told(void **state)
{
    struct fixture *fixture = *state;
    setenv("BRAID_TEST_SECRET", "hunter2", 1);
    fixture_load(fixture, SHOP "routes:\n"
                               "  GET /a:\n"
                               "    calls:\n"
                               "      a: { request: \"users GET /a?k=${env.BRAID_TEST_SECRET}\", "
                               "fallback: { value: { k: \"x-${env.BRAID_TEST_SECRET}\" } } }\n");
    assert_fine(fixture);
    assert_null(strstr(explained(fixture), "hunter2"));
    assert_non_null(strstr(explained(fixture), "(hidden: it holds a secret)"));
}

static void test_a_route_without_calls(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(fixture, "routes:\n  GET /ping: { response: { body: { pong: true } } }\n");
    assert_string_equal(explained(fixture), "GET /ping  (shop.yaml:2)\n"
                                            "\n"
                                            "  It makes no calls.\n"
                                            "\n"
                                            "  Time\n"
                                            "    deadline      3s\n"
                                            "    worst case    0ms\n");
}

static void test_the_reference_has_every_key(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    routes_reference_print(to);
    fclose(to);
    static const char *const keys[] = {
        "## A route", "`deadline`", "`calls`",   "`response`", "`proxy`",       "`cors`",
        "`expose`",   "## A call",  "`request`", "`query`",    "`headers`",     "`body`",
        "`when`",     "`after`",    "`accept`",  "`absent`",   "`cache`",       "`fallback`",
        "`each`",     "`batch`",    "## A rung", "`stale`",    "`value`",       "`cookies`",
        "`etag`",     "`upgrade`",  "`to`",      "`max_body`", "`concurrency`", "`limit`",
    };
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        if (!strstr(text, keys[i]))
            fail_msg("%s is missing", keys[i]);
    }
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_page),
        TEST(test_outages),
        TEST(test_a_fallen_call_takes_those_behind_it_along),
        TEST(test_a_ladder_that_asks_the_lost_service_again_does_not_help),
        TEST(test_the_deadline_bounds_the_worst_case),
        TEST(test_a_long_request_leaves_the_columns_of_the_others_alone),
        TEST(test_elements_take_their_turns),
        TEST(test_a_proxy),
        TEST(test_secrets_are_not_told),
        TEST(test_a_route_without_calls),
        TEST(test_the_reference_has_every_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

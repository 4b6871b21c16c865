/* Routes played in virtual time: what came, how long it would have taken, and twice the same. */
#include "rehearsal_fixture.h"

static const char page[] = "  GET /orders/{id}:\n"
                           "    deadline: 2s\n"
                           "    calls:\n"
                           "      order: orders GET /orders/${path.id}\n"
                           "      user:\n"
                           "        request: users GET /users/${order.user}?full=yes\n"
                           "        timeout: 300ms\n"
                           "        fallback: { value: { name: Unknown } }\n"
                           "    response:\n"
                           "      body: { id: \"${order.id}\", name: \"${user.name}\" }\n"
                           "  GET /now: { response: { body: { now: \"${now()}\" } } }\n"
                           "  GET /slow:\n"
                           "    deadline: 50ms\n"
                           "    calls: { user: users GET /users/1 }\n"
                           "  ANY /raw/*: { proxy: orders /* }\n";

#define ORDER "orders: { GET /orders/7: { delay: 20ms, json: { id: 7.0, user: 3 } } }"

static int set_up(void **state)
{
    static struct fixture fixture;
    fixture_init(&fixture, page);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    fixture_done(*state);
    return 0;
}

static void delays_add_up_along_the_graph_and_nobody_waits(void **state)
{
    struct rehearsal rehearsal = fixture_play(
        *state,
        "services: { " ORDER ", users: { GET /users/3: { delay: 10ms, json: { name: A } } } }",
        "GET /orders/7");
    assert_int_equal(rehearsal.status, 200);
    assert_text(rehearsal.body, "{\"id\":7.0,\"name\":\"A\"}");
    assert_int_equal(rehearsal.took, 30 * MILLISECOND);
    assert_null(rehearsal_field(&rehearsal, STR("degraded")).at);
    assert_null(rehearsal.misses);
}

static void check_loss(void **state, const char *users, const char *degraded, usec took)
{
    char services[512];
    snprintf(services, sizeof services, "services: { " ORDER ", users: %s }", users);
    struct rehearsal rehearsal = fixture_play(*state, services, "GET /orders/7");
    assert_int_equal(rehearsal.status, 200);
    assert_text(rehearsal.body, "{\"id\":7.0,\"name\":\"Unknown\"}");
    assert_text(rehearsal_field(&rehearsal, STR("Degraded")), degraded);
    assert_int_equal(rehearsal.took, took);
}

static void each_way_to_be_lost_has_its_reason(void **state)
{
    check_loss(state, "down", "user;source=value;reason=connect", 20 * MILLISECOND);
    check_loss(state, "reset", "user;source=value;reason=reset", 20 * MILLISECOND);
    check_loss(state, "garbage", "user;source=value;reason=invalid_json", 20 * MILLISECOND);
    check_loss(state, "hang", "user;source=value;reason=timeout", 320 * MILLISECOND);
    check_loss(state, "{ GET /users/3: down }", "user;source=value;reason=connect",
               20 * MILLISECOND);
    check_loss(state, "{ GET /users/3: { status: 500, delay: 5ms } }",
               "user;source=value;reason=status", 25 * MILLISECOND);
    check_loss(state, "{ GET /users/3: { delay: 301ms, json: {} } }",
               "user;source=value;reason=timeout", 320 * MILLISECOND);
}

static void a_request_that_no_rule_answers_is_a_404_and_is_noted(void **state)
{
    struct rehearsal rehearsal = fixture_play(*state, "services: { " ORDER " }", "GET /orders/7");
    assert_text(rehearsal_field(&rehearsal, STR("degraded")), "user;source=value;reason=status");
    assert_non_null(rehearsal.misses);
    assert_text(rehearsal.misses->service->name, "users");
    assert_text(rehearsal.misses->line, "GET /users/3?full=yes");
    assert_null(rehearsal.misses->next);
}

static const char *name_of_answer(void **state, const char *rules)
{
    static char name[64];
    char services[512];
    snprintf(services, sizeof services, "services: { " ORDER ", users: { %s } }", rules);
    struct rehearsal rehearsal = fixture_play(*state, services, "GET /orders/7");
    snprintf(name, sizeof name, "%.*s", STR_ARGS(rehearsal.body));
    return name;
}

#define NAMED(name) "{\"id\":7.0,\"name\":\"" name "\"}"

static void the_first_rule_that_fits_is_taken(void **state)
{
    /* without a query: any */
    assert_string_equal(name_of_answer(state, "GET /users/3: { json: { name: a } }"), NAMED("a"));
    assert_string_equal(name_of_answer(state, "GET /users/3?full=no: { json: { name: a } }, "
                                              "GET /users/3?full=yes: { json: { name: b } }"),
                        NAMED("b"));
    assert_string_equal(name_of_answer(state, "POST /users/3: { json: { name: a } }, "
                                              "\"GET /users/*\": { json: { name: b } }, "
                                              "GET /users/3: { json: { name: c } }"),
                        NAMED("b"));
    assert_string_equal(name_of_answer(state, "\"ANY /*\": { json: { name: a } }"), NAMED("a"));
}

static void a_required_call_that_hangs_ends_at_its_own_time_or_the_deadline(void **state)
{
    struct rehearsal rehearsal =
        fixture_play(*state, "services: { orders: hang }", "GET /orders/7");
    assert_int_equal(rehearsal.status, 504);
    assert_int_equal(rehearsal.took, 400 * MILLISECOND);
    rehearsal = fixture_play(*state, "services: { users: hang }", "GET /slow");
    assert_int_equal(rehearsal.status, 504);
    assert_int_equal(rehearsal.took, 50 * MILLISECOND);
    assert_non_null(strstr(rehearsal.body.at, "\"reason\":\"deadline\""));
}

static void the_time_of_day_stands_still(void **state)
{
    struct rehearsal rehearsal = fixture_play(*state, "services: {}", "GET /now");
    assert_text(rehearsal.body, "{\"now\":\"2026-01-01T00:00:00.000Z\"}");
    rehearsal = fixture_play(*state, "now: 1970-01-02T03:04:05Z", "GET /now");
    assert_text(rehearsal.body, "{\"now\":\"1970-01-02T03:04:05.000Z\"}");
}

static void a_proxy_route_passes_on_what_the_service_sent(void **state)
{
    struct rehearsal rehearsal = fixture_play(*state,
                                              "services: { orders: { GET /a: { status: 418, "
                                              "headers: { X-Tea: [a, b] }, text: short } } }",
                                              "GET /raw/a?x=1");
    assert_int_equal(rehearsal.status, 418);
    assert_text(rehearsal_field(&rehearsal, STR("x-tea")), "a");
    assert_text(rehearsal_field(&rehearsal, STR("content-type")), "text/plain; charset=utf-8");
    assert_text(rehearsal.body, "short");
    rehearsal = fixture_play(*state, "services: { orders: hang }", "GET /raw/a");
    assert_int_equal(rehearsal.status, 504);
    assert_int_equal(rehearsal.took, 400 * MILLISECOND);
}

static void twice_the_same_is_the_same(void **state)
{
    struct rehearsal first = fixture_play(*state, "services: { orders: down }", "GET /orders/7");
    struct rehearsal second = fixture_play(*state, "services: { orders: down }", "GET /orders/7");
    assert_non_null(strstr(first.body.at, "request_id"));
    assert_true(str_equal(first.body, second.body));
    assert_int_equal(first.took, second.took);
}

static void requests_without_a_route_are_answered_too(void **state)
{
    assert_int_equal(fixture_play(*state, "services: {}", "GET /none").status, 404);
    assert_int_equal(fixture_play(*state, "services: {}", "POST /now").status, 405);
    assert_int_equal(fixture_play(*state, "services: {}", "BREW /now").status, 501);
}

int main(void)
{
#define WITH_STAGE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_STAGE(delays_add_up_along_the_graph_and_nobody_waits),
        WITH_STAGE(each_way_to_be_lost_has_its_reason),
        WITH_STAGE(a_request_that_no_rule_answers_is_a_404_and_is_noted),
        WITH_STAGE(the_first_rule_that_fits_is_taken),
        WITH_STAGE(a_required_call_that_hangs_ends_at_its_own_time_or_the_deadline),
        WITH_STAGE(the_time_of_day_stands_still),
        WITH_STAGE(a_proxy_route_passes_on_what_the_service_sent),
        WITH_STAGE(twice_the_same_is_the_same),
        WITH_STAGE(requests_without_a_route_are_answered_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

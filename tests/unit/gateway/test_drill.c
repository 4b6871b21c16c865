/* Drills: what is made up where nobody wrote it down, and what clients get while a service is lost.
 */
#include "base/json/make.h"
#include "gateway/rehearsal/drill_report.h"
#include "gateway/rehearsal/line_diff.h"
#include "gateway/rehearsal/made_up.h"
#include "gateway/rehearsal/sketch.h"
#include "rehearsal_fixture.h"

/* --- sketches ------------------------------------------------------------------------------ */

static struct arena arena;

static int arena_set_up(void **state)
{
    (void)state;
    arena_init(&arena, NULL, (size_t)16 << 20);
    return 0;
}

static int arena_tear_down(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

/* What `order` and `products` must hold, so that the texts of `yaml` find what they read. */
static void check_sketch(const char *yaml, const char *order, const char *products)
{
    struct diagnostics diagnostics;
    struct sketch sketch = {.arena = &arena};
    struct sketch_member *first = sketch_member_new(&sketch), *second = sketch_member_new(&sketch);
    diagnostics_init(&diagnostics, &arena);
    struct node *node = document_parse(&arena, STR("t.yaml"), str_of(yaml), &diagnostics);
    assert_non_null(node);
    assert_int_equal(diagnostics.counts[SEVERITY_ERROR], 0);
    sketch_add_root(&sketch, STR("order"), first);
    sketch_add_root(&sketch, STR("products"), second);
    sketch_read(&sketch, node);
    assert_text(json_text(&arena, sketch_json(&sketch, first, true)), order);
    assert_text(json_text(&arena, sketch_json(&sketch, second, true)), products);
}

static void a_sketch_has_every_member_that_is_read(void **state)
{
    (void)state;
    check_sketch("a: ${order.id}\nb: x-${order.user.id}-${order.user.name}",
                 "{\"id\":1,\"user\":{\"id\":1,\"name\":1}}", "{}");
    check_sketch("a: ${order.items[].sku}\nb: ${order.items[0].price}",
                 "{\"items\":[{\"sku\":1,\"price\":1}]}", "{}");
    check_sketch("a: ${order.tags[]}", "{\"tags\":[1]}", "{}");
    check_sketch("a: \"${order.\\\"a-b\\\".c}\"", "{\"a-b\":{\"c\":1}}", "{}");
    check_sketch("a: \"${order.items[?state == 'x' && to_number(n) > `2`].{i: id, n: name}}\"",
                 "{\"items\":[{\"state\":1,\"n\":1,\"id\":1,\"name\":1}]}", "{}");
    check_sketch("a: ${sort_by(order.items, &price)[0].id}", "{\"items\":[{\"price\":1,\"id\":1}]}",
                 "{}");
    check_sketch("a: ${sum(order.items[].price)}", "{\"items\":[{\"price\":1}]}", "{}");
    check_sketch("a: ${path.order.id || 'order.name'}", "{}", "{}");
    check_sketch("a: $${order.id}", "{}", "{}");
}

static void a_sketch_follows_loops_and_lookups(void **state)
{
    (void)state;
    check_sketch("a: { title: \"${lookup(products, 'id', item.productId).name}\","
                 " $each: \"item in ${order.items}\" }",
                 "{\"items\":[{\"productId\":1}]}", "[{\"id\":1,\"name\":1}]");
    check_sketch("each: ids in ${unique(order.items[].productId)}\nr: /p?ids=${ids}",
                 "{\"items\":[{\"productId\":1}]}", "{}");
    check_sketch("a: { $each: \"o in ${products}\",\n"
                 "     b: { $each: \"i in ${o.items}\", c: \"${i.sku}\" } }",
                 "{}", "[{\"items\":[{\"sku\":1}]}]");
}

static void a_sketch_of_nonsense_ends(void **state)
{
    (void)state;
    char deep[4096] = "a: '${order";
    for (int i = 0; i < 400; i++)
        strcat(deep, ".a[?a");
    strcat(deep, "}'");
    struct diagnostics diagnostics;
    struct sketch sketch = {.arena = &arena};
    struct sketch_member *order = sketch_member_new(&sketch);
    diagnostics_init(&diagnostics, &arena);
    sketch_add_root(&sketch, STR("order"), order);
    sketch_read(&sketch, document_parse(&arena, STR("t.yaml"), str_of(deep), &diagnostics));
    assert_true(json_text(&arena, sketch_json(&sketch, order, true)).length < 4096);
    static const char *const odd[] = {"a: \"${lookup(}\"", "a: \"${lookup(order}\"",
                                      "a: \"${order[}\"", "a: \"${order.}\"", "each: in ${order}"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        sketch_read(&sketch, document_parse(&arena, STR("t.yaml"), str_of(odd[i]), &diagnostics));
}

/* --- differences --------------------------------------------------------------------------- */

static struct json json_of(const char *text)
{
    struct json value;
    assert_int_equal(json_read(&arena, str_of(text), &json_limits_default, &value, NULL), JSON_OK);
    return value;
}

static void check_changes(const char *was, const char *now, const char *expected, bool is_reordered)
{
    struct json_changes changes;
    char text[512] = "";
    json_changes_find(&arena, json_of(was), json_of(now), &changes);
    for (const struct json_change *change = changes.first; change; change = change->next)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%.*s%s%.*s;",
                 STR_ARGS(change->path),
                 !change->has   ? "-"
                 : !change->had ? "+"
                                : "=",
                 STR_ARGS(change->has ? json_text(&arena, change->now) : STR("")));
    assert_string_equal(text, expected);
    assert_int_equal(changes.is_reordered, is_reordered);
}

static void changes_are_told_member_by_member(void **state)
{
    (void)state;
    check_changes("{\"a\":1,\"b\":{\"c\":2}}", "{\"a\":1,\"b\":{\"c\":2}}", "", false);
    check_changes("{\"a\":1,\"b\":{\"c\":2}}", "{\"b\":{\"c\":2},\"a\":1}", "", true);
    check_changes("{\"a\":1,\"b\":{\"c\":2}}", "{\"b\":{\"c\":3,\"d\":4}}", "a-;b.c=3;b.d+4;",
                  false);
    check_changes("1", "1.0", "=1.0;", false);
    check_changes("\"\\u0041\"", "\"A\"", "", false);
    check_changes("[1,2]", "[1]", "=[1];", false);
    check_changes("[{\"a\":1},{\"a\":2}]", "[{\"a\":null},{\"a\":null}]", "[].a=null;", false);
    check_changes("{\"a\":{}}", "{\"a\":null}", "a=null;", false);
}

static void members_are_arranged_like_others(void **state)
{
    (void)state;
    struct json value = json_arrange(&arena, json_of("{\"x\":0,\"b\":[{\"d\":1,\"c\":2}],\"a\":1}"),
                                     json_of("{\"a\":1,\"b\":[{\"c\":2,\"d\":1}],\"y\":1}"));
    assert_text(json_text(&arena, value), "{\"a\":1,\"b\":[{\"c\":2,\"d\":1}],\"x\":0}");
}

static void check_lines(const char *first, const char *second, const char *expected)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    line_diff_print(&arena, str_of(first), str_of(second), ">", to);
    fclose(to);
    assert_string_equal(text, expected);
    free(text);
}

static void lines_that_differ_stand_among_those_around_them(void **state)
{
    (void)state;
    check_lines("a\nb\nc\n", "a\nB\nc\n", ">  a\n>- b\n>+ B\n>  c\n");
    check_lines("1\n2\n3\n4\n5\nx\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
                ">  …\n>  3\n>  4\n>  5\n>- x\n>  6\n>  7\n>  8\n>  …\n");
    check_lines("a\nb\nc\nd\n", "b\nc\nd\ne\n", ">- a\n>  b\n>  c\n>  d\n>+ e\n");
    check_lines("", "a\n", ">- \n>+ a\n");
}

/* --- drills -------------------------------------------------------------------------------- */

static const char page[] =
    "  GET /orders/{id}:\n"
    "    deadline: 1s\n"
    "    calls:\n"
    "      order: orders GET /orders/${path.id}?view=${query.view}\n"
    "      user:\n"
    "        request: users GET /users/${order.user.id}\n"
    "        timeout: 300ms\n"
    "        fallback: { value: { name: null } }\n"
    "    response:\n"
    "      body:\n"
    "        name: ${user.name}\n"
    "        items: { $each: \"item in ${order.items}\", sku: \"${item.sku}\" }\n"
    "  POST /orders:\n"
    "    calls: { placed: { request: orders POST /orders, body: { a: \"${body.items[].id}\" } } }\n"
    "    response: { body: \"${placed.id}\" }\n"
    "  ANY /raw/*: { proxy: orders /* }\n"
    "  GET /ping: { response: { body: { pong: true } } }\n";

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

static void check_drill(struct fixture *fixture, uint32_t index,
                        const struct client_request *request, const char *expected)
{
    struct drill drill;
    char *text = NULL;
    size_t size = 0;
    uint32_t count;
    const struct route *routes = router_routes(fixture->snapshot->router, &count);
    assert_true(index < count);
    drill_run(fixture->snapshot, &routes[index], fixture->cases, request, &fixture->arena, &drill);
    FILE *to = open_memstream(&text, &size);
    drill_print(&fixture->arena, &drill, to);
    fclose(to);
    assert_string_equal(text, expected);
    free(text);
}

static void answers_are_made_up_from_what_the_route_reads(void **state)
{
    check_drill(
        *state, 0, NULL,
        "GET /orders/{id}\n"
        "  GET /orders/1?view=1: 200 in 0 ms, with made-up answers\n"
        "  users   down     200 in 0 ms    Degraded: user;source=value;reason=connect\n"
        "          hang     200 in 300 ms  Degraded: user;source=value;reason=timeout\n"
        "          500      200 in 0 ms    Degraded: user;source=value;reason=status\n"
        "          garbage  200 in 0 ms    Degraded: user;source=value;reason=invalid_json\n"
        "                                  name = null\n"
        "  orders  down     502 in 0 ms    problem: order failed with connect\n"
        "          hang     504 in 400 ms  problem: order failed with timeout\n"
        "          500      502 in 0 ms    problem: order failed with status\n"
        "          garbage  502 in 0 ms    problem: order failed with invalid_json\n");
    check_drill(*state, 1, NULL,
                "POST /orders\n"
                "  POST /orders: 200 in 0 ms, with made-up answers\n"
                "  orders  down     502 in 0 ms    problem: placed failed with connect\n"
                "          hang     504 in 400 ms  problem: placed failed with timeout\n"
                "          500      502 in 0 ms    problem: placed failed with status\n"
                "          garbage  502 in 0 ms    problem: placed failed with invalid_json\n");
}

static void a_proxy_route_passes_on_what_is_wrong(void **state)
{
    check_drill(*state, 2, NULL,
                "ANY /raw/*\n"
                "  GET /raw: 200 in 0 ms, with made-up answers\n"
                "  orders  down     502 in 0 ms    problem: connect\n"
                "          hang     504 in 400 ms  problem: timeout\n"
                "          500      500 in 0 ms    passed on as the service sent it\n"
                "          garbage  200 in 0 ms    passed on as the service sent it\n");
}

static void a_route_without_services_has_nothing_to_lose(void **state)
{
    check_drill(*state, 3, NULL, "GET /ping\n  GET /ping: 200 in 0 ms\n  needs no service\n");
}

static void the_first_case_with_a_complete_answer_is_what_is_drilled(void **state)
{
    struct fixture *fixture = *state;
    assert_non_null(fixture_read_cases(
        fixture, "services:\n"
                 "  orders: { GET /orders/7: { delay: 20ms, json: { user: { id: 3 }, items: [ { "
                 "sku: A }, { sku: B } ] } } }\n"
                 "  users: { GET /users/3: { json: { name: Ada } } }\n"
                 "cases:\n"
                 "- { name: bad, services: { users: down }, request: GET /orders/7?view=x, expect: "
                 "{ status: 200 } }\n"
                 "- { name: good, request: GET /orders/7?view=y, expect: { status: 200 } }\n"));
    check_drill(
        fixture, 0, NULL,
        "GET /orders/{id}\n"
        "  GET /orders/7?view=y: 200 in 20 ms\n"
        "  users   down     200 in 20 ms   Degraded: user;source=value;reason=connect\n"
        "          hang     200 in 320 ms  Degraded: user;source=value;reason=timeout\n"
        "          500      200 in 20 ms   Degraded: user;source=value;reason=status\n"
        "          garbage  200 in 20 ms   Degraded: user;source=value;reason=invalid_json\n"
        "                                  name = null\n"
        "  orders  down     502 in 0 ms    problem: order failed with connect\n"
        "          hang     504 in 400 ms  problem: order failed with timeout\n"
        "          500      502 in 0 ms    problem: order failed with status\n"
        "          garbage  502 in 0 ms    problem: order failed with invalid_json\n");
}

static void programs_get_one_object_per_route(void **state)
{
    struct fixture *fixture = *state;
    struct drill drill;
    uint32_t count;
    struct json losses, first, value;
    const struct route *routes = router_routes(fixture->snapshot->router, &count);
    drill_run(fixture->snapshot, &routes[0], NULL, NULL, &fixture->arena, &drill);
    struct json report = drill_json(&fixture->arena, &drill);
    assert_true(json_member(report, STR("losses"), &losses));
    assert_int_equal(losses.size, 2 * DRILL_LOSS_COUNT);
    assert_true(json_element(losses, DRILL_HANG, &first));
    assert_text(json_text(&fixture->arena, first),
                "{\"service\":\"users\",\"loss\":\"hang\",\"status\":200,\"milliseconds\":300,"
                "\"degraded\":\"user;source=value;reason=timeout\",\"problem\":false,\"call\":null,"
                "\"reason\":null,\"changes\":[{\"path\":\"name\",\"was\":1,\"now\":null}]}");
    assert_true(json_member(report, STR("made_up"), &value));
    assert_int_equal(json_type(value), JSON_TRUE);
}

int main(void)
{
#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, arena_set_up, arena_tear_down)
#define WITH_PAGE(test)  cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_ARENA(a_sketch_has_every_member_that_is_read),
        WITH_ARENA(a_sketch_follows_loops_and_lookups),
        WITH_ARENA(a_sketch_of_nonsense_ends),
        WITH_ARENA(changes_are_told_member_by_member),
        WITH_ARENA(members_are_arranged_like_others),
        WITH_ARENA(lines_that_differ_stand_among_those_around_them),
        WITH_PAGE(answers_are_made_up_from_what_the_route_reads),
        WITH_PAGE(a_proxy_route_passes_on_what_is_wrong),
        WITH_PAGE(a_route_without_services_has_nothing_to_lose),
        WITH_PAGE(the_first_case_with_a_complete_answer_is_what_is_drilled),
        WITH_PAGE(programs_get_one_object_per_route),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

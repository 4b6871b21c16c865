/*
 * The plan of a route for programs, and as a graph.
 */
#include "base/json/make.h"
#include "routes/explain_dot.h"
#include "routes/explain_json.h"
#include "tests/unit/routes/fixture.h"

static const char shop[] =
    "services:\n"
    "  users: { url: http://10.0.0.1:80, timeout: 500ms }\n"
    "  orders: { url: http://10.0.0.2:80, timeout: 200ms }\n"
    "routes:\n"
    "  GET /orders/{id}:\n"
    "    deadline: 800ms\n"
    "    calls:\n"
    "      order: orders GET /orders/${path.id}\n"
    "      customer:\n"
    "        request: users GET /users/${order.customerId}\n"
    "        timeout: 250.5ms\n"
    "        fallback: [{ request: \"orders GET /c/${stock[0]}\", timeout: 100ms }, omit]\n"
    "      stock: { each: \"s in ${order.skus}\", request: \"orders GET /s/${s}\", limit: 10 }\n"
    "      audit: { request: orders POST /audit, after: [order], when: \"${query.audit}\" }\n";

static void load(struct fixture *fixture)
{
    fixture_load(fixture, shop);
    assert_fine(fixture);
}

static struct json member(struct json value, const char *name)
{
    struct json inner;
    if (!json_member(value, str_of(name), &inner))
        fail_msg("there is no %s", name);
    return inner;
}

static struct json element(struct json value, uint32_t index)
{
    struct json inner;
    assert_true(json_element(value, index, &inner));
    return inner;
}

static void test_a_call_says_what_it_waits_for_and_what_becomes_of_it(void **state)
{
    struct fixture *fixture = *state;
    load(fixture);
    struct json route = explain_json(&fixture->arena, &fixture->config, fixture_route(fixture));
    struct json calls = member(route, "calls");
    assert_text(json_text(&fixture->arena, element(calls, 0)),
                "{\"name\":\"order\",\"service\":\"orders\",\"method\":\"GET\",\"target\":"
                "\"/orders/${path.id}\",\"timeout_ms\":200,\"required\":true,\"waits_for\":[],"
                "\"after\":[],\"unblocks\":[\"customer\",\"stock\",\"audit\"],\"condition\":false,"
                "\"each\":null,\"cache\":null,\"fallback\":[]}");
    assert_text(
        json_text(&fixture->arena, element(calls, 1)),
        "{\"name\":\"customer\",\"service\":\"users\",\"method\":\"GET\",\"target\":"
        "\"/users/${order.customerId}\",\"timeout_ms\":250.5,\"required\":false,"
        "\"waits_for\":[\"order\"],\"after\":[],\"unblocks\":[],\"condition\":false,"
        "\"each\":null,\"cache\":null,\"fallback\":[{\"kind\":\"request\",\"service\":\"orders\","
        "\"method\":\"GET\",\"target\":\"/c/${stock[0]}\",\"timeout_ms\":100,\"waits_for\":"
        "[\"stock\"]},{\"kind\":\"omit\"}]}");
    assert_text(json_text(&fixture->arena, member(element(calls, 2), "each")),
                "{\"limit\":10,\"concurrency\":8,\"batch\":null}");
    assert_text(json_text(&fixture->arena, member(element(calls, 3), "after")), "[\"order\"]");
    assert_int_equal(json_type(member(element(calls, 3), "condition")), JSON_TRUE);
}

static void test_time_and_outages(void **state)
{
    struct fixture *fixture = *state;
    load(fixture);
    struct json route = explain_json(&fixture->arena, &fixture->config, fixture_route(fixture));
    assert_text(json_text(&fixture->arena, member(route, "route")), "\"GET /orders/{id}\"");
    assert_text(json_text(&fixture->arena, member(route, "deadline_ms")), "800");
    assert_text(json_text(&fixture->arena, member(route, "worst_case_ms")), "700");
    assert_text(json_text(&fixture->arena, member(route, "without_deadline_ms")), "700");
    assert_text(json_text(&fixture->arena, member(route, "longest_path")),
                "[{\"call\":\"order\",\"ms\":200},{\"call\":\"stock\",\"ms\":400},"
                "{\"call\":\"customer\",\"ms\":350.5}]");
    struct json outages = member(route, "outages");
    assert_text(json_text(&fixture->arena, member(element(outages, 0), "service")), "\"users\"");
    assert_text(json_text(&fixture->arena, member(element(outages, 0), "outcome")), "\"degrades\"");
    assert_text(json_text(&fixture->arena, member(element(outages, 1), "statuses")),
                "[502,503,504]");
}

static void test_a_proxy_has_no_calls_and_no_deadline(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(fixture, SHOP "routes:\n"
                               "  ANY /a/*:\n"
                               "    - when: ${headers.x == 'y'}\n"
                               "      proxy: { to: users /u/*, timeout: 30s }\n"
                               "    - proxy: { to: orders, cache: standard }\n");
    assert_fine(fixture);
    struct json route = explain_json(&fixture->arena, &fixture->config, fixture_route(fixture));
    assert_text(json_text(&fixture->arena, member(route, "proxies")),
                "[{\"service\":\"users\",\"path\":\"/u/*\",\"timeout_ms\":30000,\"condition\":true,"
                "\"cache\":null},"
                "{\"service\":\"orders\",\"path\":null,\"timeout_ms\":1000,\"condition\":false,"
                "\"cache\":{\"kind\":\"standard\"}}]");
    assert_text(json_text(&fixture->arena, member(route, "calls")), "[]");
    assert_true(json_is_null(member(route, "deadline_ms")));
    assert_text(json_text(&fixture->arena, member(route, "worst_case_ms")), "30000");
}

/* --- graphs --------------------------------------------------------------------------------- */

static const char *drawn(struct fixture *fixture)
{
    char *text = NULL;
    size_t size = 0;
    uint32_t count = 0;
    FILE *to = open_memstream(&text, &size);
    const struct route *all = router_routes(fixture->router, &count);
    const struct route *routes[4];
    for (uint32_t i = 0; i < count; i++)
        routes[i] = &all[i];
    explain_dot_print(routes, count, to);
    fclose(to);
    struct str copy = str_copy(&fixture->arena, (struct str){text, size});
    free(text);
    return copy.at;
}

static void test_a_graph_of_one_route(void **state)
{
    struct fixture *fixture = *state;
    load(fixture);
    assert_string_equal(
        drawn(fixture),
        "digraph braid {\n"
        "  rankdir=LR;\n"
        "  node [shape=box, fontname=\"sans-serif\"];\n"
        "  label=\"GET /orders/{id}\";\n"
        "  r0_order [label=\"order\\norders GET /orders/${path.id}\\nwithin 200ms\", "
        "style=\"bold\"];\n"
        "  r0_customer [label=\"customer\\nusers GET /users/${order.customerId}\\nwithin "
        "250.500ms\", style=\"rounded,bold\"];\n"
        "  r0_stock [label=\"stock\\norders GET /s/${s}\\nwithin 400ms\\nonce per element\", "
        "style=\"bold\"];\n"
        "  r0_audit [label=\"audit\\norders POST /audit\\nwithin 200ms\\nwhen its condition is "
        "true\", style=\"solid\"];\n"
        "  r0_order -> r0_customer;\n"
        "  r0_stock -> r0_customer [style=\"dotted,bold\"];\n"
        "  r0_order -> r0_stock [style=\"bold\"];\n"
        "  r0_order -> r0_audit [style=\"dashed\"];\n"
        "}\n");
}

static void test_several_routes_are_clusters_and_quotes_are_escaped(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(fixture, SHOP "routes:\n"
                               "  GET /a:\n"
                               "    calls: { a: 'users GET /a?q=${query.\"x\\\\y\"}' }\n"
                               "  GET /ping: { response: { body: 1 } }\n"
                               "  ANY /p/*: { proxy: users /* }\n");
    assert_fine(fixture);
    assert_string_equal(
        drawn(fixture),
        "digraph braid {\n"
        "  rankdir=LR;\n"
        "  node [shape=box, fontname=\"sans-serif\"];\n"
        "  subgraph cluster_0 {\n"
        "    label=\"GET /a\";\n"
        "    r0_a [label=\"a\\nusers GET /a?q=${query.\\\"x\\\\\\\\y\\\"}\\nwithin 1s\", "
        "style=\"bold\"];\n"
        "  }\n"
        "  subgraph cluster_1 {\n"
        "    label=\"GET /ping\";\n"
        "    r1_ [label=\"no calls\", style=\"dashed\"];\n"
        "  }\n"
        "  subgraph cluster_2 {\n"
        "    label=\"ANY /p/*\";\n"
        "    r2_0 [label=\"users /*\\npassed on within 1s\", style=\"solid\"];\n"
        "  }\n"
        "}\n");
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(test_a_call_says_what_it_waits_for_and_what_becomes_of_it),
        STORY(test_time_and_outages),
        STORY(test_a_proxy_has_no_calls_and_no_deadline),
        STORY(test_a_graph_of_one_route),
        STORY(test_several_routes_are_clusters_and_quotes_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

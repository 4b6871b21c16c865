/*
 * Routes: keys, responses, proxies, and what makes none of them.
 */
#include "config/expose.h"
#include "tests/unit/routes/fixture.h"

static void load_routes(struct fixture *fixture, const char *routes)
{
    fixture_load(fixture, str_format(&fixture->arena,
                                     "services:\n"
                                     "  users:\n"
                                     "    url: http://10.0.0.1:80\n"
                                     "    forward_headers: [authorization]\n"
                                     "  orders: { url: http://10.0.0.2:80/v1, "
                                     "headers: { X-Key: \"${headers.x_key}\" } }\n"
                                     "routes:\n%s\n",
                                     routes)
                              .at);
}

static void test_the_shortest_useful_file(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(fixture, "services:\n"
                          "  users:    http://127.0.0.1:9001\n"
                          "  orders:   http://127.0.0.1:9002\n"
                          "routes:\n"
                          "  GET /orders/{id}:\n"
                          "    calls:\n"
                          "      order:    orders GET /orders/${path.id}\n"
                          "      customer: users  GET /users/${order.customerId}\n"
                          "    response:\n"
                          "      body:\n"
                          "        ...: ${order}\n"
                          "        customer:\n"
                          "          name:  ${customer.name}\n"
                          "          email: ${customer.email}\n");
    assert_silent(fixture);
    const struct route *route = fixture_route(fixture);
    assert_text(route->key, "GET /orders/{id}");
    assert_int_equal(route->methods, 1u << METHOD_GET);
    assert_int_equal(route->deadline, 3 * SECOND);
    assert_int_equal(route->call_count, 2);
    assert_false(route->reads_body);
    assert_false(route_is_proxy(route));
    assert_text(route->vary, "");

    struct evaluation evaluation;
    struct slices out;
    fixture_begin(fixture, &evaluation);
    fixture_set(fixture, &evaluation, SLOT_CALL, "order", "{\"id\":7,\"customerId\":\"c1\"}");
    fixture_set(fixture, &evaluation, SLOT_CALL, "customer", "{\"name\":\"Ann\",\"age\":3}");
    slices_init(&out, &fixture->arena);
    template_write(route->response.body, &evaluation, &out);
    assert_text(slices_join(&out),
                "{\"id\":7,\"customerId\":\"c1\",\"customer\":{\"name\":\"Ann\",\"email\":null}}");
}

static void test_methods_and_any(void **state)
{
    struct fixture *fixture = *state;
    load_routes(fixture, "  GET, POST /a: { response: { } }\n"
                         "  ANY /b: { response: { } }\n");
    assert_fine(fixture);
    uint32_t count;
    const struct route *routes = router_routes(fixture->router, &count);
    assert_int_equal(count, 2);
    assert_int_equal(routes[0].methods, 1u << METHOD_GET | 1u << METHOD_POST);
    assert_true(routes[1].is_any);
    assert_int_equal(routes[1].methods, METHOD_ALL);
}

static void test_a_response(void **state)
{
    struct fixture *fixture = *state;
    load_routes(fixture, "  POST /login:\n"
                         "    deadline: 800ms\n"
                         "    calls: { session: { request: users POST /s, body: \"${body}\" } }\n"
                         "    response:\n"
                         "      status: ${meta.session.status}\n"
                         "      headers: { Cache-Control: private, X-A: \"${headers.x_a}\" }\n"
                         "      cookies: [session]\n"
                         "      body: { user: \"${session.user}\" }\n");
    assert_fine(fixture);
    const struct route *route = fixture_route(fixture);
    assert_int_equal(route->deadline, 800 * MILLISECOND);
    assert_true(route->response.has_status);
    assert_int_equal(route->response.header_count, 2);
    assert_text(route->response.headers[0].name, "Cache-Control");
    assert_int_equal(route->response.cookie_count, 1);
    assert_int_equal(route->response.cookies[0], 0);
    assert_true(route->reads_body);
    assert_int_not_equal(route->calls[0].meta_slot, UINT32_MAX);
    assert_text(route->vary, "x-a, authorization");
}

static void test_what_the_answer_varies_by(void **state)
{
    struct fixture *fixture = *state;
    load_routes(fixture, "  GET /a:\n"
                         "    calls:\n"
                         "      u: { request: users GET /u, when: \"${cookies.sid}\" }\n"
                         "      o: orders GET /o?x=${cookies.lang}\n"
                         "  GET /b:\n"
                         "    response: { body: \"${headers}\" }\n");
    assert_fine(fixture);
    uint32_t count;
    const struct route *routes = router_routes(fixture->router, &count);
    assert_text(routes[0].vary, "cookie, x-key, authorization");
    assert_text(routes[1].vary, "*");
}

static void test_a_proxy(void **state)
{
    struct fixture *fixture = *state;
    load_routes(fixture, "  ANY /api/users/*:\n"
                         "    proxy: users /users/*\n"
                         "  ANY /o/*:\n"
                         "    proxy: { to: orders /*, timeout: 30s, max_body: 2MiB,\n"
                         "             headers: { X-Via: braid } }\n"
                         "  ANY /same: { proxy: users }\n"
                         "  ANY /fixed/*: { proxy: users /caf\xc3\xa9 }\n");
    assert_fine(fixture);
    uint32_t count;
    const struct route *routes = router_routes(fixture->router, &count);
    assert_text(routes[0].proxies[0].path, "/users");
    assert_true(routes[0].proxies[0].has_rest);
    assert_int_equal(routes[0].proxies[0].timeout, 0);
    assert_int_equal(routes[0].proxies[0].max_body, (uint64_t)1 << 30);
    const struct proxy *orders = &routes[1].proxies[0];
    assert_text(orders->path, "");
    assert_true(orders->has_rest);
    assert_int_equal(orders->timeout, 30 * SECOND);
    assert_int_equal(orders->max_body, 2 << 20);
    assert_int_equal(orders->header_count, 2);
    assert_text(orders->headers[0].name, "X-Key");
    assert_text(orders->headers[1].name, "X-Via");
    assert_text(routes[2].proxies[0].path, "");
    assert_false(routes[2].proxies[0].has_rest);
    assert_text(routes[3].proxies[0].path, "/caf%C3%A9");
    assert_false(routes[3].proxies[0].has_rest);
}

static void test_alternatives(void **state)
{
    struct fixture *fixture = *state;
    load_routes(fixture, "  ANY /files/*:\n"
                         "    - when: ${headers.x_tenant == 'acme'}\n"
                         "      proxy: users /*\n"
                         "    - proxy: orders /*\n");
    assert_fine(fixture);
    const struct route *route = fixture_route(fixture);
    assert_int_equal(route->proxy_count, 2);
    assert_true(route->proxies[0].has_when);
    assert_false(route->proxies[1].has_when);
    struct evaluation evaluation;
    struct json truth;
    fixture_begin(fixture, &evaluation);
    fixture_set(fixture, &evaluation, SLOT_HEADER, "x-tenant", "\"acme\"");
    assert_true(text_evaluate(&route->proxies[0].when, &evaluation.frame, &truth));
    assert_true(jmespath_truth(truth));
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *route;
        const char *words;
    } cases[] = {
        {"GET /a: { }", "has neither calls, response nor proxy"},
        {"GET: { response: { } }", "a route is a method and a pattern"},
        {"/a: { response: { } }", "write METHOD /path"},
        {"get /a: { response: { } }", "did you mean 'GET'?"},
        {"GET,TRACE /a: { response: { } }", "CONNECT and TRACE are never answered"},
        {"GET,ANY /a: { response: { } }", "'ANY' is no method of a route"},
        {"GET /a/{x: { response: { } }", "one whole segment"},
        {"GET /a: { respons: { } }", "did you mean 'response'?"},
        {"GET /a: { deadline: 0ms, response: { } }", "shorter than 1ms"},
        {"GET /a: { calls: [users] }", "'calls' is a mapping, not a list"},
        {"GET /a: { response: { body: 1, cokies: [] } }", "unknown key 'cokies' in 'response'"},
        {"GET /a: { response: { status: 199 } }", "this is no status of an answer"},
        {"GET /a: { response: { status: ok } }", "this is no status of an answer"},
        {"GET /a: { response: { cookies: [session] } }", "there is no call 'session'"},
        {"GET /a: { response: { cookies: session } }", "'cookies' is a list of calls"},
        {"GET /a: { response: { headers: { Connection: x } } }", "'Connection' belongs to one"},
        {"GET /a: { response: { body: \"${path.id}\" } }", "no parameter 'id'"},
        {"GET /a: { response: [] }", "'response' is a mapping, not a list"},
        {"GET /a: [ ]", "a route without alternatives"},
        {"GET /a: text", "is a mapping, not text"},
        {"GET /a: { proxy: userz }", "did you mean 'users'?"},
        {"GET /a: { proxy: users /* }", "the route's pattern has none"},
        {"GET /a/*: { proxy: users a/* }", "a path begins with '/'"},
        {"GET /a/*: { proxy: users /*/b }", "'*' is the whole last segment of a path"},
        {"GET /a/*: { proxy: users /b* }", "'*' is the whole last segment of a path"},
        {"GET /a/*: { proxy: users /../* }", "a path holds no dot segments"},
        {"GET /a/*: { proxy: users /x?y=1 }", "this cannot stand in a path"},
        {"GET /a: { proxy: { timeout: 1s } }", "'proxy' has no 'to'"},
        {"GET /a: { proxy: users, deadline: 1s }", "'deadline' is not for a route with 'proxy'"},
        {"GET /a: { proxy: users, calls: { } }", "'calls' is not for a route with 'proxy'"},
        {"GET /a: [ { proxy: users }, { proxy: orders } ]", "nothing behind an alternative"},
        {"GET /a: [ { when: \"${body.x}\", proxy: users } ]", "'body' cannot stand in a route"},
        {"GET /a: [ { when: \"${users.x}\", proxy: users } ]", "unknown name 'users'"},
        {"GET /a: [ { when: yes, proxy: users } ]", "exactly one ${…}"},
        {"GET /a: [ { prox: users } ]", "unknown key 'prox' in an alternative"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        void *own;
        fixture_setup(&own);
        struct fixture *fixture = own;
        load_routes(fixture, str_format(&fixture->arena, "  %s", cases[i].route).at);
        assert_said(fixture, cases[i].words);
        assert_true(diagnostics_has_errors(&fixture->diagnostics));
        fixture_teardown(&own);
    }
}

static void test_keys_that_do_nothing_yet_say_so(void **state)
{
    struct fixture *fixture = *state;
    load_routes(fixture, "  GET /b: { proxy: { to: users, cache: standard, upgrade: [x] } }\n");
    assert_fine(fixture);
    assert_said(fixture, "'upgrade' has no effect yet");
}

static void test_a_route_has_its_own_rules_for_other_origins_or_those_of_the_file(void **state)
{
    struct fixture *fixture = *state;
    struct cors of_the_file = {.is_for_all = true};
    fixture->config.settings.cors = &of_the_file;
    load_routes(fixture, "  GET /as-the-file: { response: { } }\n"
                         "  GET /own: { cors: { origins: [https://shop.example] }, proxy: users }\n"
                         "  GET /off: { cors: off, response: { } }\n"
                         "  GET /list: [ { proxy: users } ]\n");
    assert_fine(fixture);
    uint32_t count;
    const struct route *routes = router_routes(fixture->router, &count);
    assert_int_equal(count, 4);
    assert_ptr_equal(routes[0].cors, &of_the_file);
    assert_true(cors_allows(routes[1].cors, STR("https://shop.example")));
    assert_false(cors_allows(routes[1].cors, STR("https://other.example")));
    assert_null(routes[2].cors);
    assert_ptr_equal(routes[3].cors, &of_the_file);
}

static void test_what_an_answer_tells_of_its_making(void **state)
{
    struct fixture *fixture = *state;
    load_routes(fixture, "  GET /a: { expose: [cache_status], response: { } }\n"
                         "  GET /b: { response: { } }\n"
                         "  GET /c: { proxy: { to: users, cache: standard } }\n");
    assert_fine(fixture);
    uint32_t count;
    const struct route *routes = router_routes(fixture->router, &count);
    assert_int_equal(routes[0].expose, EXPOSE_CACHE_STATUS);
    assert_int_equal(routes[1].expose, 0);
    assert_true(routes[2].proxies[0].is_cached);
}

static void test_mistakes_of_several_routes_are_reported_together(void **state)
{
    struct fixture *fixture = *state;
    load_routes(fixture, "  GET /a: { response: { body: \"${x}\" } }\n"
                         "  GET /{b}: { calls: { c: nobody GET /x } }\n"
                         "  GET /{c}: { response: { } }\n");
    assert_said(fixture, "unknown name 'x'");
    assert_said(fixture, "there is no service 'nobody'");
    assert_said(fixture, "'GET /{c}' takes the same requests as 'GET /{b}'");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_shortest_useful_file),
        TEST(test_methods_and_any),
        TEST(test_a_response),
        TEST(test_what_the_answer_varies_by),
        TEST(test_a_proxy),
        TEST(test_alternatives),
        TEST(test_mistakes),
        TEST(test_keys_that_do_nothing_yet_say_so),
        TEST(test_a_route_has_its_own_rules_for_other_origins_or_those_of_the_file),
        TEST(test_what_an_answer_tells_of_its_making),
        TEST(test_mistakes_of_several_routes_are_reported_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

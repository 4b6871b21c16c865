/*
 * Requests: what a call's lines become when they are sent, and why some never are.
 */
#include "tests/unit/routes/fixture.h"

/* A route `POST /x/{id}` with these calls (six blanks of indentation). */
static void load_calls(struct fixture *fixture, const char *calls)
{
    struct str yaml =
        str_format(&fixture->arena,
                   "services:\n"
                   "  users: http://10.0.0.1:80\n"
                   "  orders: http://10.0.0.2:80/v1\n"
                   "  keyed:\n"
                   "    url: http://10.0.0.3:80\n"
                   "    headers: { X-Key: k, X-Lang: \"${headers.accept_language}\" }\n"
                   "routes:\n"
                   "  POST /x/{id}:\n"
                   "    calls:\n%s\n",
                   calls);
    fixture_load(fixture, yaml.at);
}

struct rendering {
    struct rendered_request request;
    enum reason reason;
    bool is_skipped;
    bool is_client_fault;
};

static struct rendering render(struct fixture *fixture, struct evaluation *evaluation,
                               const char *call)
{
    struct rendering rendering = {0};
    assert_fine(fixture);
    rendering.reason =
        request_render(&fixture_call(fixture, call)->request, evaluation, &rendering.request,
                       &rendering.is_skipped, &rendering.is_client_fault);
    return rendering;
}

/* The call `c` with the path parameter `id` being this JSON is sent to this target. */
static void target_is(struct fixture *fixture, const char *id, const char *expected)
{
    struct evaluation evaluation;
    fixture_begin(fixture, &evaluation);
    fixture_set(fixture, &evaluation, SLOT_PATH, "id", id);
    struct rendering rendering = render(fixture, &evaluation, "c");
    assert_int_equal(rendering.reason, REASON_NONE);
    assert_false(rendering.is_skipped);
    assert_text(rendering.request.target, expected);
}

static void unresolved(struct fixture *fixture, const char *id)
{
    struct evaluation evaluation;
    fixture_begin(fixture, &evaluation);
    fixture_set(fixture, &evaluation, SLOT_PATH, "id", id);
    struct rendering rendering = render(fixture, &evaluation, "c");
    if (rendering.reason != REASON_UNRESOLVED)
        fail_msg("%s gives %s, target %.*s", id, reason_name(rendering.reason),
                 STR_ARGS(rendering.request.target));
    assert_true(rendering.is_client_fault);
    assert_false(rendering.is_skipped);
}

static void skipped(struct fixture *fixture, const char *id)
{
    struct evaluation evaluation;
    fixture_begin(fixture, &evaluation);
    fixture_set(fixture, &evaluation, SLOT_PATH, "id", id);
    struct rendering rendering = render(fixture, &evaluation, "c");
    assert_int_equal(rendering.reason, REASON_NONE);
    assert_true(rendering.is_skipped);
}

/* --- target ------------------------------------------------------------------------------- */

static void test_a_value_in_a_segment_stays_in_it(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c: users GET /users/${path.id}");
    target_is(fixture, "\"7\"", "/users/7");
    target_is(fixture, "12345678901234567890", "/users/12345678901234567890");
    target_is(fixture, "1e+5", "/users/1e%2B5");
    target_is(fixture, "true", "/users/true");
    target_is(fixture, "\"a/b?c#d%2Fe@..\\r\\nX: y\"",
              "/users/a%2Fb%3Fc%23d%252Fe%40..%0D%0AX%3A%20y");
    target_is(fixture, "\"\\u00e9 \\ud83d\\ude00\"", "/users/%C3%A9%20%F0%9F%98%80");
    target_is(fixture, "\"...\"", "/users/...");
}

static void test_values_that_make_no_segment(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c: users GET /users/${path.id}");
    unresolved(fixture, "null");
    unresolved(fixture, "{\"a\":1}");
    unresolved(fixture, "\"\"");
    unresolved(fixture, "\".\"");
    unresolved(fixture, "\"..\"");
    unresolved(fixture, "[\"\"]");
    unresolved(fixture, "[1,null]");
    unresolved(fixture, "[1,[2]]");
}

static void test_arrays_are_joined_element_by_element(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c: users GET /users/${path.id}/all?ids=${path.id}&x=1");
    target_is(fixture, "[1,\"a,b\",true]", "/users/1,a%2Cb,true/all?ids=1,a%2Cb,true&x=1");
    skipped(fixture, "[]");
}

static void test_literal_text_and_values_make_no_dot_segment(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c: users GET /a/.${path.id}/b");
    target_is(fixture, "\"x\"", "/a/.x/b");
    unresolved(fixture, "\"\"");
    unresolved(fixture, "\".\"");
}

static void test_an_empty_value_is_fine_in_a_query(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c: users GET /a?q=${path.id}&d=.");
    target_is(fixture, "\"\"", "/a?q=&d=.");
    target_is(fixture, "\"..\"", "/a?q=..&d=.");
    unresolved(fixture, "null");
}

static void test_literals_are_encoded_once_and_follow_the_prefix(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c: orders GET /caf\xc3\xa9/%7Eann/%2f/${path.id}?full=%74rue\n");
    target_is(fixture, "7", "/v1/caf%C3%A9/~ann/%2F/7?full=true");
}

/* --- query -------------------------------------------------------------------------------- */

static void test_query_parameters(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c:\n"
                        "        request: users GET /u\n"
                        "        query:\n"
                        "          id: ${path.id}\n"
                        "          page?: ${query.page}\n"
                        "          'a b': x-${path.id}\n"
                        "          fixed: [1, two]");
    target_is(fixture, "\"a&b=c d\"",
              "/u?id=a%26b%3Dc%20d&a%20b=x-a%26b%3Dc%20d&fixed=1&fixed=two");
    target_is(fixture, "[1,\"b\"]", "/u?id=1&id=b&a%20b=x-1%2Cb&fixed=1&fixed=two");
    unresolved(fixture, "null");
    unresolved(fixture, "{}");
    skipped(fixture, "[]");
}

static void test_query_parameters_follow_those_of_the_target(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c:\n"
                        "        request: users GET /u?x=1\n"
                        "        query: { 'y?': \"${path.id}\", 'z?\?': 2 }");
    target_is(fixture, "3", "/u?x=1&y=3&z%3F=2");
    target_is(fixture, "null", "/u?x=1&z%3F=2");
    target_is(fixture, "[]", "/u?x=1&z%3F=2");
}

/* --- headers and body --------------------------------------------------------------------- */

static void test_headers_of_the_service_and_of_the_call(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c:\n"
                        "        request: keyed GET /u\n"
                        "        headers: { x-lang: de, X-Id: \"${path.id}\" }\n"
                        "      d: keyed GET /u\n"
                        "      e:\n"
                        "        request: keyed GET /u\n"
                        "        headers: { x-key: null }\n");
    struct evaluation evaluation;
    fixture_begin(fixture, &evaluation);
    fixture_set(fixture, &evaluation, SLOT_PATH, "id", "[1,\"b\"]");
    fixture_set(fixture, &evaluation, SLOT_HEADER, "accept-language", "\"fr\"");
    assert_text(render(fixture, &evaluation, "c").request.header_lines,
                "X-Key: k\r\nx-lang: de\r\nX-Id: 1,b\r\n");
    assert_text(render(fixture, &evaluation, "d").request.header_lines,
                "X-Key: k\r\nX-Lang: fr\r\n");
    assert_text(render(fixture, &evaluation, "e").request.header_lines, "X-Lang: fr\r\n");
    fixture_set(fixture, &evaluation, SLOT_HEADER, "accept-language", "null");
    assert_text(render(fixture, &evaluation, "d").request.header_lines, "X-Key: k\r\n");
}

static void test_no_value_ends_a_header_line(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c:\n"
                        "        request: users GET /u\n"
                        "        headers: { X-Id: \"${path.id}\" }");
    unresolved(fixture, "\"a\\r\\nX-Evil: 1\"");
    unresolved(fixture, "\"a\\u0000\"");
    unresolved(fixture, "\"\\u007f\"");
    target_is(fixture, "\"tab\\tis fine\"", "/u");
}

static void test_a_body_is_a_template(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c:\n"
                        "        request: users POST /u\n"
                        "        body: { id: \"${path.id}\", n: \"${length(path.id)}\" }");
    struct evaluation evaluation;
    fixture_begin(fixture, &evaluation);
    fixture_set(fixture, &evaluation, SLOT_PATH, "id", "7");
    struct rendering rendering = render(fixture, &evaluation, "c");
    assert_true(rendering.request.has_body);
    assert_text(rendering.request.body, "{\"id\":7,\"n\":null}");
    assert_int_equal(evaluation.failed_expressions, 0);
}

/* --- why not ------------------------------------------------------------------------------ */

static void test_why_a_request_cannot_be_built(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        enum source source;
        enum reason reason;
        bool is_skipped;
    } cases[] = {
        {SOURCE_LIVE, REASON_UNRESOLVED, false},  {SOURCE_SKIPPED, REASON_NONE, true},
        {SOURCE_VALUE, REASON_DEPENDENCY, false}, {SOURCE_OMIT, REASON_DEPENDENCY, false},
        {SOURCE_STALE, REASON_DEPENDENCY, false}, {SOURCE_REQUEST, REASON_DEPENDENCY, false},
        {SOURCE_CACHE, REASON_UNRESOLVED, false},
    };
    load_calls(fixture, "      a: users GET /a\n"
                        "      c: users GET /c/${a.id}?p=${path.id}");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct evaluation evaluation;
        fixture->sources[0] = (uint8_t)cases[i].source;
        fixture_begin(fixture, &evaluation);
        fixture_set(fixture, &evaluation, SLOT_PATH, "id", "1");
        struct rendering rendering = render(fixture, &evaluation, "c");
        assert_int_equal(rendering.reason, cases[i].reason);
        assert_int_equal(rendering.is_skipped, cases[i].is_skipped);
        assert_false(rendering.is_client_fault);
    }
}

static void test_a_loop_variable_is_to_blame_like_its_array(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      a: users GET /a\n"
                        "      c:\n"
                        "        each: x in ${a.list}\n"
                        "        request: users GET /c/${x}\n"
                        "      d:\n"
                        "        each: y in ${body.list}\n"
                        "        request: users GET /c/${y}");
    struct evaluation evaluation;
    fixture_begin(fixture, &evaluation);
    struct rendering rendering = render(fixture, &evaluation, "c");
    assert_int_equal(rendering.reason, REASON_UNRESOLVED);
    assert_false(rendering.is_client_fault);
    rendering = render(fixture, &evaluation, "d");
    assert_int_equal(rendering.reason, REASON_UNRESOLVED);
    assert_true(rendering.is_client_fault);
    evaluation.slots[fixture_call(fixture, "d")->each_slot] = fixture_json(fixture, "\"a b\"");
    assert_text(render(fixture, &evaluation, "d").request.target, "/c/a%20b");
}

static void test_a_target_has_a_bound(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c: users GET /c/${path.id}");
    size_t length = REQUEST_TARGET_MAXIMUM + 2;
    char *text = arena_bytes(&fixture->arena, length + 1);
    memset(text, 'a', length);
    text[0] = text[length - 1] = '"';
    text[length] = '\0';
    struct evaluation evaluation;
    fixture_begin(fixture, &evaluation);
    fixture_set(fixture, &evaluation, SLOT_PATH, "id", text);
    struct rendering rendering = render(fixture, &evaluation, "c");
    assert_int_equal(rendering.reason, REASON_TOO_LARGE);
    assert_false(rendering.is_skipped);
}

/* --- mistakes ----------------------------------------------------------------------------- */

static void test_mistakes_are_found_at_load(void **state)
{
    static const struct {
        const char *call;
        const char *words;
    } cases[] = {
        {"userz GET /u", "shop.yaml:10:10: error: there is no service 'userz'"},
        {"userz GET /u", "did you mean 'users'?"},
        {"http://users/ GET /u", "give the address a name under `services`"},
        {"'${path.id} GET /u'", "a service is never chosen by ${…}"},
        {"users get /u", "did you mean 'GET'?"},
        {"users TRACE /u", "'TRACE' is no method"},
        {"users /u", "a request is SERVICE METHOD TARGET"},
        {"users /u x", "'/u' is no method"},
        {"GET users /u", "the service stands before the method"},
        {"users GET u", "a target begins with '/'"},
        {"users GET ${path.id}", "${…} stands within a segment"},
        {"users GET /u?${path.id}", "only behind the '=' of a parameter"},
        {"users GET /u?a${path.id}=1", "only behind the '=' of a parameter"},
        {"users GET /u?a=1&${path.id}", "only behind the '=' of a parameter"},
        {"users GET /u/../v", "a target holds no '..' segment"},
        {"users GET /u/%2e/v", "a target holds no '%2e' segment"},
        {"users GET /u/..", "a target holds no '..' segment"},
        {"users GET /u/{id}", "write ${path.id} for a value"},
        {"'users GET /u #x'", "a target holds no blank"},
        {"users GET /u#x", "a request has no '#' part"},
        {"users GET /100%", "'%' stands before two hexadecimal digits"},
        {"users GET /u?a=1?b=2", "a second '?'"},
        {"users GET /u\\v", "this cannot stand in a target"},
        {"users GET /u/${nobody.id}", "unknown name 'nobody'"},
        {"{ request: users GET /u, body: { } }", "a GET request has no body"},
        {"{ request: users GET /u, headers: { Host: x } }", "'Host' is written by the gateway"},
        {"{ request: users GET /u, headers: { X-A: 1, x-a: 2 } }", "the header 'x-a' stands twice"},
        {"{ request: users GET /u, headers: { X-A: [1] } }", "is text, not a list"},
        {"{ request: users GET /u, query: { a: { } } }", "is text or a list of texts"},
        {"{ request: users GET /u, query: { a: null } }", "is always null"},
        {"{ request: users GET /u, query: [a] }", "'query' is a mapping of parameters"},
        {"{ request: [a] }", "a request is SERVICE METHOD TARGET, not a list"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        void *own;
        fixture_setup(&own);
        struct fixture *fixture = own;
        load_calls(fixture, str_format(&fixture->arena, "      c: %s", cases[i].call).at);
        assert_said(fixture, cases[i].words);
        fixture_teardown(&own);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_value_in_a_segment_stays_in_it),
        TEST(test_values_that_make_no_segment),
        TEST(test_arrays_are_joined_element_by_element),
        TEST(test_literal_text_and_values_make_no_dot_segment),
        TEST(test_an_empty_value_is_fine_in_a_query),
        TEST(test_literals_are_encoded_once_and_follow_the_prefix),
        TEST(test_query_parameters),
        TEST(test_query_parameters_follow_those_of_the_target),
        TEST(test_headers_of_the_service_and_of_the_call),
        TEST(test_no_value_ends_a_header_line),
        TEST(test_a_body_is_a_template),
        TEST(test_why_a_request_cannot_be_built),
        TEST(test_a_loop_variable_is_to_blame_like_its_array),
        TEST(test_a_target_has_a_bound),
        TEST(test_mistakes_are_found_at_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

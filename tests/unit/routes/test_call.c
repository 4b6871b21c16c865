/*
 * Calls: their keys, their ladders, and every mistake in them.
 */
#include "tests/unit/routes/fixture.h"

/* A route with these calls (six blanks of indentation). */
static void load_calls(struct fixture *fixture, const char *calls)
{
    struct str yaml = str_format(&fixture->arena,
                                 SHOP "routes:\n"
                                      "  POST /x/{id}:\n"
                                      "    calls:\n%s\n",
                                 calls);
    fixture_load(fixture, yaml.at);
}

static void test_a_call_in_one_line(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c: users  GET /users/${path.id}");
    assert_fine(fixture);
    const struct call *call = fixture_call(fixture, "c");
    assert_text(call->request.service->name, "users");
    assert_int_equal(call->request.method, METHOD_GET);
    assert_text(call->request.target_text, "/users/${path.id}");
    assert_true(call_is_required(call));
    assert_int_equal(call->timeout, 0);
    assert_false(call->has_when || call->has_each || call->is_entered);
    assert_true(status_set_has(&call->request.accept, 200));
    assert_true(status_set_has(&call->request.accept, 299));
    assert_false(status_set_has(&call->request.accept, 300));
    assert_int_equal(call->meta_slot, UINT32_MAX);
    assert_int_equal(call->absent.count, 0);
}

static void test_every_key(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      a: users GET /a\n"
                        "      c:\n"
                        "        request: users POST /c/${sku}\n"
                        "        body: { sku: \"${sku}\" }\n"
                        "        timeout: 200ms\n"
                        "        when: ${query.x == 'y'}\n"
                        "        after: [a]\n"
                        "        accept: [200, 422]\n"
                        "        absent: [404]\n"
                        "        each: sku in ${body.skus}\n"
                        "        concurrency: 4\n"
                        "        limit: 50\n"
                        "        fallback: omit\n");
    assert_fine(fixture);
    const struct call *call = fixture_call(fixture, "c");
    assert_int_equal(call->timeout, 200 * MILLISECOND);
    assert_true(call->has_when && call->has_each);
    assert_int_equal(call->concurrency, 4);
    assert_int_equal(call->limit, 50);
    assert_true(status_set_has(&call->request.accept, 422));
    assert_false(status_set_has(&call->request.accept, 201));
    assert_int_equal(call->absent.list[0], 404);
    assert_int_equal(call->waits_for_count, 1);
    assert_int_equal(call->waits_for[0], 0);
    assert_int_equal(call->rung_count, 1);
    assert_int_equal(call->ladder[0].kind, RUNG_OMIT);
}

static void test_an_each_call_without_numbers_has_defaults(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c: { each: \"x in ${body.x}\", request: \"users GET /c/${x}\" }");
    assert_fine(fixture);
    assert_int_equal(fixture_call(fixture, "c")->concurrency, 8);
    assert_int_equal(fixture_call(fixture, "c")->limit, 100);
}

static void test_a_ladder_of_every_rung(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      a: users GET /a\n"
                        "      c:\n"
                        "        request: users GET /c\n"
                        "        accept: [200, 422]\n"
                        "        fallback:\n"
                        "          - stale: 1h\n"
                        "          - request: orders GET /c/${a.id}\n"
                        "            timeout: 100ms\n"
                        "            headers: { X-A: b }\n"
                        "          - request: orders POST /c\n"
                        "            accept: [202]\n"
                        "            body: { x: 1 }\n"
                        "          - value: { name: Unknown, of: \"${a.id}\" }\n"
                        "          - omit\n");
    assert_fine(fixture);
    const struct call *call = fixture_call(fixture, "c");
    assert_int_equal(call->rung_count, 5);
    assert_int_equal(call->ladder[0].kind, RUNG_STALE);
    assert_int_equal(call->ladder[0].stale, HOUR);
    const struct rung *rung = &call->ladder[1];
    assert_int_equal(rung->kind, RUNG_REQUEST);
    assert_text(rung->request.service->name, "orders");
    assert_int_equal(rung->request.timeout, 100 * MILLISECOND);
    assert_int_equal(rung->request.header_count, 1);
    assert_true(status_set_has(&rung->request.accept, 422));
    assert_int_equal(rung->waits_for_count, 1);
    assert_int_equal(rung->waits_for[0], 0);
    assert_false(status_set_has(&call->ladder[2].request.accept, 422));
    assert_non_null(call->ladder[2].request.body);
    assert_int_equal(call->ladder[3].kind, RUNG_VALUE);
    assert_int_equal(call->ladder[3].waits_for_count, 1);
    assert_int_equal(call->ladder[4].kind, RUNG_OMIT);
    assert_int_equal(call->waits_for_count, 0);
    assert_int_equal(call->stale, HOUR);
}

static void test_a_ladder_of_one(void **state)
{
    struct fixture *fixture = *state;
    struct json value;
    load_calls(fixture, "      c: { request: users GET /c, fallback: { value: null } }");
    assert_fine(fixture);
    const struct call *call = fixture_call(fixture, "c");
    assert_int_equal(call->rung_count, 1);
    assert_true(template_is_constant(call->ladder[0].value, &value));
    assert_true(json_is_null(value));
}

static void test_the_value_of_a_call_is_entered_when_somebody_looks_into_it(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      whole: users GET /1\n"
                        "      member: users GET /2\n"
                        "      looped: users GET /3\n"
                        "      inserted: users GET /4\n"
                        "      spread: users GET /5\n"
                        "      last:\n"
                        "        request: users POST /${member.id}/${inserted}\n"
                        "        body:\n"
                        "          whole: ${whole}\n"
                        "          rows: { $each: \"x in ${looped}\", $value: \"${x}\" }\n"
                        "          more: { ...: \"${spread}\" }\n");
    assert_fine(fixture);
    assert_false(fixture_call(fixture, "whole")->is_entered);
    assert_true(fixture_call(fixture, "member")->is_entered);
    assert_true(fixture_call(fixture, "looped")->is_entered);
    assert_true(fixture_call(fixture, "inserted")->is_entered);
    assert_true(fixture_call(fixture, "spread")->is_entered);
    assert_false(fixture_call(fixture, "last")->is_entered);
}

static void test_the_answers_to_a_batch_are_entered(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c: { request: \"users GET /u?ids=${ids}\", "
                        "each: \"ids in ${body.ids}\", batch: 50 }\n"
                        "      d: { request: \"users GET /u?ids=${ids}\", "
                        "each: \"ids in ${body.ids}\" }\n");
    assert_fine(fixture);
    assert_int_equal(fixture_call(fixture, "c")->batch, 50);
    assert_true(fixture_call(fixture, "c")->is_entered);
    assert_int_equal(fixture_call(fixture, "d")->batch, 0);
    assert_false(fixture_call(fixture, "d")->is_entered);
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *call;
        const char *words;
    } cases[] = {
        {"{ request: users GET /u, fallbak: omit }", "unknown key 'fallbak' in call 'c'"},
        {"{ request: users GET /u, fallbak: omit }", "did you mean 'fallback'?"},
        {"{ timeout: 1s }", "call 'c' has no 'request'"},
        {"{ request: users GET /u, timeout: 5 }", "'5' has no unit"},
        {"{ request: users GET /u, timeout: 0ms }", "shorter than 1ms"},
        {"{ request: users GET /u, when: yes }", "exactly one ${…} is expected"},
        {"{ request: users GET /u, when: \"${query.a}${query.b}\" }", "exactly one ${…}"},
        {"{ request: users GET /u, after: [d] }", "there is no call 'd'"},
        {"{ request: users GET /u, accept: 200 }", "write [200]"},
        {"{ request: users GET /u, accept: [] }", "a list of statuses is expected"},
        {"{ request: users GET /u, accept: [199] }", "less than 200"},
        {"{ request: users GET /u, absent: [x] }", "is no whole number"},
        {"{ request: users GET /u, limit: 5 }", "'limit' is only for a call with 'each'"},
        {"{ request: users GET /u, concurrency: 5 }", "'concurrency' is only for a call with"},
        {"{ request: users GET /u, each: sku }", "'each' is a name, 'in' and one ${…}"},
        {"{ request: users GET /u, each: \"c in ${body}\" }", "would hide the call 'c'"},
        {"{ request: users GET /u, batch: 5 }", "'batch' is only for a call with 'each'"},
        {"{ request: users GET /u, each: \"x in ${body}\", batch: 0 }", "less than 1"},
        {"{ request: users GET /u, each: \"x in ${body}\", batch: many }", "is no whole number"},
        {"{ request: users GET /u, each: \"x in ${body}\", when: \"${x}\" }", "unknown name 'x'"},
        {"{ request: users GET /u, fallback: null }", "write { value: null }"},
        {"{ request: users GET /u, fallback: [] }", "a fallback without rungs"},
        {"{ request: users GET /u, fallback: 5 }", "a rung is 'omit' or a mapping"},
        {"{ request: users GET /u, fallback: [omit, { value: 1 }] }", "no rung behind 'omit'"},
        {"{ request: users GET /u, fallback: { } }", "exactly one of 'stale', 'request' and"},
        {"{ request: users GET /u, fallback: { value: 1, stale: 1h } }", "exactly one of"},
        {"{ request: users GET /u, fallback: { value: 1, timeout: 1s } }",
         "'timeout' is only for a rung with 'request'"},
        {"{ request: users GET /u, fallback: { valu: 1 } }", "unknown key 'valu'"},
        {"{ request: users GET /u, fallback: { stale: 1 } }", "'1' has no unit"},
        {"{ request: users GET /u, fallback: { request: nobody GET /u } }", "no service 'nobody'"},
        {"{ request: users POST /u, cache: 30s }", "the answer to a POST cannot be cached"},
        {"{ request: users GET /u, cache: often }", "often"},
        {"{ request: users GET /u, body: { } }", "a GET request has no body"},
        {"[users]", "call 'c' is a mapping, not a list"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        void *own;
        fixture_setup(&own);
        struct fixture *fixture = own;
        load_calls(fixture, str_format(&fixture->arena, "      c: %s", cases[i].call).at);
        assert_said(fixture, cases[i].words);
        assert_true(diagnostics_has_errors(&fixture->diagnostics));
        fixture_teardown(&own);
    }
}

static void test_how_long_an_answer_may_be_used_again(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      a: { request: users GET /u, cache: 30s }\n"
                        "      b: { request: users HEAD /u, cache: standard }\n"
                        "      c: { request: users POST /u, fallback: [{ stale: 1h }, omit] }\n"
                        "      d: { request: users GET /u, fallback: [{ stale: 1m }, { stale: 5m "
                        "}, omit] }\n");
    const struct route *route = fixture_route(fixture);
    assert_int_equal(route->calls[0].cache, CALL_CACHE_FIXED);
    assert_int_equal(route->calls[0].cache_time, 30 * SECOND);
    assert_int_equal(route->calls[1].cache, CALL_CACHE_STANDARD);
    assert_int_equal(route->calls[2].cache, CALL_CACHE_OFF);
    assert_int_equal(route->calls[2].stale, 0); /* never stored, so never kept */
    assert_int_equal(route->calls[3].stale, 5 * MINUTE);
}

static void test_names_of_calls(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      my-call: users GET /u\n"
                        "      body: users GET /u\n"
                        "      meta: users GET /u\n");
    assert_said(fixture, "write 'my_call'");
    assert_said(fixture, "'body' is reserved and cannot be the name of a call");
    assert_said(fixture, "'meta' is reserved");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_ERROR], 3);
}

static void test_all_mistakes_of_a_call_are_reported_together(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c:\n"
                        "        request: userz GET users/${nobody.id}\n"
                        "        timeout: soon\n"
                        "        when: ${other}\n"
                        "        query: { a: \"${missing}\" }\n"
                        "        fallback: { value: \"${gone}\" }\n");
    assert_said(fixture, "'userz'");
    assert_said(fixture, "a target begins with '/'");
    assert_said(fixture, "'soon'");
    assert_said(fixture, "unknown name 'other'");
    assert_said(fixture, "unknown name 'missing'");
    assert_said(fixture, "unknown name 'gone'");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_call_in_one_line),
        TEST(test_every_key),
        TEST(test_an_each_call_without_numbers_has_defaults),
        TEST(test_a_ladder_of_every_rung),
        TEST(test_a_ladder_of_one),
        TEST(test_the_value_of_a_call_is_entered_when_somebody_looks_into_it),
        TEST(test_the_answers_to_a_batch_are_entered),
        TEST(test_mistakes),
        TEST(test_how_long_an_answer_may_be_used_again),
        TEST(test_names_of_calls),
        TEST(test_all_mistakes_of_a_call_are_reported_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

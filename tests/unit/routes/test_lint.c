/*
 * The linter: one story per warning, with what is near it and fine, and how to silence it.
 */
#include "tests/unit/routes/fixture.h"

static void load_route(struct fixture *fixture, const char *route)
{
    fixture_load(fixture,
                 str_format(&fixture->arena, SHOP "routes:\n  POST /x/{id}:\n%s\n", route).at);
    assert_fine(fixture);
}

/* All calls are asked of both services, so that nothing else is warned of. */
static void load_calls(struct fixture *fixture, const char *calls)
{
    load_route(fixture, str_format(&fixture->arena,
                                   "    deadline: 1s\n"
                                   "    calls:\n"
                                   "      first: orders GET /first\n%s"
                                   "    allow: [path-above-deadline]\n",
                                   calls)
                            .at);
}

static void test_a_timeout_above_the_deadline(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c: { request: users GET /c, timeout: 1001ms }\n"
                        "      d: { request: users GET /d, timeout: 1s }\n"
                        "      e: { request: users GET /e, timeout: 2s, "
                        "allow: [timeout-above-deadline] }\n");
    assert_said(fixture, "shop.yaml:9:44: warning: call 'c' may take longer than its route "
                         "[timeout-above-deadline]");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 1);
}

static void test_rungs_that_cannot_be_reached(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c:\n"
                        "        request: users GET /c\n"
                        "        fallback:\n"
                        "          - value: 1\n"
                        "          - request: orders GET /c\n"
                        "      d:\n"
                        "        request: users GET /d\n"
                        "        fallback: [{ stale: 1m }, { stale: 1h }, { stale: 5m }, omit]\n"
                        "      e:\n"
                        "        request: users GET /e\n"
                        "        allow: [unreachable-rung]\n"
                        "        fallback: [{ value: 1 }, omit]\n");
    assert_said(fixture, "shop.yaml:13:13: warning: this rung of call 'c' is never reached");
    assert_said(fixture, "warning: this rung of call 'd' is never reached");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 2);
}

static void test_a_stale_answer_to_an_unsafe_method(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      c: { request: users POST /c, fallback: [{ stale: 1h }, omit] }\n"
                        "      d: { request: users GET /d, fallback: [{ stale: 1h }, omit] }\n");
    assert_said(fixture, "there is never a stale answer to the POST of call 'c' [stale-unsafe]");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 1);
}

static void test_a_required_call_behind_an_optional_one(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      a: { request: users GET /a, fallback: omit }\n"
                        "      b: { request: users GET /b, fallback: { value: { x: null } } }\n"
                        "      c: { request: users GET /c, fallback: { value: { x: 1 } } }\n"
                        "      of_a: users GET /1/${a.id}\n"
                        "      of_b: users GET /2?y=${b.x}\n"
                        "      of_c: users GET /3/${c.x}\n"
                        "      of_either: users GET /4/${a.id || first.id}\n"
                        "      has_default: users GET /5/${not_null(a.id, 'none')}\n"
                        "      optional: { request: \"users GET /6/${a.id}\", fallback: omit }\n"
                        "      by_query: { request: users GET /7, query: { z: \"${a.z}\" } }\n"
                        "      by_page: { request: users GET /8, query: { 'z?': \"${a.z}\" } }\n");
    assert_said(fixture, "call 'of_a' is required and fails when 'a' falls back "
                         "[required-behind-optional]");
    assert_said(fixture, "call 'of_b' is required and fails when 'b' falls back");
    assert_said(fixture, "call 'by_query' is required and fails when 'a' falls back");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 3);
}

static void test_a_service_that_no_route_uses(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(fixture,
                 "services:\n"
                 "  a: http://10.0.0.1:80\n"
                 "  b: { url: http://10.0.0.1:80, allow: [unused-service] }\n"
                 "  c: http://10.0.0.1:80\n"
                 "  d: http://10.0.0.1:80\n"
                 "  e: http://10.0.0.1:80\n"
                 "routes:\n"
                 "  GET /c: { calls: { x: { request: c GET /, fallback: { request: d GET / "
                 "} } } }\n"
                 "  GET /e: { proxy: e }\n");
    assert_said(fixture, "shop.yaml:2:3: warning: no route uses the service 'a' [unused-service]");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 1);
}

static void test_a_call_that_nothing_mentions(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      lost: users GET /1\n"
                        "      written: users POST /2\n"
                        "      awaited: users GET /3\n"
                        "      login: users GET /4\n"
                        "      judged: users GET /5\n"
                        "      kept: { request: users GET /6, allow: [unused-call] }\n"
                        "      last: { request: users GET /7, after: [awaited] }\n"
                        "    response:\n"
                        "      cookies: [login]\n"
                        "      body: [\"${first}\", \"${last.x}\", \"${meta.judged.status}\"]\n");
    assert_said(fixture, "warning: nothing mentions call 'lost' [unused-call]");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 1);
}

static void test_an_inner_name_that_is_a_call(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      user: users GET /u\n"
                        "    response:\n"
                        "      body:\n"
                        "        a: ${first.items[?id == user.id]}\n"
                        "        b: ${user.id}\n"
                        "        c: ${first.items[?id == owner.id]}\n"
                        "        d: ${first.user.id}\n");
    assert_said(fixture, "shop.yaml:12:33: warning: 'user' is looked up inside the current element "
                         "here, it is not the call [inner-call-name]");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 1);
}

static void test_two_whole_answers_spread_into_one(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      user: users GET /u\n"
                        "    response:\n"
                        "      body:\n"
                        "        both: { ...: [\"${first}\", \"${user}\"] }\n"
                        "        one: { ...: \"${user}\", x: 1 }\n");
    assert_said(fixture, "shop.yaml:12:35: warning: of a member that both 'first' and 'user' have, "
                         "the one of 'user' counts [spread-overlap]");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 1);
}

static void test_a_member_that_the_file_shows_of_both(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture,
               "      user: { request: \"users GET /${first.id}\", "
               "fallback: [{ request: orders GET /u }, { value: { id: 0, name?: null } }] }\n"
               "    response:\n"
               "      body:\n"
               "        both: { ...: [\"${first}\", \"${user}\"] }\n"
               "        meant: { ...: [\"${first}\", \"${user}\"], id: \"${user.id}\" }\n");
    assert_said(fixture, "both 'first' and 'user' have a member 'id', and the one of 'user' counts "
                         "[spread-overlap]");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 1);
}

static void test_spreads_that_have_nothing_in_common(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      user: users GET /u\n"
                        "    response:\n"
                        "      headers: { X-Total: \"${first.total}\" }\n"
                        "      body:\n"
                        "        both: { ...: [\"${first}\", \"${user}\"] }\n"
                        "        parts: { ...: [\"${first.a}\", \"${user.b}\"] }\n"
                        "        again: { ...: [\"${user}\", \"${user}\"] }\n");
    assert_silent(fixture);
}

static void test_an_answer_over_two_others_is_told_once(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      b: users GET /b\n"
                        "      c: users GET /c\n"
                        "    response:\n"
                        "      body: { ...: [\"${first}\", \"${b}\", \"${c}\"] }\n");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 2);
}

static void test_text_compared_with_a_number(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture,
               "      a: { request: users GET /a, when: '${query.page == `2`}' }\n"
               "      b: { request: users GET /b, when: '${`-1` < path.id}' }\n"
               "      c: { request: users GET /c, when: \"${query.page == '2'}\" }\n"
               "      d: { request: users GET /d, when: '${to_number(query.page) > `2`}' }\n"
               "      e: { request: users GET /e, when: '${first.page == `2`}' }\n"
               "      f: { request: users GET /f, when: '${query.a || first.b == `2`}' }\n"
               "      g: { request: users GET /g, when: '${query.page == `2`}', "
               "allow: [number-comparison] }\n");
    assert_said(fixture, "shop.yaml:9:44: warning: 'query.page' is text and is compared with a "
                         "number [number-comparison]");
    assert_said(fixture, "write to_number(query.page)");
    assert_said(fixture, "'path.id' is text and is compared with a number");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 2);
}

static void test_a_name_where_a_text_is_meant(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      user: users GET /u\n"
                        "    response:\n"
                        "      body:\n"
                        "        a: ${first.items[?state == \"open\"]}\n"
                        "        b: ${first.items[?\"open\" != state]}\n"
                        "        c: ${first.items[?state == 'open']}\n"
                        "        d: ${first.items[?\"my-state\" == 'open']}\n"
                        "        e: ${first.items[?x.\"my-state\" == 'a \"open\" b'].\"x-y\"}\n"
                        "        f: ${user}\n");
    assert_said(fixture, "shop.yaml:12:36: warning: to JMESPath \"open\" is the name of a member "
                         "[quoted-comparand]");
    assert_said(fixture, "write 'open' for the text");
    assert_said(fixture, "shop.yaml:13:27: warning");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 2);
}

static void test_a_secret_in_a_response(void **state)
{
    struct fixture *fixture = *state;
    setenv("BRAID_TEST_SECRET", "hunter2", 1);
    load_calls(fixture, "      user: { request: users GET /u, headers: { "
                        "X-Key: \"${env.BRAID_TEST_SECRET}\" } }\n"
                        "    response:\n"
                        "      headers: { X-A: \"a-${env.BRAID_TEST_SECRET}\" }\n"
                        "      body: { all: [\"${first}\", \"${user.env.x}\"] }\n");
    assert_said(fixture, "'env.BRAID_TEST_SECRET' would be told to every client "
                         "[secret-in-response]");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 1);
}

static void test_the_longest_path_above_the_deadline(void **state)
{
    struct fixture *fixture = *state;
    load_route(fixture, "    deadline: 1s\n"
                        "    calls:\n"
                        "      first: { request: orders GET /first, timeout: 700ms }\n"
                        "      short: { request: users GET /a, timeout: 1ms }\n"
                        "      then:\n"
                        "        request: users GET /b/${first.id}\n"
                        "        timeout: 200ms\n"
                        "        fallback: { request: \"orders GET /c\", timeout: 101ms }\n");
    assert_said(fixture, "shop.yaml:6:15: warning: the longest path, first 700ms → then 301ms, may "
                         "take 1001ms: above the deadline of 1s [path-above-deadline]");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 1);
}

static void test_paths_that_are_not_above_the_deadline(void **state)
{
    struct fixture *fixture = *state;
    load_route(fixture, "    deadline: 1s\n"
                        "    calls:\n"
                        "      a: { request: orders GET /a, timeout: 700ms }\n"
                        "      b: { request: \"users GET /b/${a.id}\", timeout: 300ms }\n"
                        "      c: { request: users GET /c, each: \"x in ${body}\" }\n");
    assert_silent(fixture);
}

static void test_one_request_alone_is_cut_by_the_deadline(void **state)
{
    struct fixture *fixture = *state;
    load_route(fixture, "    deadline: 500ms\n"
                        "    calls: { a: orders GET /a, b: users GET /b }\n");
    assert_silent(fixture);
}

static void test_a_path_is_silenced_by_its_route(void **state)
{
    struct fixture *fixture = *state;
    load_route(fixture, "    deadline: 1s\n"
                        "    allow: [path-above-deadline]\n"
                        "    calls: { a: orders GET /a, b: \"users GET /b/${a.id}\" }\n");
    assert_silent(fixture);
}

static void test_writes_side_by_side(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      a: users POST /a\n"
                        "      b: orders PUT /b\n"
                        "      behind: { request: users DELETE /c, after: [b] }\n"
                        "      read: users GET /d\n"
                        "      allowed: { request: users POST /e, allow: [parallel-writes] }\n");
    assert_said(fixture, "shop.yaml:10:7: warning: call 'b' writes while 'a' does: when one fails, "
                         "the other may have happened [parallel-writes]");
    assert_said(fixture, "add after: [a], or allow: [parallel-writes]");
    assert_said(fixture, "call 'behind' writes while 'a' does");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 2);
}

static void test_writes_that_do_not_meet(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      a: { request: users POST /a, when: \"${body.a}\" }\n"
                        "      b: { request: users POST /b, when: \"${!body.a}\" }\n"
                        "      link: \"users GET /l/${a.id}/${b.id}\"\n"
                        "      c: \"users POST /c/${link.id}\"\n");
    assert_silent(fixture);
}

static void test_a_secret_in_the_file(void **state)
{
    struct fixture *fixture = *state;
    setenv("BRAID_TEST_SECRET", "hunter2", 1);
    fixture_load(fixture,
                 "services:\n"
                 "  a: { url: \"http://10.0.0.1\", headers: { X-Products-API-Key: abc } }\n"
                 "  b: { url: \"http://10.0.0.1\", headers: { Authorization: Basic YTpi }, "
                 "allow: [secret-in-file] }\n"
                 "  c: { url: \"http://10.0.0.1\", headers: "
                 "{ Authorization: \"Bearer ${env.BRAID_TEST_SECRET}\", Idempotency-Key: x } }\n"
                 "routes:\n"
                 "  POST /x:\n"
                 "    calls:\n"
                 "      p:\n"
                 "        request: a POST /p\n"
                 "        headers: { authorization: Bearer abc, X-Token: \"${headers.x_token}\" }\n"
                 "        query: { api_key: [abc, \"${query.key}\"] }\n"
                 "        body: { user: { clientSecret: 12345, name: password } }\n"
                 "        fallback: { request: b POST /p, body: { password: hunter2 } }\n"
                 "    response: { body: { token: none, c: \"${p.token}\" } }\n"
                 "  ANY /c/*: { proxy: { to: c, headers: { X-Auth-Token: abc } } }\n"
                 "  ANY /d/*: { proxy: { to: c, headers: { X-Auth-Token: x }, "
                 "allow: [secret-in-file] } }\n");
    assert_fine(fixture);
    assert_said(fixture, "shop.yaml:2:63: warning: the secret of 'X-Products-API-Key' stands in "
                         "the file [secret-in-file]");
    assert_said(fixture, "shop.yaml:10:35: warning: the secret of 'authorization'");
    assert_said(fixture, "shop.yaml:11:28: warning: the secret of 'api_key'");
    assert_said(fixture, "shop.yaml:12:39: warning: the secret of 'clientSecret'");
    assert_said(fixture, "shop.yaml:13:59: warning: the secret of 'password'");
    assert_said(fixture, "shop.yaml:15:56: warning: the secret of 'X-Auth-Token'");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_WARNING], 6);
}

static void test_a_route_silences_what_is_in_it(void **state)
{
    struct fixture *fixture = *state;
    load_route(fixture, "    allow: [number-comparison, unused-call, inner-call-name]\n"
                        "    calls:\n"
                        "      a: { request: users GET /a, when: '${query.page == `2`}' }\n"
                        "      b: orders GET /b\n"
                        "    response:\n"
                        "      body: ${a.list[?b.x]}\n");
    assert_silent(fixture);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_timeout_above_the_deadline),
        TEST(test_rungs_that_cannot_be_reached),
        TEST(test_a_stale_answer_to_an_unsafe_method),
        TEST(test_a_required_call_behind_an_optional_one),
        TEST(test_a_service_that_no_route_uses),
        TEST(test_a_call_that_nothing_mentions),
        TEST(test_an_inner_name_that_is_a_call),
        TEST(test_two_whole_answers_spread_into_one),
        TEST(test_a_member_that_the_file_shows_of_both),
        TEST(test_spreads_that_have_nothing_in_common),
        TEST(test_an_answer_over_two_others_is_told_once),
        TEST(test_text_compared_with_a_number),
        TEST(test_a_name_where_a_text_is_meant),
        TEST(test_a_secret_in_a_response),
        TEST(test_the_longest_path_above_the_deadline),
        TEST(test_paths_that_are_not_above_the_deadline),
        TEST(test_one_request_alone_is_cut_by_the_deadline),
        TEST(test_a_path_is_silenced_by_its_route),
        TEST(test_writes_side_by_side),
        TEST(test_writes_that_do_not_meet),
        TEST(test_a_secret_in_the_file),
        TEST(test_a_route_silences_what_is_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

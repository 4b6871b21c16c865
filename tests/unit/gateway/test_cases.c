/* Files of cases: what is wrong with them, and what is said of cases that fail. */
#include "gateway/rehearsal/case_report.h"
#include "rehearsal_fixture.h"

static const char page[] =
    "  GET /orders/{id}:\n"
    "    calls:\n"
    "      order: orders GET /orders/${path.id}\n"
    "      user: { request: users GET /users/1, fallback: omit }\n"
    "    response: { body: { total: \"${order.total}\", user: \"${user}\" } }\n"
    "  POST /echo: { response: { body: \"${body}\" } }\n"
    "  GET /lines: { response: { headers: { X-Line: \"${queries.line}\" }, body: 1 } }\n";

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

/* The one mistake of a file. */
static void check_mistake(void **state, const char *text, unsigned line, unsigned column,
                          const char *message, const char *hint)
{
    struct fixture *fixture = *state;
    assert_null(fixture_read_cases(fixture, text));
    if (fixture->diagnostics.count != 1)
        diagnostics_print(&fixture->diagnostics, stderr);
    assert_int_equal(fixture->diagnostics.count, 1);
    const struct diagnostic *diagnostic = &fixture->diagnostics.list[0];
    assert_text(diagnostic->message, message);
    assert_text(diagnostic->hint, hint);
    assert_int_equal(diagnostic->place.line, line);
    assert_int_equal(diagnostic->place.column, column);
}

#define CASE "- { name: n, request: GET /, expect: { status: 200 } }\n"

static void each_mistake_has_its_place_and_what_to_do(void **state)
{
    check_mistake(
        state, "cases: [ { name: n, reqest: GET /, request: GET /, expect: { status: 200 } } ]\n",
        1, 21, "unknown key 'reqest' in a case", "did you mean 'request'?");
    check_mistake(state, "service: {}\ncases:\n" CASE, 1, 1, "unknown key 'service' in the file",
                  "did you mean 'services'?");
    check_mistake(state, "services: { user: down }\ncases:\n" CASE, 1, 13,
                  "there is no service 'user'", "did you mean 'users'?");
    check_mistake(state, "services: { users: dwon }\ncases:\n" CASE, 1, 20,
                  "'dwon' is no failure of a service", "did you mean 'down'?");
    check_mistake(state, "services: { users: { GET users: {} } }\ncases:\n" CASE, 1, 22,
                  "a target begins with /", "write GET /users/7");
    check_mistake(state, "services: { users: { FETCH /: {} } }\ncases:\n" CASE, 1, 22,
                  "'FETCH' is no method", "write GET /users/7");
    check_mistake(state, "services: { users: { GET /: { body: 1 } } }\ncases:\n" CASE, 1, 31,
                  "unknown key 'body' in an answer",
                  "known here: status, headers, json, text, delay");
    check_mistake(state, "services: { users: { GET /: { json: 1, text: a } } }\ncases:\n" CASE, 1,
                  46, "there is JSON and text", "one of them is the body");
    check_mistake(state, "services: { users: { GET /: { delay: 10 } } }\ncases:\n" CASE, 1, 38,
                  "'10' has no unit", "write a duration with its unit: 250ms, 1s, 5m, 1h");
    check_mistake(state, "now: today\ncases:\n" CASE, 1, 6, "'today' is no time",
                  "write 2026-01-01T00:00:00Z");
    check_mistake(state, "- { name: n, request: orders, expect: { status: 200 } }\n", 1, 23,
                  "'orders' is no request", "write GET /orders/7");
    check_mistake(state, "- { name: n, request: GET /, expect: {} }\n", 1, 38,
                  "nothing is expected", "expect: { status: 200 }");
    check_mistake(state, "- { name: n, request: GET / }\n", 1, 3, "a case has no 'expect'",
                  "expect: { status: 200 }");
    check_mistake(state, "[]\n", 1, 1, "cases are a list of at least one, not a list",
                  "- { name: …, request: …, expect: … }");
}

/* What is printed, without the lines that name the file. */
static const char *report(void **state, enum case_format format, const char *text, unsigned failed)
{
    struct fixture *fixture = *state;
    char *printed = NULL;
    size_t size = 0;
    if (fixture_read_cases(fixture, text) == NULL)
        diagnostics_print(&fixture->diagnostics, stderr);
    assert_non_null(fixture->cases);
    FILE *to = open_memstream(&printed, &size);
    assert_int_equal(case_report_print(fixture->snapshot, fixture->cases, format, to), failed);
    fclose(to);
    char *out = arena_bytes(&fixture->arena, size + 1), *end = out;
    for (char *line = strtok(printed, "\n"); line != NULL; line = strtok(NULL, "\n"))
        if (strstr(line, "/tmp/") == NULL)
            end += sprintf(end, "%s\n", line);
    *end = '\0';
    free(printed);
    return out;
}

#define SERVICES                                                                                   \
    "services: { orders: { GET /orders/7: { json: { total: 1.10 } } },"                            \
    " users: { GET /users/1: { json: { name: A, id: 1 } } } }\ncases:\n"

static void what_is_as_expected_is_one_line(void **state)
{
    assert_string_equal(
        report(state, CASE_FORMAT_TEXT,
               SERVICES
               "- name: a page\n"
               "  request: GET /orders/7\n"
               "  expect: { status: 200, degraded: null, within: 0ms,"
               " headers: { content-type: application/json, Degraded: null },"
               " body: { total: 1.10, user: { name: A, id: 1 } } }\n"
               "- name: another order of members\n"
               "  request: GET /orders/7\n"
               "  expect: { body: { user: { id: 1, name: A }, total: 1.10 } }\n"
               "- name: a body of the client\n"
               "  request: { method: POST, target: /echo, body: { a: [1, \"1\", null] } }\n"
               "  expect: { body: { a: [1, \"1\", null] } }\n"
               "- name: a problem\n"
               "  services: { orders: down }\n"
               "  request: GET /orders/7\n"
               "  expect: { problem: { call: order, status: 502 }, body: { type: "
               "about:blank, title: Bad Gateway, status: 502, call: order, reason: connect } }\n",
               0),
        "ok      a page\n"
        "ok      another order of members\n"
        "        note: the members of the body stand in another order\n"
        "ok      a body of the client\n"
        "ok      a problem\n"
        "4 passed, 0 failed\n");
}

static void everything_that_differs_is_told(void **state)
{
    assert_string_equal(
        report(state, CASE_FORMAT_TEXT,
               SERVICES "- name: a page\n"
                        "  services: { users: { GET /users/1: { delay: 5ms, status: 500 } } }\n"
                        "  request: GET /orders/7\n"
                        "  expect: { status: 201, degraded: null, within: 1ms,"
                        " headers: { X-A: b }, body: { user: null, total: 1.1 } }\n",
               1),
        "not ok  a page\n"
        "        status: expected 201, got 200\n"
        "        Degraded: expected none, got user;source=omit;reason=status\n"
        "        header X-A: expected b, got none\n"
        "        body: - expected, + got\n"
        "            {\n"
        "              \"user\": null,\n"
        "          -   \"total\": 1.1\n"
        "          +   \"total\": 1.10\n"
        "            }\n"
        "        time: expected at most 1ms, got 5ms\n"
        "0 passed, 1 failed\n");
}

/* Set-Cookie has a comma in its date: lines are never joined. */
static void every_line_of_a_header_counts(void **state)
{
    assert_string_equal(
        report(
            state, CASE_FORMAT_TEXT,
            "- { name: two, request: GET /lines?line=a&line=b, expect: { headers: { x-line: [ a, "
            "b ] } } }\n"
            "- { name: the first alone, request: GET /lines?line=a&line=b, expect: { headers: { "
            "X-Line: a } } }\n"
            "- { name: another order, request: GET /lines?line=a&line=b, expect: { headers: { "
            "X-Line: [ b, a ] } } }\n"
            "- { name: too many, request: GET /lines?line=a, expect: { headers: { X-Line: [ a, "
            "a ] } } }\n"
            "- { name: none, request: GET /lines, expect: { headers: { X-Line: null } } }\n"
            "- { name: none was expected, request: GET /lines?line=a, expect: { headers: { "
            "X-Line: [] } } }\n",
            4),
        "ok      two\n"
        "not ok  the first alone\n"
        "        header X-Line: expected a, got \"a\", \"b\"\n"
        "not ok  another order\n"
        "        header X-Line: expected \"b\", \"a\", got \"a\", \"b\"\n"
        "not ok  too many\n"
        "        header X-Line: expected \"a\", \"a\", got a\n"
        "ok      none\n"
        "not ok  none was expected\n"
        "        header X-Line: expected none, got a\n"
        "2 passed, 4 failed\n");
}

static void a_question_without_an_answer_is_told_with_the_failure(void **state)
{
    assert_string_equal(
        report(state, CASE_FORMAT_TEXT,
               "- { name: no rules, request: GET /orders/7, expect: { status: 200 } }\n", 1),
        "not ok  no rules\n"
        "        status: expected 200, got 404\n"
        "        orders was asked GET /orders/7, and no rule answers that: 404\n"
        "        users was asked GET /users/1, and no rule answers that: 404\n"
        "0 passed, 1 failed\n");
}

static void tap_is_version_14(void **state)
{
    assert_string_equal(
        report(state, CASE_FORMAT_TAP,
               SERVICES
               "- { name: \"a # page\", request: GET /orders/7, expect: { status: 200 } }\n"
               "- { name: b, request: GET /orders/7, expect: { status: 500, text: x } }\n",
               1),
        "TAP version 14\n"
        "1..2\n"
        "ok 1 - a \\# page\n"
        "not ok 2 - b\n"
        "  ---\n"
        "  findings: |\n"
        "    status: expected 500, got 200\n"
        "    body: - expected, + got\n"
        "      - x\n"
        "      + {\"total\":1.10,\"user\":{\"name\":\"A\",\"id\":1}}\n"
        "  ...\n");
}

static void a_case_comes_before_what_all_cases_share(void **state)
{
    assert_string_equal(report(state, CASE_FORMAT_TEXT,
                               SERVICES
                               "- name: its own rule\n"
                               "  services: { orders: { GET /orders/7: { json: { total: 2 } } } }\n"
                               "  request: GET /orders/7\n"
                               "  expect: { body: { total: 2, user: { name: A, id: 1 } } }\n"
                               "- name: and the next one has none of it\n"
                               "  request: GET /orders/7\n"
                               "  expect: { body: { total: 1.10, user: { name: A, id: 1 } } }\n",
                               0),
                        "ok      its own rule\n"
                        "ok      and the next one has none of it\n"
                        "2 passed, 0 failed\n");
}

int main(void)
{
#define WITH_PAGE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_PAGE(each_mistake_has_its_place_and_what_to_do),
        WITH_PAGE(what_is_as_expected_is_one_line),
        WITH_PAGE(everything_that_differs_is_told),
        WITH_PAGE(every_line_of_a_header_counts),
        WITH_PAGE(a_question_without_an_answer_is_told_with_the_failure),
        WITH_PAGE(tap_is_version_14),
        WITH_PAGE(a_case_comes_before_what_all_cases_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What the client gets when a required call fails: the table of the language, row by row.
 */
#include "base/arena.h"
#include "gateway/compose/problem.h"
#include "routes/call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int status_of(enum reason reason, int service_status, bool target_mentions_call)
{
    struct call call = {.target_mentions_call = target_mentions_call};
    struct outcome outcome = {.reason = reason, .status = service_status};
    return problem_status(&call, &outcome);
}

static void a_4xx_is_passed_on_when_the_client_chose_the_target(void **state)
{
    (void)state;
    assert_int_equal(status_of(REASON_STATUS, 404, false), 404);
    assert_int_equal(status_of(REASON_STATUS, 422, false), 422);
    assert_int_equal(status_of(REASON_STATUS, 404, true), 502);
}

static void identity_and_rate_are_passed_on_always(void **state)
{
    (void)state;
    assert_int_equal(status_of(REASON_STATUS, 401, true), 401);
    assert_int_equal(status_of(REASON_STATUS, 403, true), 403);
    assert_int_equal(status_of(REASON_STATUS, 429, true), 429);
}

static void what_speaks_of_our_connection_is_502(void **state)
{
    (void)state;
    const int ours[] = {407, 408, 421, 426, 431, 500, 503, 301, 304};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        assert_int_equal(status_of(REASON_STATUS, ours[i], false), 502);
}

static void time_is_504_and_no_place_is_503(void **state)
{
    (void)state;
    assert_int_equal(status_of(REASON_TIMEOUT, 0, false), 504);
    assert_int_equal(status_of(REASON_DEADLINE, 0, false), 504);
    assert_int_equal(status_of(REASON_BREAKER_OPEN, 0, false), 503);
    assert_int_equal(status_of(REASON_OVERLOADED, 0, false), 503);
}

static void everything_else_is_502(void **state)
{
    (void)state;
    const enum reason others[] = {REASON_CONNECT,   REASON_RESET,    REASON_INVALID_JSON,
                                  REASON_TOO_LARGE, REASON_PROTOCOL, REASON_LIMIT,
                                  REASON_DEPENDENCY};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(status_of(others[i], 0, false), 502);
}

static void unresolved_is_400_only_for_want_of_what_the_client_sends(void **state)
{
    (void)state;
    struct call call = {0};
    struct outcome outcome = {.reason = REASON_UNRESOLVED, .is_client_fault = true};
    assert_int_equal(problem_status(&call, &outcome), 400);
    outcome.is_client_fault = false;
    assert_int_equal(problem_status(&call, &outcome), 502);
}

static void assert_member(struct arena *arena, struct json document, const char *name,
                          const char *expected)
{
    struct json value;
    assert_true(json_member(document, str_of(name), &value));
    assert_int_equal(value.type, JSON_STRING);
    assert_true(str_equal(json_string_decode(arena, value), str_of(expected)));
}

static void the_document_is_json_and_names_call_and_reason(void **state)
{
    (void)state;
    struct arena arena;
    struct reply reply;
    arena_init(&arena, NULL, 65536);
    reply_init(&reply, &arena);
    problem_write(
        &(struct problem){
            .status = 504, .call = STR("customer"), .reason = "timeout", .id = STR("a\"b\\c")},
        &reply);
    struct json document;
    assert_int_equal(
        json_read(&arena, slices_join(&reply.body), &json_limits_default, &document, NULL),
        JSON_OK);
    assert_member(&arena, document, "type", "about:blank");
    assert_member(&arena, document, "title", "Gateway Timeout");
    assert_member(&arena, document, "call", "customer");
    assert_member(&arena, document, "reason", "timeout");
    assert_member(&arena, document, "request_id", "a\"b\\c");
    struct json status;
    assert_true(json_member(document, STR("status"), &status));
    assert_int_equal((int)json_number(status), 504);
    assert_true(reply_has(&reply, "content-type"));
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_4xx_is_passed_on_when_the_client_chose_the_target),
        cmocka_unit_test(identity_and_rate_are_passed_on_always),
        cmocka_unit_test(what_speaks_of_our_connection_is_502),
        cmocka_unit_test(time_is_504_and_no_place_is_503),
        cmocka_unit_test(everything_else_is_502),
        cmocka_unit_test(unresolved_is_400_only_for_want_of_what_the_client_sends),
        cmocka_unit_test(the_document_is_json_and_names_call_and_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Judging an answer: which statuses count, what a body means.
 */
#include "base/arena.h"
#include "gateway/compose/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, NULL, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static struct outcome judge(int status, const char *body, const struct status_set *accept,
                            const struct status_set *absent)
{
    struct flight_answer answer = {.status = status, .body = str_of(body)};
    struct evidence evidence = {.answer = &answer};
    struct request request = {.method = METHOD_GET};
    struct call call = {.is_entered = true};
    if (accept != NULL)
        request.accept = *accept;
    if (absent != NULL)
        call.absent = *absent;
    return verdict_of(&arena, &evidence, &request, &call);
}

static void a_2xx_with_json_is_an_answer(void **state)
{
    (void)state;
    struct outcome outcome = judge(206, "{\"a\":1.10}", NULL, NULL);
    assert_int_equal(outcome.reason, REASON_NONE);
    assert_int_equal(outcome.value.type, JSON_OBJECT);
    assert_int_equal(outcome.status, 206);
}

static void an_empty_body_is_null(void **state)
{
    (void)state;
    assert_true(json_is_null(judge(202, "", NULL, NULL).value));
    assert_true(json_is_null(judge(204, "", NULL, NULL).value));
    assert_true(json_is_null(judge(205, "ignored", NULL, NULL).value));
}

static void html_with_status_200_fails_the_call(void **state)
{
    (void)state;
    assert_int_equal(judge(200, "<html>", NULL, NULL).reason, REASON_INVALID_JSON);
    assert_int_equal(judge(200, "{\"a\":", NULL, NULL).reason, REASON_INVALID_JSON);
    assert_int_equal(judge(200, "\xEF\xBB\xBF{}", NULL, NULL).reason, REASON_INVALID_JSON);
}

static void other_statuses_are_no_answer_unless_accepted(void **state)
{
    (void)state;
    uint16_t codes[] = {200, 422};
    struct status_set accept = {codes, 2};
    assert_int_equal(judge(500, "{}", NULL, NULL).reason, REASON_STATUS);
    assert_int_equal(judge(302, "", NULL, NULL).reason, REASON_STATUS);
    struct outcome outcome = judge(422, "{\"e\":1}", &accept, NULL);
    assert_int_equal(outcome.reason, REASON_NONE);
    assert_int_equal(outcome.value.type, JSON_OBJECT);
    assert_int_equal(judge(201, "{}", &accept, NULL).reason, REASON_STATUS);
}

static void an_accepted_failure_that_is_no_json_is_null(void **state)
{
    (void)state;
    uint16_t codes[] = {200, 404};
    struct status_set accept = {codes, 2};
    struct outcome outcome = judge(404, "<html>", &accept, NULL);
    assert_int_equal(outcome.reason, REASON_NONE);
    assert_true(json_is_null(outcome.value));
    assert_int_equal(judge(200, "<html>", &accept, NULL).reason, REASON_INVALID_JSON);
}

static void absent_is_null_and_no_failure(void **state)
{
    (void)state;
    uint16_t codes[] = {404};
    struct status_set absent = {codes, 1};
    struct outcome outcome = judge(404, "<html>", NULL, &absent);
    assert_int_equal(outcome.reason, REASON_NONE);
    assert_true(json_is_null(outcome.value));
}

static struct outcome judge_batch(int status, const char *body, struct status_set accept)
{
    struct flight_answer answer = {.status = status, .body = str_of(body)};
    struct evidence evidence = {.answer = &answer};
    struct request request = {.method = METHOD_GET, .accept = accept};
    struct call call = {.is_entered = true, .batch = 50};
    return verdict_of(&arena, &evidence, &request, &call);
}

static void the_answer_to_a_batch_is_an_array(void **state)
{
    (void)state;
    uint16_t codes[] = {200, 404};
    struct status_set any = {0}, accept = {codes, 2};
    assert_int_equal(judge_batch(200, "[1]", any).reason, REASON_NONE);
    assert_int_equal(judge_batch(200, "{}", any).reason, REASON_INVALID_JSON);
    assert_int_equal(judge_batch(200, "null", any).reason, REASON_INVALID_JSON);
    assert_true(json_is_null(judge_batch(200, "{}", any).value));
    assert_int_equal(judge_batch(204, "", any).reason, REASON_NONE);
    assert_true(json_is_null(judge_batch(204, "", any).value));
    struct outcome outcome = judge_batch(404, "{\"error\":1}", accept);
    assert_int_equal(outcome.reason, REASON_NONE);
    assert_true(json_is_null(outcome.value));
}

static void depth_beyond_the_bound_fails_the_call(void **state)
{
    (void)state;
    static char deep[20001];
    memset(deep, '[', 10000);
    memset(deep + 10000, ']', 10000);
    assert_int_equal(judge(200, deep, NULL, NULL).reason, REASON_INVALID_JSON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_2xx_with_json_is_an_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_body_is_null, set_up, tear_down),
        cmocka_unit_test_setup_teardown(html_with_status_200_fails_the_call, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_statuses_are_no_answer_unless_accepted, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_accepted_failure_that_is_no_json_is_null, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(absent_is_null_and_no_failure, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_answer_to_a_batch_is_an_array, set_up, tear_down),
        cmocka_unit_test_setup_teardown(depth_beyond_the_bound_fails_the_call, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

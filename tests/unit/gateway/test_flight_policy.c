/*
 * What is sent again says the time that is left then, and nothing else of it changes.
 */
#include "base/arena.h"
#include "gateway/upstream/flight_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void assert_timed(const char *lines, usec left, const char *expected)
{
    struct arena arena;
    arena_init(&arena, NULL, (size_t)64 * 1024);
    struct str timed = lines_with_time(&arena, str_of(lines), left);
    assert_true(str_equal(timed, str_of(expected)));
    arena_done(&arena);
}

static void the_number_is_another(void **state)
{
    (void)state;
    assert_timed("a: 1\r\nx-request-timeout-ms: 1500\r\nb: 2\r\n", 299001,
                 "a: 1\r\nx-request-timeout-ms: 300\r\nb: 2\r\n");
    assert_timed("x-request-timeout-ms: 7\r\n", -1, "x-request-timeout-ms: 0\r\n");
}

static void lines_without_it_stay(void **state)
{
    (void)state;
    assert_timed("a: 1\r\n", SECOND, "a: 1\r\n");
    assert_timed("", SECOND, "");
}

static void a_value_that_reads_like_it_stays(void **state)
{
    (void)state;
    assert_timed("tracestate: x-request-timeout-ms: 9\r\nx-request-timeout-ms: 1500\r\n", SECOND,
                 "tracestate: x-request-timeout-ms: 9\r\nx-request-timeout-ms: 1000\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_is_another),
        cmocka_unit_test(lines_without_it_stay),
        cmocka_unit_test(a_value_that_reads_like_it_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

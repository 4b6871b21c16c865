/*
 * How long others may keep a composed answer: the least of its parts.
 */
#include "base/arena.h"
#include "gateway/compose/freshness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct freshness part(const char *cache_control, const char *age)
{
    struct field fields[2];
    struct outcome outcome = {.source = SOURCE_LIVE, .fields = fields};
    if (cache_control != NULL)
        fields[outcome.field_count++] = (struct field){STR("Cache-Control"), str_of(cache_control)};
    if (age != NULL)
        fields[outcome.field_count++] = (struct field){STR("Age"), str_of(age)};
    return freshness_of_part(&outcome);
}

static void a_part_that_says_nothing_is_not_fresh(void **state)
{
    (void)state;
    struct freshness freshness = part(NULL, NULL);
    assert_int_equal(freshness.seconds, 0);
    assert_false(freshness.is_private);
    assert_false(freshness.is_forbidden);
}

static void what_is_spent_is_taken_off(void **state)
{
    (void)state;
    assert_int_equal(part("public, max-age=60", NULL).seconds, 60);
    assert_int_equal(part("max-age=60", "42").seconds, 18);
    assert_int_equal(part("max-age=60", "61").seconds, 0);
}

static void a_shared_cache_reads_its_own_directive_first(void **state)
{
    (void)state;
    assert_int_equal(part("max-age=60, s-maxage=5", NULL).seconds, 5);
    assert_int_equal(part("s-maxage=0,max-age=60", NULL).seconds, 0);
    assert_int_equal(part("max-age=\"30\"", NULL).seconds, 30);
}

static void rubbish_is_not_fresh(void **state)
{
    (void)state;
    assert_int_equal(part("max-age=-1", NULL).seconds, 0);
    assert_int_equal(part("max-age=", NULL).seconds, 0);
    assert_int_equal(part("max-age=\"", NULL).seconds, 0);
    assert_int_equal(part(",,=,", NULL).seconds, 0);
    assert_int_equal(part("no-cache, max-age=60", NULL).seconds, 0);
}

static void the_stricter_wins_in_every_respect(void **state)
{
    (void)state;
    struct freshness least =
        freshness_least(part("max-age=60", NULL), part("private, max-age=9", NULL));
    assert_int_equal(least.seconds, 9);
    assert_true(least.is_private);
    assert_true(freshness_least(least, part("no-store", NULL)).is_forbidden);
}

static void a_cookie_makes_an_answer_private(void **state)
{
    (void)state;
    struct field field = {STR("Set-Cookie"), STR("a=b")};
    struct outcome outcome = {.source = SOURCE_LIVE, .fields = &field, .field_count = 1};
    assert_true(freshness_of_part(&outcome).is_private);
}

static void it_is_written_as_cache_control(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, NULL, 4096);
    assert_string_equal(freshness_text(&arena, (struct freshness){.seconds = 18}), "max-age=18");
    assert_string_equal(
        freshness_text(&arena, (struct freshness){.seconds = 18, .is_private = true}),
        "private, max-age=18");
    assert_string_equal(freshness_text(&arena, (struct freshness){0}), "max-age=0");
    assert_string_equal(
        freshness_text(&arena, (struct freshness){.seconds = 18, .is_forbidden = true}),
        "no-store");
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_that_says_nothing_is_not_fresh),
        cmocka_unit_test(what_is_spent_is_taken_off),
        cmocka_unit_test(a_shared_cache_reads_its_own_directive_first),
        cmocka_unit_test(rubbish_is_not_fresh),
        cmocka_unit_test(the_stricter_wins_in_every_respect),
        cmocka_unit_test(a_cookie_makes_an_answer_private),
        cmocka_unit_test(it_is_written_as_cache_control),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Entity tags: made from bodies, found in If-None-Match.
 */
#include "base/arena.h"
#include "gateway/compose/etag.h"

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

static struct str tag_of(const char *a, const char *b, const char *suffix)
{
    struct slices body;
    slices_init(&body, &arena);
    slices_keep(&body, str_of(a));
    slices_keep(&body, str_of(b));
    return etag_of_body(&arena, &body, suffix);
}

static void a_tag_depends_on_the_bytes_and_on_nothing_else(void **state)
{
    (void)state;
    assert_string_equal(tag_of("{\"a\":", "{\"n\":1.10}}", "").at,
                        "\"5855e688aea09d82621fcc0e8b2438e9\"");
    assert_string_equal(tag_of("{\"a\":{\"n\"", ":1.10}}", "-gzip").at,
                        "\"5855e688aea09d82621fcc0e8b2438e9-gzip\"");
    assert_false(
        str_equal(tag_of("{\"a\":", "{\"n\":1.1}}", ""), tag_of("{\"a\":", "{\"n\":1.10}}", "")));
}

static void pieces_that_are_not_joined_give_the_same_tag(void **state)
{
    (void)state;
    static char large[5000];
    struct slices one, many;
    memset(large, 'x', sizeof(large));
    slices_init(&one, &arena);
    slices_init(&many, &arena);
    slices_keep(&one, (struct str){large, sizeof(large)});
    slices_keep(&many, (struct str){large, 1999});
    slices_keep(&many, (struct str){large, 1500});
    slices_keep(&many, (struct str){large, 1501});
    assert_true(many.count > 1);
    assert_true(str_equal(etag_of_body(&arena, &one, ""), etag_of_body(&arena, &many, "")));
}

static void check(const char *field, const char *tag, bool is_there)
{
    if (etag_is_in(str_of(field), str_of(tag)) != is_there)
        fail_msg("%s should %sbe in %s", tag, is_there ? "" : "not ", field);
}

static void a_tag_is_found_in_a_list(void **state)
{
    (void)state;
    check("*", "\"a\"", true);
    check(" * ", "\"a\"", true);
    check("\"a\"", "\"a\"", true);
    check("\"b\", \"a\"", "\"a\"", true);
    check("\"b\",,\t\"a\" ", "\"a\"", true);
    check("\"b\"", "\"a\"", false);
    check("\"A\"", "\"a\"", false);
    check("\"\"", "\"\"", true);
    check("\"a,b\", \"c\"", "\"c\"", true);
    check("\"a,b\", \"c\"", "\"b\"", false);
    check("\"x\", *", "\"a\"", false);
}

static void weakness_does_not_count(void **state)
{
    (void)state;
    check("W/\"a\"", "\"a\"", true);
    check("\"a\"", "W/\"a\"", true);
    check("W/\"a\", W/\"b\"", "W/\"b\"", true);
    check("w/\"a\"", "\"a\"", false);
    assert_string_equal(etag_weaken(&arena, STR("\"a\"")).at, "W/\"a\"");
    assert_string_equal(etag_weaken(&arena, STR("W/\"a\"")).at, "W/\"a\"");
}

static void what_is_no_tag_ends_the_list(void **state)
{
    (void)state;
    check("", "\"a\"", false);
    check("a", "a", false);
    check("a, \"a\"", "\"a\"", false);
    check("\"a", "\"a\"", false);
    check("\"", "\"", false);
    check("W/", "\"a\"", false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_tag_depends_on_the_bytes_and_on_nothing_else),
        TEST(pieces_that_are_not_joined_give_the_same_tag),
        TEST(a_tag_is_found_in_a_list),
        TEST(weakness_does_not_count),
        TEST(what_is_no_tag_ends_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

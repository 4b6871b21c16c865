/*
 * Lines of a request's head: found by their whole name, from the start of a line.
 */
#include "base/field_lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char *const lines = "accept: application/json\r\n"
                                 "X-Note: one\r\n"
                                 "x-trap: x-note: two\r\n"
                                 "empty:\r\n"
                                 "x-note: three \r\n";

static struct str found(const char *name)
{
    struct str value = STR_NONE;
    (void)field_lines_find(str_of(lines), str_of(name), &value);
    return value;
}

static void the_first_line_of_that_name(void **state)
{
    (void)state;
    assert_true(str_equal(found("x-note"), STR("one")));
    assert_true(str_equal(found("X-TRAP"), STR("x-note: two")));
    assert_true(str_equal(found("accept"), STR("application/json")));
}

static void an_empty_value_is_there(void **state)
{
    struct str value = STR("?");
    (void)state;
    assert_true(field_lines_find(str_of(lines), STR("empty"), &value));
    assert_int_equal(value.length, 0);
}

static void a_part_of_a_name_is_none(void **state)
{
    (void)state;
    assert_null(found("x-not").at);
    assert_null(found("note").at);
    assert_false(field_lines_have(STR_NONE, STR("x-note")));
    assert_false(field_lines_have(STR(""), STR("x-note")));
    assert_true(field_lines_have(str_of(lines), STR("empty")));
}

static void the_value_lies_in_the_lines(void **state)
{
    struct str value;
    (void)state;
    assert_true(field_lines_find(str_of(lines), STR("accept"), &value));
    assert_ptr_equal(value.at, lines + sizeof "accept: " - 1);
}

static void blanks_around_a_value_are_not_of_it(void **state)
{
    struct str value;
    struct str some = STR("accept: a\r\nCookie:  b=c \r\nx: \r\n");
    (void)state;
    assert_true(field_lines_find(some, STR("cookie"), &value));
    assert_true(str_equal(value, STR("b=c")));
    assert_true(field_lines_find(some, STR("X"), &value));
    assert_int_equal(value.length, 0);
    assert_false(field_lines_find(some, STR("cook"), &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_of_that_name),
        cmocka_unit_test(an_empty_value_is_there),
        cmocka_unit_test(a_part_of_a_name_is_none),
        cmocka_unit_test(blanks_around_a_value_are_not_of_it),
        cmocka_unit_test(the_value_lies_in_the_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

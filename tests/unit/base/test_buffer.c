/* The buffer: growing, the limit and its mark, consuming from the front, giving the memory away. */
#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_text(const struct buffer *buffer, const char *expected)
{
    struct str text = buffer_text(buffer);
    assert_int_equal(text.length, strlen(expected));
    if (text.length > 0)
        assert_memory_equal(text.at, expected, text.length);
}

static void test_appending(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 100);
    assert_true(buffer_append(&buffer, STR_NONE));
    assert_null(buffer.at);
    assert_text(&buffer, "");
    assert_true(buffer_append(&buffer, STR("one")));
    assert_true(buffer_append_byte(&buffer, ','));
    assert_true(buffer_print(&buffer, " %d", 2));
    assert_text(&buffer, "one, 2");
    buffer_clear(&buffer);
    assert_text(&buffer, "");
    assert_true(buffer_append(&buffer, STR("again")));
    assert_text(&buffer, "again");
    buffer_done(&buffer);
}

static void test_the_limit_is_exact_and_sticky(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 10);
    assert_true(buffer_append(&buffer, STR("0123456789")));
    assert_true(buffer_append(&buffer, STR("")));
    assert_true(buffer_print(&buffer, "%s", ""));
    assert_false(buffer.is_over);
    assert_false(buffer_append_byte(&buffer, 'x'));
    assert_true(buffer.is_over);
    assert_text(&buffer, "0123456789");
    buffer_consume(&buffer, 5);
    assert_false(buffer_append_byte(&buffer, 'x'));
    assert_false(buffer_print(&buffer, "x"));
    assert_false(buffer_reserve(&buffer, 0));
    assert_text(&buffer, "56789");
    buffer_clear(&buffer);
    assert_false(buffer.is_over);
    assert_true(buffer_append_byte(&buffer, 'x'));
    assert_false(buffer_append(&buffer, STR("0123456789")));
    assert_text(&buffer, "x");
    buffer_done(&buffer);
}

static void test_a_size_beyond_all_bounds_is_over(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, SIZE_MAX);
    assert_true(buffer_append_byte(&buffer, 'x'));
    assert_false(buffer_reserve(&buffer, SIZE_MAX));
    assert_true(buffer.is_over);
    buffer_done(&buffer);
    buffer_init(&buffer, 0);
    assert_true(buffer_print(&buffer, "%s", ""));
    assert_false(buffer_append_byte(&buffer, 'x'));
    buffer_done(&buffer);
}

static void test_printing_what_fits_only_after_growing(void **state)
{
    (void)state;
    for (int width = 250; width <= 260; width++) {
        struct buffer buffer;
        buffer_init(&buffer, 1000);
        assert_true(buffer_print(&buffer, "<"));
        assert_true(buffer_print(&buffer, "%*d>", width, 7));
        assert_int_equal(buffer.length, width + 2);
        assert_memory_equal(buffer.at + buffer.length - 3, " 7>", 3);
        assert_false(buffer_print(&buffer, "%*d", 1000, 7));
        assert_true(buffer.is_over);
        assert_int_equal(buffer.length, width + 2);
        buffer_done(&buffer);
    }
}

static void test_writing_into_reserved_room(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 5000);
    assert_true(buffer_append(&buffer, STR("head ")));
    assert_true(buffer_reserve(&buffer, 4000));
    assert_true(buffer.room - buffer.length >= 4000);
    memset(buffer.at + buffer.length, 'b', 4000);
    buffer.length += 4000;
    assert_memory_equal(buffer.at, "head bbb", 8);
    assert_int_equal(buffer.at[4004], 'b');
    buffer_done(&buffer);
}

/* A stream: more goes in than the limit, since it goes out in front, in pieces of other lengths. */
static void test_a_stream_passes_through(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 2000);
    size_t written = 0;
    size_t taken = 0;
    for (size_t turn = 0; turn < 10000; turn++) {
        for (size_t i = 0; i < turn * 13 % 97; i++)
            assert_true(buffer_append_byte(&buffer, (char)(written++ % 251)));
        size_t count = turn * 31 % 113;
        if (count > buffer.length)
            count = buffer.length;
        for (size_t i = 0; i < count; i++)
            assert_int_equal((unsigned char)buffer.at[i], (taken + i) % 251);
        buffer_consume(&buffer, count);
        taken += count;
        assert_int_equal(buffer.length, written - taken);
    }
    assert_true(taken > 100 * buffer.limit);
    assert_true(buffer.room + buffer.gap <= buffer.limit);
    buffer_done(&buffer);
}

static void test_numbers_without_printf(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 24);
    assert_true(buffer_append_number(&buffer, 0));
    assert_true(buffer_append_number(&buffer, 1090));
    assert_text(&buffer, "01090");
    buffer_clear(&buffer);
    assert_true(buffer_append_number(&buffer, UINT64_MAX));
    assert_text(&buffer, "18446744073709551615");
    assert_false(buffer_append_number(&buffer, 12345));
    buffer_done(&buffer);
}

static void test_the_memory_is_given_away(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 100);
    size_t length = 1;
    assert_null(buffer_take(&buffer, &length));
    assert_int_equal(length, 0);
    buffer_append(&buffer, STR("drop keep"));
    buffer_consume(&buffer, 5);
    char *taken = buffer_take(&buffer, &length);
    assert_int_equal(length, 4);
    assert_memory_equal(taken, "keep", 4);
    free(taken);
    assert_text(&buffer, "");
    assert_true(buffer_append(&buffer, STR("next")));
    assert_text(&buffer, "next");
    buffer_done(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appending),
        cmocka_unit_test(test_the_limit_is_exact_and_sticky),
        cmocka_unit_test(test_a_size_beyond_all_bounds_is_over),
        cmocka_unit_test(test_printing_what_fits_only_after_growing),
        cmocka_unit_test(test_writing_into_reserved_room),
        cmocka_unit_test(test_a_stream_passes_through),
        cmocka_unit_test(test_numbers_without_printf),
        cmocka_unit_test(test_the_memory_is_given_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Writing: what was read leaves byte for byte; what was made is valid JSON. */
#include "base/arena.h"
#include "base/json/make.h"
#include "base/slices.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, NULL, 1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static struct json read(const char *text)
{
    struct json value;
    assert_int_equal(json_read(&arena, str_of(text), &json_limits_default, &value, NULL), JSON_OK);
    return value;
}

static struct str written(struct json value)
{
    struct slices out;
    slices_init(&out, &arena);
    json_write(&out, value);
    size_t bytes = out.bytes;
    struct str text = slices_join(&out);
    assert_int_equal(text.length, bytes);
    assert_true(str_equal(text, json_text(&arena, value)));
    return text;
}

static void assert_written(struct json value, struct str expected)
{
    struct str text = written(value);
    if (!str_equal(text, expected))
        fail_msg("%.*s, not %.*s", STR_ARGS(text), STR_ARGS(expected));
}

static void test_what_was_read_leaves_byte_for_byte(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "12345678901234567890",
        "1.10",
        "1e400",
        "-0",
        "1E+2",
        "[]",
        "{}",
        "[ ]",
        "{\"z\":1,\"a\":2,\"z\":3}",
        "\"\\u00e9\\/\\ud800\"",
        "[12345678901234567890, 1.10, 1e400, [], {}, \"\\u0041\"]",
        "{\"b\" : [ ], \"a\":\t{ }\n}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_written(read(texts[i]), str_of(texts[i]));
        struct json checked;
        struct str text = str_of(texts[i]);
        assert_int_equal(json_check(text, &json_limits_default, &checked, NULL), JSON_OK);
        assert_written(checked, text);
    }
}

static void test_parts_leave_as_they_stood(void **state)
{
    (void)state;
    struct json root = read("{\"total\": 1.10 ,\"items\":[ {\"n\":1e400} ,12345678901234567890]}");
    struct json total;
    struct json items;
    struct json item;
    assert_true(json_member(root, STR("total"), &total));
    assert_true(json_member(root, STR("items"), &items));
    assert_true(json_element(items, 0, &item));
    assert_written(total, STR("1.10"));
    assert_written(items, STR("[ {\"n\":1e400} ,12345678901234567890]"));
    const struct json parts[] = {json_decoded(STR("z")), total, json_decoded(STR("a")), item};
    assert_written(json_object(parts, 2), STR("{\"z\":1.10,\"a\":{\"n\":1e400}}"));
}

static void test_built_containers(void **state)
{
    (void)state;
    assert_written(json_array(NULL, 0), STR("[]"));
    assert_written(json_object(NULL, 0), STR("{}"));
    const struct json inner[] = {json_null(), json_boolean(true), json_boolean(false)};
    const struct json outer[] = {json_array(inner, 3), json_object(NULL, 0), json_array(inner, 1)};
    assert_written(json_array(outer, 3), STR("[[null,true,false],{},[null]]"));
}

static void test_decoded_strings_are_escaped_where_they_must(void **state)
{
    (void)state;
    assert_written(json_decoded(STR("")), STR("\"\""));
    assert_written(json_decoded(STR("plain / text")), STR("\"plain / text\""));
    assert_written(json_decoded(STR("\"\\\b\f\n\r\t")), STR("\"\\\"\\\\\\b\\f\\n\\r\\t\""));
    assert_written(json_decoded(STR("\0\x01\x1f\x20\x7f")),
                   STR("\"\\u0000\\u0001\\u001f\x20\x7f\""));
    assert_written(json_decoded(STR("caf\xc3\xa9 \xf0\x9d\x84\x9e")),
                   STR("\"caf\xc3\xa9 \xf0\x9d\x84\x9e\""));
}

/* Each byte at each place of a text around the stride of the scanner. */
static void test_every_byte_at_every_place_survives(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 0x80; byte++) {
        for (size_t length = 1; length < 40; length++) {
            arena_done(&arena);
            arena_init(&arena, NULL, 1 << 20);
            char bytes[40];
            memset(bytes, 'x', sizeof bytes);
            bytes[byte % length] = (char)byte;
            bytes[length - 1] = (char)byte;
            struct str text = {bytes, length};
            struct slices out;
            slices_init(&out, &arena);
            json_write_string(&out, text);
            struct str string = slices_join(&out);
            struct json back;
            assert_int_equal(json_read(&arena, string, &json_limits_default, &back, NULL), JSON_OK);
            assert_true(json_string_is(back, text));
            assert_true(str_equal(written(json_decoded(text)), string));
        }
    }
}

static void test_long_texts_are_kept_not_copied(void **state)
{
    (void)state;
    char text[5000];
    memset(text, 'x', sizeof text);
    text[0] = '"';
    text[sizeof text - 1] = '"';
    struct json value;
    struct str whole = {text, sizeof text};
    assert_int_equal(json_check(whole, &json_limits_default, &value, NULL), JSON_OK);
    const struct json parts[] = {value, json_decoded((struct str){text + 1, 4000})};
    size_t used = arena.used;
    struct slices out;
    slices_init(&out, &arena);
    json_write(&out, json_array(parts, 2));
    assert_int_equal(out.bytes, 1 + 5000 + 1 + 4002 + 1);
    assert_true(arena.used - used < 1000);
}

static void test_a_written_string_need_not_outlive_the_call(void **state)
{
    (void)state;
    char text[1000];
    memset(text, 'a', sizeof text);
    struct slices out;
    slices_init(&out, &arena);
    json_write_string(&out, (struct str){text, sizeof text});
    memset(text, 'b', sizeof text);
    struct str string = slices_join(&out);
    assert_int_equal(string.length, 1002);
    assert_null(memchr(string.at, 'b', string.length));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_what_was_read_leaves_byte_for_byte),
        TEST(test_parts_leave_as_they_stood),
        TEST(test_built_containers),
        TEST(test_decoded_strings_are_escaped_where_they_must),
        TEST(test_every_byte_at_every_place_survives),
        TEST(test_long_texts_are_kept_not_copied),
        TEST(test_a_written_string_need_not_outlive_the_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Values: members, elements, strings, equality and hashes, read or built. */
#include "base/arena.h"
#include "base/json/make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, NULL, 64 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static struct json read_text(struct str text)
{
    struct json_limits limits = json_limits_default;
    limits.depth = JSON_DEPTH_MAXIMUM;
    struct json value;
    size_t at;
    assert_int_equal(json_read(&arena, text, &limits, &value, &at), JSON_OK);
    return value;
}

static struct json read(const char *text)
{
    return read_text(str_of(text));
}

static void assert_text(struct json value, const char *text)
{
    struct str written = json_text(&arena, value);
    assert_int_equal(written.length, strlen(text));
    assert_memory_equal(written.at, text, written.length);
}

static void assert_decoded(const char *literal, struct str expected)
{
    struct str decoded = json_string_decode(&arena, read(literal));
    assert_int_equal(decoded.length, expected.length);
    assert_memory_equal(decoded.at, expected.at, expected.length);
    assert_true(json_string_is(read(literal), expected));
}

static void test_members_are_found_by_their_decoded_names(void **state)
{
    (void)state;
    struct json order =
        read("{\"id\":7,\"caf\\u00e9\":true,\"a\\\"b\":{\"id\":8},\"\":null,\"i\":9}");
    struct json value;
    assert_true(json_member(order, STR("id"), &value));
    assert_text(value, "7");
    assert_true(json_member(order, STR("caf\xc3\xa9"), &value));
    assert_text(value, "true");
    assert_true(json_member(order, STR("a\"b"), &value));
    assert_text(value, "{\"id\":8}");
    assert_true(json_member(order, STR(""), &value));
    assert_text(value, "null");
    assert_true(json_member(order, STR("i"), &value));
    assert_text(value, "9");
    assert_false(json_member(order, STR("caf\\u00e9"), &value));
    assert_false(json_member(order, STR("ID"), &value));
    assert_false(json_member(read("[1]"), STR("id"), &value));
    assert_false(json_member(read("\"id\""), STR("id"), &value));
}

static void test_the_last_duplicate_counts(void **state)
{
    (void)state;
    struct json value;
    struct json twice = read("{\"a\":1,\"b\":2,\"\\u0061\":3}");
    assert_int_equal(twice.size, 3);
    assert_true(json_member(twice, STR("a"), &value));
    assert_text(value, "3");
    assert_text(twice, "{\"a\":1,\"b\":2,\"\\u0061\":3}");
    const struct json parts[] = {json_decoded(STR("a")), json_null(), json_decoded(STR("a")),
                                 json_boolean(true)};
    assert_true(json_member(json_object(parts, 2), STR("a"), &value));
    assert_text(value, "true");
}

static void test_built_and_read_containers_look_the_same(void **state)
{
    (void)state;
    struct json customer = read("{\"name\":\"Ada\",\"tags\":[1,2]}");
    struct json name;
    assert_true(json_member(customer, STR("name"), &name));
    const struct json elements[] = {name, json_null(), customer};
    struct json list = json_array(elements, 3);
    const struct json parts[] = {json_decoded(STR("list")), list, read("\"n\""), read("1.50")};
    struct json built = json_object(parts, 2);
    assert_text(built, "{\"list\":[\"Ada\",null,{\"name\":\"Ada\",\"tags\":[1,2]}],\"n\":1.50}");

    struct json value;
    assert_true(json_member(built, STR("n"), &value));
    assert_text(value, "1.50");
    assert_false(json_member(built, STR("m"), &value));
    assert_true(json_element(list, 1, &value));
    assert_true(json_is_null(value));
    assert_false(json_element(list, 3, &value));
    struct json_iterator iterator = json_iterate(built);
    struct json key;
    assert_true(json_next(&iterator, &key, &value));
    assert_text(key, "\"list\"");
    assert_true(json_next(&iterator, NULL, &value));
    assert_text(value, "1.50");
    assert_false(json_next(&iterator, &key, &value));
}

static void test_a_container_that_was_only_checked_cannot_be_entered(void **state)
{
    (void)state;
    struct json value;
    struct json checked;
    assert_int_equal(json_check(STR("{\"a\":1}"), &json_limits_default, &checked, NULL), JSON_OK);
    assert_false(json_member(checked, STR("a"), &value));
    struct json_iterator iterator = json_iterate(checked);
    assert_false(json_next(&iterator, NULL, &value));
    assert_int_equal(json_check(STR("[1]"), &json_limits_default, &checked, NULL), JSON_OK);
    assert_false(json_element(checked, 0, &value));
    struct json again;
    assert_int_equal(json_check(STR(" [1] "), &json_limits_default, &again, NULL), JSON_OK);
    assert_true(json_is_equal(checked, again));
    assert_int_equal(json_hash(checked), json_hash(again));
    assert_false(json_is_equal(checked, read("[1]")));
}

static void test_strings_decode_to_their_characters(void **state)
{
    (void)state;
    assert_decoded("\"\"", STR(""));
    assert_decoded("\"plain\"", STR("plain"));
    assert_decoded("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", STR("\"\\/\b\f\n\r\t"));
    assert_decoded("\"a\\u0000b\"", STR("a\0b"));
    assert_decoded("\"\\u007f\\u0080\\u07FF\\u0800\\uffff\"",
                   STR("\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf"));
    assert_decoded("\"\\uD834\\uDD1E!\"", STR("\xf0\x9d\x84\x9e!"));
    assert_decoded("\"\\udbff\\udfff\"", STR("\xf4\x8f\xbf\xbf"));
}

static void test_half_a_surrogate_pair_is_the_replacement_character(void **state)
{
    (void)state;
    assert_decoded("\"\\ud800\"", STR("\xef\xbf\xbd"));
    assert_decoded("\"\\udc00x\"", STR("\xef\xbf\xbdx"));
    assert_decoded("\"\\ud800\\ud800\\udc00\"", STR("\xef\xbf\xbd\xf0\x90\x80\x80"));
    assert_decoded("\"\\ud800\\u0041\"", STR("\xef\xbf\xbd"
                                             "A"));
    assert_decoded("\"\\ud800\\n\"", STR("\xef\xbf\xbd\n"));
    assert_decoded("\"\\udc00\\ud800\"", STR("\xef\xbf\xbd\xef\xbf\xbd"));
    assert_decoded("\"\\udc00\\udc00\"", STR("\xef\xbf\xbd\xef\xbf\xbd"));
}

static void test_a_string_without_escapes_is_not_copied(void **state)
{
    (void)state;
    struct str text = STR("[\"stay\"]");
    struct json value;
    assert_true(json_element(read_text(text), 0, &value));
    size_t used = arena.used;
    assert_ptr_equal(json_string_decode(&arena, value).at, text.at + 2);
    assert_int_equal(arena.used, used);
}

static int order(const char *a, const char *b)
{
    int there = json_string_compare(read(a), read(b));
    int back = json_string_compare(read(b), read(a));
    assert_true((there < 0) == (back > 0) && (there == 0) == (back == 0));
    return (there > 0) - (there < 0);
}

static void test_strings_are_ordered_by_code_point(void **state)
{
    (void)state;
    assert_int_equal(order("\"a\"", "\"b\""), -1);
    assert_int_equal(order("\"a\"", "\"ab\""), -1);
    assert_int_equal(order("\"\"", "\"a\""), -1);
    assert_int_equal(order("\"\"", "\"\""), 0);
    assert_int_equal(order("\"z\"", "\"\xc3\xa9\""), -1);
    assert_int_equal(order("\"\\u00e9x\"", "\"\xc3\xa9x\""), 0);
    assert_int_equal(order("\"\\u0061\\u0062c\"", "\"a\\u0062\\u0063\""), 0);
    /* In UTF-16 it would be the other way round. */
    assert_int_equal(order("\"\\ufffd\"", "\"\\ud834\\udd1e\""), -1);
    assert_int_equal(order("\"ab\\u0000\"", "\"ab\""), 1);
    assert_int_equal(json_string_compare(json_decoded(STR("a\nb")), read("\"a\\nb\"")), 0);
}

static void assert_equality(const char *a, const char *b, bool is_equal)
{
    struct json value_a = read(a);
    struct json value_b = read(b);
    assert_int_equal(json_is_equal(value_a, value_b), is_equal);
    assert_int_equal(json_is_equal(value_b, value_a), is_equal);
    assert_int_equal(json_hash(value_a) == json_hash(value_b), is_equal);
}

static void test_equal_is_about_values(void **state)
{
    (void)state;
    assert_equality("null", "null", true);
    assert_equality("null", "false", false);
    assert_equality("false", "true", false);
    assert_equality("1", "1.0", true);
    assert_equality("1", "\"1\"", false);
    assert_equality("100", "1E2", true);
    assert_equality("-0", "0.00e7", true);
    assert_equality("-1", "1", false);
    assert_equality("12345678901234567890", "12345678901234567891", false);
    assert_equality("\"\\u0041\"", "\"A\"", true);
    assert_equality("\"\"", "\"a\"", false);
    assert_equality("[]", "[]", true);
    assert_equality("[]", "{}", false);
    assert_equality("[1,2]", "[1.0, 2e0]", true);
    assert_equality("[1,2]", "[2,1]", false);
    assert_equality("[1]", "[1,1]", false);
    assert_equality("[[1],2]", "[[1,2]]", false);
    assert_equality("{\"a\":1,\"b\":[true]}", "{\"b\" : [true], \"\\u0061\":1.0}", true);
    assert_equality("{\"a\":1}", "{\"a\":2}", false);
    assert_equality("{\"a\":1}", "{\"b\":1}", false);
    assert_equality("{\"a\":\"b\"}", "{\"b\":\"a\"}", false);
    assert_equality("{\"a\":1,\"b\":1}", "{\"a\":1}", false);
    assert_equality("{\"a\":1,\"a\":2}", "{\"a\":2}", true);
    assert_equality("{\"a\":1,\"b\":0,\"a\":2}", "{\"a\":3,\"a\":2,\"b\":0}", true);
    assert_equality("{\"a\":1,\"a\":2}", "{\"a\":2,\"a\":1}", false);
    assert_equality("{\"\":{}}", "{\"\":[]}", false);
}

static void test_long_strings_hash_as_they_compare(void **state)
{
    (void)state;
    char plain[400];
    char escaped[1000];
    for (size_t length = 1; length < 200; length++) {
        struct str written = str_format(&arena, "\"%0*d\"", (int)length, 7);
        memcpy(plain, written.at, written.length);
        size_t used = 0;
        for (size_t i = 0; i < written.length; i++) {
            bool is_escaped = i > 0 && i + 1 < written.length && i % 3 == 0;
            struct str piece = is_escaped ? str_format(&arena, "\\u%04x", plain[i])
                                          : str_format(&arena, "%c", plain[i]);
            memcpy(escaped + used, piece.at, piece.length);
            used += piece.length;
        }
        struct json a = read_text(str_copy(&arena, (struct str){plain, written.length}));
        struct json b = read_text(str_copy(&arena, (struct str){escaped, used}));
        assert_true(json_is_equal(a, b));
        assert_int_equal(json_hash(a), json_hash(b));
    }
}

/* {"k0":0,"k1":1,...} in the order step, 2 * step, … modulo count. */
static struct json wide_object(unsigned count, unsigned step)
{
    char *text = arena_bytes(&arena, (size_t)count * 24 + 2);
    char *to = text;
    for (unsigned i = 0; i < count; i++) {
        unsigned number = (unsigned)((uint64_t)i * step % count);
        *to++ = i == 0 ? '{' : ',';
        struct str member = str_format(&arena, "\"k%u\":%u", number, number);
        memcpy(to, member.at, member.length);
        to += member.length;
    }
    *to++ = '}';
    return read_text((struct str){text, (size_t)(to - text)});
}

/* With time quadratic in the members this would take minutes. */
static void test_wide_objects_are_compared_quickly(void **state)
{
    (void)state;
    struct json forward = wide_object(100003, 1);
    struct json scattered = wide_object(100003, 54321);
    assert_true(json_is_equal(forward, scattered));
    assert_int_equal(json_hash(forward), json_hash(scattered));
    assert_false(json_is_equal(forward, wide_object(100002, 1)));
}

static void test_deep_values_are_compared(void **state)
{
    (void)state;
    char a[JSON_DEPTH_MAXIMUM * 6 + 1];
    char b[JSON_DEPTH_MAXIMUM * 6 + 1];
    unsigned depth = JSON_DEPTH_MAXIMUM;
    for (unsigned i = 0; i < depth; i++) {
        memcpy(a + i * 5, "{\"a\":", 5);
        memcpy(b + i * 5, "{\"a\":", 5);
        a[depth * 5 + 1 + i] = b[depth * 5 + 1 + i] = '}';
    }
    a[depth * 5] = '1';
    b[depth * 5] = '2';
    struct json value_a = read_text((struct str){a, sizeof a});
    struct json value_b = read_text((struct str){b, sizeof b});
    assert_true(json_is_equal(value_a, value_a));
    assert_false(json_is_equal(value_a, value_b));
    assert_int_not_equal(json_hash(value_a), json_hash(value_b));
    const struct json parts[] = {json_decoded(STR("a")), value_a};
    const struct json others[] = {json_decoded(STR("a")), value_b};
    assert_false(json_is_equal(json_object(parts, 1), json_object(others, 1)));
    assert_true(json_is_equal(json_object(parts, 1), json_object(parts, 1)));
}

static void test_equal_does_not_ask_how_a_value_was_made(void **state)
{
    (void)state;
    const struct json elements[] = {json_decoded(STR("x\ny")), json_from_double(&arena, 0.5)};
    const struct json parts[] = {read("\"k\""), json_array(elements, 2)};
    struct json built = json_object(parts, 1);
    struct json indexed = read("{\"k\":[\"x\\u000ay\",5e-1]}");
    assert_true(json_is_equal(built, indexed));
    assert_true(json_is_equal(indexed, built));
    assert_int_equal(json_hash(built), json_hash(indexed));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_members_are_found_by_their_decoded_names),
        TEST(test_the_last_duplicate_counts),
        TEST(test_built_and_read_containers_look_the_same),
        TEST(test_a_container_that_was_only_checked_cannot_be_entered),
        TEST(test_strings_decode_to_their_characters),
        TEST(test_half_a_surrogate_pair_is_the_replacement_character),
        TEST(test_a_string_without_escapes_is_not_copied),
        TEST(test_strings_are_ordered_by_code_point),
        TEST(test_equal_is_about_values),
        TEST(test_long_strings_hash_as_they_compare),
        TEST(test_wide_objects_are_compared_quickly),
        TEST(test_deep_values_are_compared),
        TEST(test_equal_does_not_ask_how_a_value_was_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

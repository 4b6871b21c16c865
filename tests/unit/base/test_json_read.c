/* Reading JSON: what is refused and where, the limits, and what an index leads to. */
#include "base/arena.h"
#include "base/json/make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct json_limits limits = {.bytes = 1 << 20, .nodes = 1 << 16, .depth = 128};

/* A copy whose end is the end of its memory, so that a sanitizer sees any step beyond it. */
static struct str exact_copy(struct str text)
{
    char *bytes = malloc(text.length > 0 ? text.length : 1);
    assert_non_null(bytes);
    if (text.length > 0)
        memcpy(bytes, text.at, text.length);
    return (struct str){bytes, text.length};
}

/* Both ways of reading must find the same fault at the same place. */
static enum json_fault fault_of(struct str text, const struct json_limits *under, size_t *ret_at)
{
    struct arena arena;
    arena_init(&arena, NULL, 64 << 20);
    struct str copy = exact_copy(text);
    struct json value;
    size_t at_check = 4711;
    size_t at_read = 4711;
    enum json_fault check = json_check(copy, under, &value, &at_check);
    enum json_fault read = json_read(&arena, copy, under, &value, &at_read);
    assert_int_equal(check, read);
    assert_int_equal(at_check, at_read);
    free((void *)(uintptr_t)copy.at);
    arena_done(&arena);
    *ret_at = at_read;
    return read;
}

#define assert_fault_at(text, fault, place)                                                        \
    do {                                                                                           \
        size_t fault_at;                                                                           \
        assert_int_equal(fault_of(STR(text), &limits, &fault_at), fault);                          \
        assert_int_equal(fault_at, place);                                                         \
    } while (0)

static void test_a_fault_has_a_place(void **state)
{
    (void)state;
    assert_fault_at("", JSON_FAULT_SYNTAX, 0);
    assert_fault_at("  \n", JSON_FAULT_SYNTAX, 0);
    assert_fault_at("[1 2]", JSON_FAULT_SYNTAX, 3);
    assert_fault_at("[1,]", JSON_FAULT_SYNTAX, 3);
    assert_fault_at("[,1]", JSON_FAULT_SYNTAX, 1);
    assert_fault_at("[1, 2", JSON_FAULT_SYNTAX, 5);
    assert_fault_at("  {\"a\" 1}", JSON_FAULT_SYNTAX, 7);
    assert_fault_at("{\"a\":1,}", JSON_FAULT_SYNTAX, 7);
    assert_fault_at("{\"a\":}", JSON_FAULT_SYNTAX, 5);
    assert_fault_at("{\"a\"}", JSON_FAULT_SYNTAX, 4);
    assert_fault_at("{a:1}", JSON_FAULT_SYNTAX, 1);
    assert_fault_at("[1}", JSON_FAULT_SYNTAX, 2);
    assert_fault_at("[] x", JSON_FAULT_SYNTAX, 3);
    assert_fault_at("[] []", JSON_FAULT_SYNTAX, 3);
    assert_fault_at("[]]", JSON_FAULT_SYNTAX, 2);
    assert_fault_at("[[]", JSON_FAULT_SYNTAX, 3);
    assert_fault_at("]", JSON_FAULT_SYNTAX, 0);
    assert_fault_at("\xef\xbb\xbf{}", JSON_FAULT_SYNTAX, 0);
    assert_fault_at("[nul]", JSON_FAULT_SYNTAX, 1);
    assert_fault_at("truex", JSON_FAULT_SYNTAX, 4);
    assert_fault_at("tru", JSON_FAULT_SYNTAX, 0);
    assert_fault_at("[1]\0", JSON_FAULT_SYNTAX, 3);
}

static void test_a_number_is_what_the_grammar_says(void **state)
{
    (void)state;
    assert_fault_at("[01]", JSON_FAULT_SYNTAX, 2);
    assert_fault_at("[-]", JSON_FAULT_SYNTAX, 2);
    assert_fault_at("[+1]", JSON_FAULT_SYNTAX, 1);
    assert_fault_at("[1.]", JSON_FAULT_SYNTAX, 3);
    assert_fault_at("[.5]", JSON_FAULT_SYNTAX, 1);
    assert_fault_at("[1e]", JSON_FAULT_SYNTAX, 3);
    assert_fault_at("[1e+]", JSON_FAULT_SYNTAX, 4);
    assert_fault_at("[0x1]", JSON_FAULT_SYNTAX, 2);
    assert_fault_at("1.", JSON_FAULT_SYNTAX, 2);
    assert_fault_at("-", JSON_FAULT_SYNTAX, 1);
    assert_fault_at("1e", JSON_FAULT_SYNTAX, 2);
    size_t at;
    assert_int_equal(fault_of(STR("[0,-0,10,1.5,-0.0e+1,1E400,0e-9]"), &limits, &at), JSON_OK);
    assert_int_equal(fault_of(STR("-12.5e-3"), &limits, &at), JSON_OK);
}

static void test_strings_hold_no_controls_and_known_escapes_only(void **state)
{
    (void)state;
    assert_fault_at("[\"a\nb\"]", JSON_FAULT_SYNTAX, 3);
    assert_fault_at("[\"a\0b\"]", JSON_FAULT_SYNTAX, 3);
    assert_fault_at("[\"\\x\"]", JSON_FAULT_SYNTAX, 2);
    assert_fault_at("[\"\\u12G4\"]", JSON_FAULT_SYNTAX, 2);
    assert_fault_at("[\"\\u123\"]", JSON_FAULT_SYNTAX, 2);
    assert_fault_at("[\"abc]", JSON_FAULT_SYNTAX, 6);
    assert_fault_at("\"abc", JSON_FAULT_SYNTAX, 4);
    assert_fault_at("\"abc\\", JSON_FAULT_SYNTAX, 4);
    assert_fault_at("\"", JSON_FAULT_SYNTAX, 1);
    /* Behind whole strides of plain bytes, too. */
    assert_fault_at("[\"0123456789abcdef0123456789abcdef\x1f\", 123456789]", JSON_FAULT_SYNTAX, 34);
    size_t at;
    assert_int_equal(
        fault_of(STR("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD834\\uDd1e\x7f\"]"), &limits, &at),
        JSON_OK);
    /* The grammar allows half a surrogate pair. */
    assert_int_equal(fault_of(STR("\"\\ud800\""), &limits, &at), JSON_OK);
}

static void test_strings_are_utf8(void **state)
{
    (void)state;
    assert_fault_at("[\"\x80\"]", JSON_FAULT_UTF8, 2);
    assert_fault_at("[\"\xc0\xaf\"]", JSON_FAULT_UTF8, 2);
    assert_fault_at("[\"\xc1\xbf\"]", JSON_FAULT_UTF8, 2);
    assert_fault_at("[\"\xc3\"]", JSON_FAULT_UTF8, 2);
    assert_fault_at("[\"\xe0\x9f\xbf\"]", JSON_FAULT_UTF8, 2);
    assert_fault_at("[\"\xed\xa0\x80\"]", JSON_FAULT_UTF8, 2);
    assert_fault_at("[\"\xed\xbf\xbf\"]", JSON_FAULT_UTF8, 2);
    assert_fault_at("[\"\xf0\x8f\xbf\xbf\"]", JSON_FAULT_UTF8, 2);
    assert_fault_at("[\"\xf4\x90\x80\x80\"]", JSON_FAULT_UTF8, 2);
    assert_fault_at("[\"\xf5\x80\x80\x80\"]", JSON_FAULT_UTF8, 2);
    assert_fault_at("[\"\xff\"]", JSON_FAULT_UTF8, 2);
    assert_fault_at("\"\xc3\xa9\xe2\x82", JSON_FAULT_UTF8, 3);
    assert_fault_at("[\"0123456789abcdef0123456789\xe2\x82\", 123456789]", JSON_FAULT_UTF8, 28);
    size_t at;
    assert_int_equal(
        fault_of(STR("\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"
                     "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""),
                 &limits, &at),
        JSON_OK);
}

/* RFC 3629, 4: the whole syntax. */
static const struct {
    unsigned char least[4];
    unsigned char most[4];
    size_t length;
} utf8_table[] = {
    {{0x00}, {0x7f}, 1},
    {{0xc2, 0x80}, {0xdf, 0xbf}, 2},
    {{0xe0, 0xa0, 0x80}, {0xe0, 0xbf, 0xbf}, 3},
    {{0xe1, 0x80, 0x80}, {0xec, 0xbf, 0xbf}, 3},
    {{0xed, 0x80, 0x80}, {0xed, 0x9f, 0xbf}, 3},
    {{0xee, 0x80, 0x80}, {0xef, 0xbf, 0xbf}, 3},
    {{0xf0, 0x90, 0x80, 0x80}, {0xf0, 0xbf, 0xbf, 0xbf}, 4},
    {{0xf1, 0x80, 0x80, 0x80}, {0xf3, 0xbf, 0xbf, 0xbf}, 4},
    {{0xf4, 0x80, 0x80, 0x80}, {0xf4, 0x8f, 0xbf, 0xbf}, 4},
};

static size_t table_length(const unsigned char *bytes, size_t left)
{
    for (size_t row = 0; row < sizeof utf8_table / sizeof *utf8_table; row++) {
        bool fits = utf8_table[row].length <= left;
        for (size_t i = 0; fits && i < utf8_table[row].length; i++)
            fits = bytes[i] >= utf8_table[row].least[i] && bytes[i] <= utf8_table[row].most[i];
        if (fits)
            return utf8_table[row].length;
    }
    return 0;
}

static bool table_accepts(const unsigned char *bytes, size_t length)
{
    for (size_t at = 0, step; at < length; at += step) {
        step = table_length(bytes + at, length - at);
        if (step == 0)
            return false;
    }
    return true;
}

static void test_utf8_against_the_table_of_the_rfc(void **state)
{
    (void)state;
    static const unsigned char edges[] = {0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f,
                                          0xa0, 0xbf, 0xc0, 0xc2, 0xe1, 0xff};
    unsigned accepted = 0;
    unsigned refused = 0;
    for (unsigned i = 0; i < 256 * 12 * 12 * 12; i++) {
        unsigned char bytes[4] = {(unsigned char)(i / 1728), edges[i % 12], edges[i / 12 % 12],
                                  edges[i / 144 % 12]};
        for (size_t length = 1; length <= 4; length++) {
            bool is_expected = table_accepts(bytes, length);
            assert_int_equal(json_is_utf8((struct str){(const char *)bytes, length}), is_expected);
            accepted += is_expected;
            refused += !is_expected;
        }
    }
    assert_true(accepted > 50000);
    assert_true(refused > 50000);
    assert_true(json_is_utf8(STR("plain, g\xc3\xa9n\xc3\xa9ral \xf0\x9d\x84\x9e.")));
    assert_true(json_is_utf8(STR("")));
    assert_false(json_is_utf8(STR("ok \xc3")));
}

static struct str nested(unsigned depth, const char *opening, const char *closing)
{
    size_t length_opening = strlen(opening);
    size_t length_closing = strlen(closing);
    char *text = malloc((length_opening + length_closing) * depth);
    assert_non_null(text);
    for (unsigned i = 0; i < depth; i++) {
        memcpy(text + i * length_opening, opening, length_opening);
        memcpy(text + depth * length_opening + i * length_closing, closing, length_closing);
    }
    return (struct str){text, (length_opening + length_closing) * depth};
}

static void assert_nesting(unsigned depth, const struct json_limits *under, enum json_fault fault,
                           size_t at_arrays, size_t at_objects)
{
    struct str arrays = nested(depth, "[", "]");
    struct str objects = nested(depth, "{\"a\":[", "]}");
    size_t at;
    assert_int_equal(fault_of(arrays, under, &at), fault);
    if (fault != JSON_OK)
        assert_int_equal(at, at_arrays);
    struct json_limits twice = *under;
    twice.depth *= 2;
    assert_int_equal(fault_of(objects, &twice, &at), fault);
    if (fault != JSON_OK)
        assert_int_equal(at, at_objects);
    free((void *)(uintptr_t)arrays.at);
    free((void *)(uintptr_t)objects.at);
}

static void test_depth_is_bounded(void **state)
{
    (void)state;
    assert_nesting(128, &limits, JSON_OK, 0, 0);
    assert_nesting(129, &limits, JSON_FAULT_DEPTH, 128, 128 * 6);
    assert_nesting(10000, &limits, JSON_FAULT_DEPTH, 128, 128 * 6);
    struct json_limits deep = limits;
    deep.depth = JSON_DEPTH_MAXIMUM;
    struct str text = nested(JSON_DEPTH_MAXIMUM, "[", "]");
    size_t at;
    assert_int_equal(fault_of(text, &deep, &at), JSON_OK);
    free((void *)(uintptr_t)text.at);
    /* No limit goes beyond the maximum. */
    deep.depth = UINT32_MAX;
    text = nested(10000, "[", "]");
    assert_int_equal(fault_of(text, &deep, &at), JSON_FAULT_DEPTH);
    assert_int_equal(at, JSON_DEPTH_MAXIMUM);
    /* Unclosed, too. */
    text.length = 10000;
    assert_int_equal(fault_of(text, &deep, &at), JSON_FAULT_DEPTH);
    free((void *)(uintptr_t)text.at);
}

static void test_bytes_are_bounded(void **state)
{
    (void)state;
    struct json_limits few = limits;
    few.bytes = 5;
    size_t at;
    assert_int_equal(fault_of(STR("[1,2]"), &few, &at), JSON_OK);
    assert_int_equal(fault_of(STR("[1,2] "), &few, &at), JSON_FAULT_TOO_LARGE);
    assert_int_equal(at, 5);
}

static void test_nodes_are_bounded_when_indexing(void **state)
{
    (void)state;
    struct json_limits few = limits;
    struct str text = STR("{\"a\":[1,2],\"b\":true}"); /* seven */
    struct arena arena;
    struct json value;
    size_t at = 0;
    arena_init(&arena, NULL, 1 << 20);
    few.nodes = 7;
    assert_int_equal(json_read(&arena, text, &few, &value, NULL), JSON_OK);
    few.nodes = 6;
    assert_int_equal(json_read(&arena, text, &few, &value, &at), JSON_FAULT_TOO_LARGE);
    assert_int_equal(at, 15);
    few.nodes = 5;
    assert_int_equal(json_read(&arena, text, &few, &value, &at), JSON_FAULT_TOO_LARGE);
    assert_int_equal(at, 11);
    few.nodes = 0;
    assert_int_equal(json_read(&arena, text, &few, &value, &at), JSON_FAULT_TOO_LARGE);
    assert_int_equal(json_check(text, &few, &value, &at), JSON_OK);
    arena_done(&arena);
}

/* `count` elements, the densest text there is. */
static struct str zeros(size_t count)
{
    char *text = malloc(count * 2 + 1);
    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * 2, ",0", 2);
    text[0] = '[';
    text[count * 2] = ']';
    return (struct str){text, count * 2 + 1};
}

static void test_an_index_grows_as_far_as_the_arena_has_room(void **state)
{
    (void)state;
    struct str text = zeros(20000);
    struct arena arena;
    struct json value = json_null();
    struct json_limits many = limits;
    arena_init(&arena, NULL, 2 << 20);
    assert_int_equal(json_read(&arena, text, &many, &value, NULL), JSON_OK);
    assert_int_equal(value.size, 20000);
    struct json element;
    assert_true(json_element(value, 19999, &element));
    assert_ptr_equal(element.text, text.at + text.length - 2);
    assert_false(json_element(value, 20000, &element));
    arena_done(&arena);

    /* 20,001 nodes of 16 bytes are not to be had; nothing is taken beyond the quota. */
    arena_init(&arena, NULL, 200000);
    value = json_null();
    assert_int_equal(json_read(&arena, text, &many, &value, NULL), JSON_FAULT_TOO_LARGE);
    assert_true(json_is_null(value));
    assert_false(arena_is_over(&arena));
    arena_done(&arena);

    /* A long text of few values needs little room. */
    char *bytes = (char *)(uintptr_t)text.at;
    memset(bytes, 'x', text.length);
    memcpy(bytes, "[\"", 2);
    memcpy(bytes + text.length - 2, "\"]", 2);
    arena_init(&arena, NULL, 1000);
    assert_int_equal(json_read(&arena, text, &many, &value, NULL), JSON_OK);
    assert_false(arena_is_over(&arena));
    arena_done(&arena);
    free(bytes);
}

static void test_a_walk_over_the_index(void **state)
{
    (void)state;
    struct str text = STR(" { \"a\" : [ 1 , [ ] , { \"x\" : \"\\u0041\" } , null ] ,\n"
                          "\t\"b\" : { } , \"c\" : -0.5e1 }\r\n ");
    struct arena arena;
    arena_init(&arena, NULL, 1 << 20);
    struct json root;
    assert_int_equal(json_read(&arena, text, &limits, &root, NULL), JSON_OK);
    assert_int_equal(root.type, JSON_OBJECT);
    assert_int_equal(root.form, JSON_FORM_INDEXED);
    assert_int_equal(root.size, 3);
    /* Without the blank ahead and the four behind. */
    struct str trimmed = {text.at + 1, text.length - 4};
    assert_true(str_equal(json_text(&arena, root), trimmed));

    static const char *const keys[] = {"a", "b", "c"};
    static const char *const values[] = {"[ 1 , [ ] , { \"x\" : \"\\u0041\" } , null ]", "{ }",
                                         "-0.5e1"};
    struct json_iterator members = json_iterate(root);
    struct json key;
    struct json value;
    unsigned count = 0;
    while (json_next(&members, &key, &value)) {
        assert_true(str_equal(json_string_decode(&arena, key), str_of(keys[count])));
        assert_true(str_equal(json_text(&arena, value), str_of(values[count])));
        count++;
    }
    assert_int_equal(count, 3);
    assert_false(json_next(&members, &key, &value));

    struct json list;
    struct json element;
    assert_true(json_member(root, STR("a"), &list));
    assert_int_equal(list.size, 4);
    static const enum json_type types[] = {JSON_NUMBER, JSON_ARRAY, JSON_OBJECT, JSON_NULL};
    for (uint32_t i = 0; i < 4; i++) {
        assert_true(json_element(list, i, &element));
        assert_int_equal(json_type(element), types[i]);
    }
    assert_true(json_element(list, 2, &element));
    assert_true(json_member(element, STR("x"), &value));
    assert_true(str_equal(json_string_decode(&arena, value), STR("A")));
    arena_done(&arena);
}

static void test_scalars_alone_and_checked_values_are_text(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum json_type type;
    } cases[] = {{"null", JSON_NULL},   {"false", JSON_FALSE}, {"true", JSON_TRUE},
                 {"-1.5", JSON_NUMBER}, {"0", JSON_NUMBER},    {"\"x\"", JSON_STRING}};
    struct arena arena;
    arena_init(&arena, NULL, 1000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str text = str_format(&arena, " %s\n", cases[i].text);
        struct json value;
        assert_int_equal(json_read(&arena, text, &limits, &value, NULL), JSON_OK);
        assert_int_equal(value.type, cases[i].type);
        assert_int_equal(value.form, JSON_FORM_TEXT);
        assert_true(str_equal((struct str){value.text, value.size}, str_of(cases[i].text)));
    }
    struct json value;
    assert_int_equal(json_check(STR(" [1] "), &limits, &value, NULL), JSON_OK);
    assert_int_equal(value.form, JSON_FORM_TEXT);
    assert_int_equal(value.type, JSON_ARRAY);
    assert_int_equal(value.size, 3);
    arena_done(&arena);
}

static void test_nothing_is_set_on_a_fault(void **state)
{
    (void)state;
    struct json value = json_boolean(true);
    assert_int_equal(json_check(STR("[1"), &limits, &value, NULL), JSON_FAULT_SYNTAX);
    assert_int_equal(value.type, JSON_TRUE);
    for (int i = 0; i < JSON_FAULT_COUNT; i++)
        assert_non_null(json_fault_names[i]);
    for (int i = 0; i < JSON_TYPE_COUNT; i++)
        assert_non_null(json_type_names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_fault_has_a_place),
        cmocka_unit_test(test_a_number_is_what_the_grammar_says),
        cmocka_unit_test(test_strings_hold_no_controls_and_known_escapes_only),
        cmocka_unit_test(test_strings_are_utf8),
        cmocka_unit_test(test_utf8_against_the_table_of_the_rfc),
        cmocka_unit_test(test_depth_is_bounded),
        cmocka_unit_test(test_bytes_are_bounded),
        cmocka_unit_test(test_nodes_are_bounded_when_indexing),
        cmocka_unit_test(test_an_index_grows_as_far_as_the_arena_has_room),
        cmocka_unit_test(test_a_walk_over_the_index),
        cmocka_unit_test(test_scalars_alone_and_checked_values_are_text),
        cmocka_unit_test(test_nothing_is_set_on_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

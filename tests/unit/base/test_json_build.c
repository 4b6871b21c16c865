/*
 * JSON that is made rather than read, and how it looks on a page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/json/build.h"
#include "base/json/page.h"

static int arena_begin(void **state)
{
    struct arena *arena = calloc(1, sizeof(*arena));
    arena_init(arena, NULL, 1 << 20);
    *state = arena;
    return 0;
}

static int arena_end(void **state)
{
    arena_done(*state);
    free(*state);
    return 0;
}

static void assert_json(struct arena *arena, struct json value, const char *expected)
{
    struct str text = json_text(arena, value);
    assert_string_equal(str_copy(arena, text).at, expected);
}

static void test_members_stand_in_the_order_they_were_set(void **state)
{
    struct arena *arena = *state;
    struct json_builder list = json_builder_in(arena);
    for (int64_t i = 0; i < 20; i++)
        json_builder_add(&list, json_from_integer(arena, i - 10));
    struct json_builder object = json_builder_in(arena);
    json_builder_set(&object, "name", json_decoded(STR("a \"b\"\n")));
    json_builder_set_named(&object, STR("list"), json_builder_array(&list));
    json_builder_set(&object, "none", json_null());
    assert_json(arena, json_builder_object(&object),
                "{\"name\":\"a \\\"b\\\"\\n\",\"list\":[-10,-9,-8,-7,-6,-5,-4,-3,-2,-1,0,1,2,3,4,5,"
                "6,7,8,9],\"none\":null}");
}

static void test_an_empty_builder_is_an_empty_container(void **state)
{
    struct arena *arena = *state;
    struct json_builder builder = json_builder_in(arena);
    assert_json(arena, json_builder_array(&builder), "[]");
    assert_json(arena, json_builder_object(&builder), "{}");
}

static void test_the_members_of_another_object_come_along(void **state)
{
    struct arena *arena = *state;
    struct json read;
    assert_int_equal(
        json_read(arena, STR("{\"a\":1.10,\"b\":[]}"), &json_limits_default, &read, NULL), JSON_OK);
    struct json_builder builder = json_builder_in(arena);
    json_builder_set_all(&builder, read);
    json_builder_set(&builder, "c", json_boolean(true));
    assert_json(arena, json_builder_object(&builder), "{\"a\":1.10,\"b\":[],\"c\":true}");
}

static void test_bytes_that_are_no_utf8_are_replaced_one_by_one(void **state)
{
    struct arena *arena = *state;
    assert_json(arena, json_from_text(arena, STR("grün")), "\"grün\"");
    assert_json(arena,
                json_from_text(arena, STR("a\xFF"
                                          "b\xC3")),
                "\"a\xEF\xBF\xBD"
                "b\xEF\xBF\xBD\"");
    assert_json(arena, json_from_text(arena, STR("\xED\xA0\x80€")),
                "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD€\"");
}

static void test_a_page_breaks_only_what_is_long(void **state)
{
    struct arena *arena = *state;
    struct json value;
    struct str text = STR("{\"short\":{\"a\":1,\"b\":[true,null]},\"long\":["
                          "\"0123456789012345678901234567890123456789\","
                          "\"0123456789012345678901234567890123456789\"],\"empty\":{}}");
    assert_int_equal(json_read(arena, text, &json_limits_default, &value, NULL), JSON_OK);
    char *page = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&page, &size);
    json_page_print(arena, value, to);
    fclose(to);
    assert_string_equal(page, "{\n"
                              "  \"short\": {\"a\": 1, \"b\": [true, null]},\n"
                              "  \"long\": [\n"
                              "    \"0123456789012345678901234567890123456789\",\n"
                              "    \"0123456789012345678901234567890123456789\"\n"
                              "  ],\n"
                              "  \"empty\": {}\n"
                              "}\n");
    free(page);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, arena_begin, arena_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(test_members_stand_in_the_order_they_were_set),
        STORY(test_an_empty_builder_is_an_empty_container),
        STORY(test_the_members_of_another_object_come_along),
        STORY(test_bytes_that_are_no_utf8_are_replaced_one_by_one),
        STORY(test_a_page_breaks_only_what_is_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The schema of the whole file: no key of any table is forgotten, and nothing refers to nothing.
 */
#include "routes/file_schema.h"

#include "base/arena.h"
#include "base/json/make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static int arena_begin(void **state)
{
    struct arena *arena = calloc(1, sizeof(*arena));
    arena_init(arena, NULL, (size_t)64 << 20);
    *state = arena;
    return 0;
}

static int arena_end(void **state)
{
    arena_done(*state);
    free(*state);
    return 0;
}

/* Keys that neither a form nor a group speaks for. */
static unsigned count_forgotten(const struct schema *schema)
{
    unsigned forgotten = 0;
    for (size_t i = 0; i < schema->count; i++) {
        const struct key *key = &schema->keys[i];
        if (key->group != NULL)
            forgotten += count_forgotten(key->group);
        else if (key->type == KEY_CUSTOM &&
                 json_schema_find_form(&routes_forms, schema->noun, key->name) == NULL) {
            print_error(
                "give the key '%s' of '%s' a form in config/forms.c or routes/file_schema.c\n",
                key->name, schema->noun);
            forgotten++;
        }
    }
    return forgotten;
}

static void test_every_key_has_a_form(void **state)
{
    (void)state;
    unsigned forgotten = 0;
    for (size_t i = 0; file_schema_tables[i] != NULL; i++)
        forgotten += count_forgotten(file_schema_tables[i]);
    assert_int_equal(forgotten, 0);
}

static bool table_has(const struct schema *schema, const char *noun, const char *key)
{
    for (size_t i = 0; i < schema->count; i++) {
        bool is_it = strcmp(schema->noun, noun) == 0 && strcmp(schema->keys[i].name, key) == 0;
        if (is_it || (schema->keys[i].group && table_has(schema->keys[i].group, noun, key)))
            return true;
    }
    return false;
}

static void test_every_form_is_of_a_key_that_there_is(void **state)
{
    (void)state;
    for (const struct json_schema_forms *forms = &routes_forms; forms; forms = forms->more) {
        for (size_t i = 0; i < forms->count; i++) {
            bool is_there = false;
            for (size_t j = 0; file_schema_tables[j] != NULL; j++)
                is_there |=
                    table_has(file_schema_tables[j], forms->list[i].noun, forms->list[i].key);
            if (!is_there)
                fail_msg("there is no key '%s' of '%s'", forms->list[i].key, forms->list[i].noun);
        }
    }
}

/* "#/$defs/duration" and the like. */
static bool is_resolved(struct json document, struct str reference)
{
    struct str rest = str_from(reference, 2), step;
    struct json at = document;
    while (str_cut(&rest, '/', &step)) {
        if (!json_member(at, step, &at))
            return false;
    }
    return true;
}

static unsigned check_references(struct arena *arena, struct json document, struct json value)
{
    unsigned count = 0;
    struct json_iterator iterator = json_iterate(value);
    struct json key = json_null(), inner;
    while (json_next(&iterator, &key, &inner)) {
        if (json_type(value) == JSON_OBJECT && json_string_is(key, STR("$ref"))) {
            struct str reference = json_string_decode(arena, inner);
            if (!is_resolved(document, reference))
                fail_msg("%.*s is not there", STR_ARGS(reference));
            count++;
        }
        count += check_references(arena, document, inner);
    }
    return count;
}

static void test_every_reference_leads_somewhere(void **state)
{
    struct json schema = file_schema(*state);
    assert_true(check_references(*state, schema, schema) > 100);
}

static const char *at(struct arena *arena, const char *path)
{
    struct json value = file_schema(arena);
    struct str rest = str_of(path), step;
    while (str_cut(&rest, '/', &step)) {
        if (!json_member(value, step, &value))
            fail_msg("there is no %s", path);
    }
    return str_copy(arena, json_text(arena, value)).at;
}

static void test_short_and_long_forms_are_one_thing(void **state)
{
    assert_string_equal(at(*state, "$defs/service/type"), "[\"object\", \"string\"]");
    assert_string_equal(at(*state, "$defs/service/properties/timeout"),
                        "{\"description\":\"One attempt, connecting included. It is at least 1ms, "
                        "at most 1h.\",\"$ref\":\"#/$defs/duration\",\"default\":\"1s\","
                        "\"examples\":[\"300ms\"]}");
    assert_string_equal(at(*state, "$defs/call/type"), "[\"object\", \"string\"]");
    assert_string_equal(at(*state, "$defs/rung/pattern"), "\"^omit$\"");
    assert_string_equal(at(*state, "$defs/route/type"), "[\"object\", \"array\"]");
    assert_string_equal(at(*state, "$defs/route/items"), "{\"$ref\": \"#/$defs/alternative\"}");
    assert_string_equal(at(*state, "required"), "[\"listen\"]");
    assert_string_equal(at(*state, "$schema"), "\"https://json-schema.org/draft/2020-12/schema\"");
}

static void test_nested_tables_come_along(void **state)
{
    assert_string_equal(at(*state, "properties/limits/properties/head/default"), "\"16KiB\"");
    assert_string_equal(at(*state, "$defs/service/properties/retry/properties/attempts/maximum"),
                        "10");
    assert_string_equal(at(*state, "$defs/service/properties/tls/properties/ca/examples"),
                        "[\"internal.pem\"]");
    assert_non_null(strstr(at(*state, "$defs/allow/items/anyOf"), "\"unused-call\""));
    assert_string_equal(at(*state, "$defs/address/properties/weight/maximum"), "1000");
    assert_string_equal(at(*state, "$defs/call/properties/accept/items/minimum"), "200");
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, arena_begin, arena_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(test_every_key_has_a_form),
        STORY(test_every_form_is_of_a_key_that_there_is),
        STORY(test_every_reference_leads_somewhere),
        STORY(test_short_and_long_forms_are_one_thing),
        STORY(test_nested_tables_come_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

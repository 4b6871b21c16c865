/*
 * A table as JSON Schema, row by row, and a file's values as JSON.
 */
#include "tests/unit/config/printed.h"

#include "base/json/make.h"
#include "config/json_schema.h"
#include "config/node_json.h"

static const char *const words[] = {"soft", "hard", NULL};

static const struct key inner_keys[] = {
    {.name = "path", .type = KEY_TEXT, .says = "Where.", .is_required = true},
};
static const struct schema inner_schema = {"inner", inner_keys, 1};

static const struct key keys[] = {
    {.name = "wait",
     .type = KEY_DURATION,
     .default_text = "1s",
     .minimum = MILLISECOND,
     .maximum = HOUR,
     .says = "How long.",
     .example = "wait: 300ms"},
    {.name = "count",
     .type = KEY_COUNT_OF,
     .default_text = "8",
     .minimum = 1,
     .says = "How many.",
     .has_no_effect = true},
    {.name = "mode",
     .type = KEY_CHOICE,
     .choices = words,
     .default_text = "soft",
     .says = "Which."},
    {.name = "names", .type = KEY_TEXTS, .says = "Who.", .default_text = "[]"},
    {.name = "inner", .type = KEY_GROUP, .group = &inner_schema, .says = "More."},
    {.name = "maybe", .type = KEY_CUSTOM, .group = &inner_schema, .says = "Or off."},
    {.name = "own",
     .type = KEY_CUSTOM,
     .says = "Ours.",
     .default_text = "2xx",
     .is_required = true},
    {.name = "open", .type = KEY_CUSTOM, .says = "Anything.", .example = "open: { a: [1, x] }"},
};
static const struct schema table = {"thing", keys, sizeof(keys) / sizeof(*keys)};

static const struct json_schema_form below[] = {{"thing", "own", "{'type': 'boolean'}", true}};
static const struct json_schema_forms forms_below = {below, 1, NULL};
static const struct json_schema_forms forms = {NULL, 0, &forms_below};

/* The property of a key, as text. */
static const char *property(struct world *world, const char *name)
{
    struct json schema = json_schema_of(&world->arena, &forms, &table, NULL);
    struct json properties, one;
    assert_true(json_member(schema, STR("properties"), &properties));
    assert_true(json_member(properties, str_of(name), &one));
    return str_copy(&world->arena, json_text(&world->arena, one)).at;
}

static void test_a_duration_tells_its_bounds_default_and_example(void **state)
{
    assert_string_equal(
        property(*state, "wait"),
        "{\"description\":\"How long. It is at least 1ms, at most 1h.\","
        "\"$ref\":\"#/$defs/duration\",\"default\":\"1s\",\"examples\":[\"300ms\"]}");
}

static void test_a_count_has_its_bounds_as_numbers(void **state)
{
    assert_string_equal(property(*state, "count"),
                        "{\"description\":\"How many. No effect yet.\",\"type\":[\"integer\", "
                        "\"string\"],\"pattern\":\"^[0-9]+$|[$][{]\",\"minimum\":1,\"default\":8}");
}

static void test_a_choice_is_one_of_its_words_or_a_constant(void **state)
{
    assert_string_equal(property(*state, "mode"),
                        "{\"description\":\"Which.\",\"anyOf\":[{\"enum\":[\"soft\",\"hard\"]},"
                        "{\"$ref\": \"#/$defs/constant\"}],\"default\":\"soft\"}");
    assert_string_equal(property(*state, "names"),
                        "{\"description\":\"Who.\",\"$ref\":\"#/$defs/texts\",\"default\":[]}");
}

static void test_a_group_is_a_mapping_of_its_own(void **state)
{
    assert_string_equal(
        property(*state, "inner"),
        "{\"description\":\"More.\",\"type\":\"object\",\"properties\":{\"path\":{\"description\":"
        "\"Where.\",\"$ref\":\"#/$defs/text\"},\"allow\":{\"$ref\": \"#/$defs/allow\"}},"
        "\"required\":[\"path\"],\"additionalProperties\":false}");
}

static void test_a_group_that_is_read_by_hand_may_be_off(void **state)
{
    assert_non_null(
        strstr(property(*state, "maybe"),
               "\"type\":[\"object\", \"string\", \"boolean\"],\"pattern\":\"^(off|false)"
               "$\",\"not\":{\"const\": true}"));
}

static void test_a_custom_key_has_its_form_from_the_floor_below_too(void **state)
{
    assert_string_equal(property(*state, "own"),
                        "{\"description\":\"Ours.\",\"type\":\"boolean\"}");
}

static void test_without_a_form_everything_goes_and_examples_are_yaml(void **state)
{
    assert_string_equal(property(*state, "open"), "{\"description\":\"Anything.\",\"examples\":[{"
                                                  "\"a\":[1,\"x\"]}]}");
}

static void test_unknown_keys_are_refused_and_required_ones_asked_for(void **state)
{
    struct world *world = *state;
    struct json schema = json_schema_of(&world->arena, &forms, &table,
                                        "{'type': ['object', 'string'], 'pattern': '^x'}");
    struct json value;
    assert_true(json_member(schema, STR("additionalProperties"), &value));
    assert_int_equal(json_type(value), JSON_FALSE);
    assert_true(json_member(schema, STR("required"), &value));
    assert_string_equal(str_copy(&world->arena, json_text(&world->arena, value)).at, "[\"own\"]");
    assert_true(json_member(schema, STR("type"), &value));
    assert_int_equal(json_type(value), JSON_ARRAY);
    assert_true(json_member(schema, STR("pattern"), &value));
}

static void test_a_piece_of_the_file_as_json(void **state)
{
    struct world *world = *state;
    const struct node *node =
        world_parse(world, "a: [1.10, '1', yes, null, ~]\nb: { \"c d\": '${x}' }\n");
    struct str text = json_text(&world->arena, node_json(&world->arena, node));
    assert_string_equal(str_copy(&world->arena, text).at,
                        "{\"a\":[1.10,\"1\",\"yes\",null,\"~\"],\"b\":{\"c d\":\"${x}\"}}");
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, world_begin, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(test_a_duration_tells_its_bounds_default_and_example),
        STORY(test_a_count_has_its_bounds_as_numbers),
        STORY(test_a_choice_is_one_of_its_words_or_a_constant),
        STORY(test_a_group_is_a_mapping_of_its_own),
        STORY(test_a_group_that_is_read_by_hand_may_be_off),
        STORY(test_a_custom_key_has_its_form_from_the_floor_below_too),
        STORY(test_without_a_form_everything_goes_and_examples_are_yaml),
        STORY(test_unknown_keys_are_refused_and_required_ones_asked_for),
        STORY(test_a_piece_of_the_file_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

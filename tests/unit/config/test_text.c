/*
 * `${…}` in text: where it begins and ends, what it becomes.
 */
#include "printed.h"

#include "base/json/make.h"
#include "config/braces.h"
#include "config/scope.h"
#include "config/text.h"

struct stage {
    struct world *world;
    struct environment environment;
    struct slot_table slots;
    struct scope scope;
};

static const struct str calls[] = {{"order", 5}};

static void stage_init(struct stage *stage, struct world *world)
{
    *stage = (struct stage){.world = world, .slots = {.arena = &world->arena}};
    environment_init(&stage->environment, &world->arena);
    scope_init(&stage->scope, &stage->slots, &stage->environment, &world->diagnostics, SCOPE_ALL);
    stage->scope.calls = calls;
    stage->scope.call_count = 1;
}

static struct node *value_of(struct stage *stage, const char *yaml)
{
    return world_parse(stage->world, yaml)->entries[0].value;
}

/* The JSON text of a value: every slot is the order. */
static const char *evaluated(struct stage *stage, const char *yaml, const char *order)
{
    struct text text;
    struct arena *arena = &stage->world->arena;
    if (!text_compile(arena, value_of(stage, yaml), &stage->scope, &text))
        return "not compiled";
    struct json value;
    assert_int_equal(json_read(arena, str_of(order), &json_limits_default, &value, NULL), JSON_OK);
    struct json slots[8];
    assert_true(stage->slots.count <= 8);
    for (uint32_t i = 0; i < stage->slots.count; i++)
        slots[i] = value;
    struct jmespath_frame frame = {.arena = arena, .slots = slots, .steps_left = 100000};
    struct json result;
    if (!text_evaluate(&text, &frame, &result)) {
        assert_true(json_is_null(result));
        return "failed";
    }
    return str_copy(arena, json_text(arena, result)).at;
}

static const char *order =
    "{\"id\": 12345678901234567890, \"price\": 1.10, \"name\": \"a \\u0022b\","
    " \"tags\": [1, \"x\", true], \"deep\": [{}], \"none\": null, \"is\": false}";

static void exactly_one_keeps_its_type(void **state)
{
    struct stage stage;
    stage_init(&stage, *state);
    assert_string_equal(evaluated(&stage, "a: ${order.id}\n", order), "12345678901234567890");
    assert_string_equal(evaluated(&stage, "a: ${order.tags}\n", order), "[1, \"x\", true]");
    assert_string_equal(evaluated(&stage, "a: ${order.nobody}\n", order), "null");
    assert_string_equal(evaluated(&stage, "a: '${ order.price }'\n", order), "1.10");
}

static void any_other_is_text(void **state)
{
    struct stage stage;
    stage_init(&stage, *state);
    assert_string_equal(evaluated(&stage, "a: no. ${order.id}\n", order),
                        "\"no. 12345678901234567890\"");
    assert_string_equal(evaluated(&stage, "a: ${order.name}${order.is}\n", order),
                        "\"a \\\"bfalse\"");
    assert_string_equal(evaluated(&stage, "a: ' ${order.tags}'\n", order), "\" 1,x,true\"");
    assert_string_equal(evaluated(&stage, "a: x${order.none}\n", order), "null");
    assert_string_equal(evaluated(&stage, "a: x${order}\n", order), "failed");
    assert_string_equal(evaluated(&stage, "a: x${order.deep}\n", order), "failed");
    assert_string_equal(evaluated(&stage, "a: x${order.none}${contains(order.none, 'a')}\n", order),
                        "failed");
    assert_string_equal(evaluated(&stage, "a: plain\n", order), "\"plain\"");
    assert_string_equal(evaluated(&stage, "a: ''\n", order), "\"\"");
}

static void an_array_that_was_only_validated_is_joined_too(void **state)
{
    struct world *world = *state;
    struct json array;
    assert_int_equal(json_check(STR("[1.10, \"b\", true]"), &json_limits_default, &array, NULL),
                     JSON_OK);
    struct str text;
    assert_true(text_insert(&world->arena, array, &text));
    assert_str(text, "1.10,b,true");
    assert_false(text_insert(&world->arena, json_null(), &text));
    assert_int_equal(json_check(STR("[[1]]"), &json_limits_default, &array, NULL), JSON_OK);
    assert_false(text_insert(&world->arena, array, &text));
}

static void dollars_are_literal_when_doubled(void **state)
{
    struct stage stage;
    stage_init(&stage, *state);
    assert_string_equal(evaluated(&stage, "a: '$${order.id}'\n", order), "\"${order.id}\"");
    assert_string_equal(evaluated(&stage, "a: '$$${order.id} $ {x} $'\n", order),
                        "\"$${order.id} $ {x} $\"");
    assert_string_equal(evaluated(&stage, "a: '$${a}${order.price}'\n", order), "\"${a}1.10\"");
}

static void braces_in_quotes_are_not_counted(void **state)
{
    struct stage stage;
    stage_init(&stage, *state);
    assert_string_equal(evaluated(&stage, "a: \"${order.{n: name, '}'\" \n", order),
                        "not compiled");
    assert_string_equal(evaluated(&stage, "a: \"${order.{id: id}}!\"\n", order), "failed");
    assert_string_equal(evaluated(&stage, "a: ${'}'}\n", order), "\"}\"");
    assert_string_equal(evaluated(&stage, "a: ${'it\\'s {'}\n", order), "\"it's {\"");
    assert_string_equal(evaluated(&stage, "a: ${`{\"a\": \"}\"}`}\n", order), "{\"a\": \"}\"}");
    assert_int_equal(braces_end(STR("${a.{b: c}} d"), 0), 11);
    assert_int_equal(braces_end(STR("${a.{b: c} d"), 0), 0);
    assert_int_equal(braces_find(STR("a $${b} ${c}"), 0), 8);
    assert_int_equal(braces_find(STR("a"), 0), 1);
}

static void mistakes_show_where_they_are(void **state)
{
    struct world *world = *state;
    struct stage stage;
    stage_init(&stage, world);
    struct text text;
    const char *files[] = {"a: \"x ${order.id\"\n", "b: 'x ${}'\n", "c: >-\n  y ${missing}\n",
                           "d: \"\\t${missing}\"\n", "e: z ${order..id}\n"};
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        assert_false(text_compile(&world->arena, value_of(&stage, files[i]), &stage.scope, &text));
    const char *printed = world_printed(world);
    assert_non_null(strstr(printed, "a.yaml:1:7: error: no } closes this ${\n"
                                    "    1 | a: \"x ${order.id\"\n"
                                    "      |       ^~ write $${ for a literal ${\n"));
    assert_non_null(strstr(printed, "a.yaml:1:7: error: there is no expression in ${}\n"
                                    "    1 | b: 'x ${}'\n"
                                    "      |       ^~~\n"));
    assert_non_null(strstr(printed, "a.yaml:1:4: error: unknown name 'missing'\n"
                                    "    1 | c: >-\n"
                                    "      |    ^~\n"));
    assert_non_null(strstr(printed, "a.yaml:1:4: error: unknown name 'missing'\n"
                                    "    1 | d: \"\\t${missing}\"\n"
                                    "      |    ^~~~~~~~~~~~~~\n"));
    assert_non_null(strstr(printed, "a.yaml:1:14: error: "));
    assert_int_equal(world->diagnostics.count, 5);
}

static void one_expression_is_one(void **state)
{
    struct world *world = *state;
    struct stage stage;
    stage_init(&stage, world);
    struct text text;
    assert_true(text_compile_expression(&world->arena, value_of(&stage, "a: ${order.id}\n"),
                                        &stage.scope, &text));
    assert_true(text.is_value);
    assert_false(text_is_constant(&text));
    assert_false(text_compile_expression(&world->arena, value_of(&stage, "a: order.id\n"),
                                         &stage.scope, &text));
    assert_printed(world, "a.yaml:1:4: error: exactly one ${\xE2\x80\xA6} is expected\n"
                          "    1 | a: order.id\n"
                          "      |    ^~~~~~~~ write ${order.id}\n");
    assert_false(text_compile_expression(&world->arena, value_of(&stage, "a: x${order.id}\n"),
                                         &stage.scope, &text));
    assert_false(text_compile(&world->arena, value_of(&stage, "a: [x]\n"), &stage.scope, &text));
    assert_int_equal(world->diagnostics.count, 3);
}

static void a_piece_of_a_text(void **state)
{
    struct world *world = *state;
    struct stage stage;
    stage_init(&stage, world);
    struct text text;
    struct node *node = value_of(&stage, "a: 'item in ${order.items}'\n");
    assert_true(text_compile_part(&world->arena, node, 8, 14, &stage.scope, &text));
    assert_true(text.is_value);
    assert_int_equal(text.place.column, 13);
    assert_int_equal(text.place.length, 14);
}

struct visit {
    struct text_slots slots;
    uint32_t count;
    uint32_t entered;
};

static void visit_count(struct text_slots *slots, uint32_t slot, bool is_entered)
{
    struct visit *visit = (struct visit *)slots;
    (void)slot;
    visit->count++;
    visit->entered += is_entered;
}

static void slots_are_visited(void **state)
{
    struct world *world = *state;
    struct stage stage;
    stage_init(&stage, world);
    struct text text;
    assert_true(text_compile(&world->arena,
                             value_of(&stage, "a: x ${order} ${query.b} ${cookies.c.d}\n"),
                             &stage.scope, &text));
    struct visit visit = {.slots = {visit_count}};
    text_visit_slots(&text, &visit.slots);
    assert_int_equal(visit.count, 3);
    assert_int_equal(visit.entered, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        story(exactly_one_keeps_its_type),
        story(any_other_is_text),
        story(an_array_that_was_only_validated_is_joined_too),
        story(dollars_are_literal_when_doubled),
        story(braces_in_quotes_are_not_counted),
        story(mistakes_show_where_they_are),
        story(one_expression_is_one),
        story(a_piece_of_a_text),
        story(slots_are_visited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

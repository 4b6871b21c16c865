/*
 * A table and a mapping: what is read, what is refused, what is documented.
 */
#include "printed.h"

#include "base/clock.h"
#include "config/schema.h"

enum colour { RED, GREEN };

struct oven {
    struct str name;
    struct str *dishes;
    uint32_t dish_count;
    usec timeout;
    uint64_t room;
    double power;
    uint32_t shelves;
    bool is_lit;
    enum colour colour;
    usec warm;
    bool was_read;
};

#define OFFSET(member) offsetof(struct oven, member)

static bool custom_read(struct reader *reader, const struct node *node, void *into)
{
    (void)reader;
    (void)node;
    *(bool *)into = true;
    return true;
}

static const char *const colours[] = {"red", "green", NULL};

static const struct key heat_keys[] = {
    {.name = "warm",
     .type = KEY_DURATION,
     .offset = OFFSET(warm),
     .default_text = "1m",
     .says = "How long.",
     .example = "warm: 2m"},
};

static const struct schema heat_schema = {"heat", heat_keys, 1};

static const struct key oven_keys[] = {
    {.name = "name",
     .type = KEY_TEXT,
     .offset = OFFSET(name),
     .is_required = true,
     .says = "Its name.",
     .example = "name: aga"},
    {.name = "dishes", .type = KEY_TEXTS, .offset = OFFSET(dishes), .says = "What is in it."},
    {.name = "timeout",
     .type = KEY_DURATION,
     .offset = OFFSET(timeout),
     .default_text = "1s",
     .minimum = MILLISECOND,
     .maximum = HOUR,
     .says = "Until it rings.",
     .example = "timeout: 5m"},
    {.name = "room",
     .type = KEY_SIZE,
     .offset = OFFSET(room),
     .default_text = "1KiB",
     .maximum = 1024 * 1024,
     .says = "How much."},
    {.name = "power",
     .type = KEY_SHARE,
     .offset = OFFSET(power),
     .default_text = "50%",
     .says = "How hot."},
    {.name = "shelves",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(shelves),
     .default_text = "3",
     .minimum = 1,
     .maximum = 9,
     .says = "How many."},
    {.name = "light",
     .type = KEY_SWITCH,
     .offset = OFFSET(is_lit),
     .default_text = "on",
     .says = "A lamp."},
    {.name = "colour",
     .type = KEY_CHOICE,
     .offset = OFFSET(colour),
     .default_text = "green",
     .choices = colours,
     .says = "This | that."},
    {.name = "heat", .type = KEY_GROUP, .group = &heat_schema, .says = "Keeping warm."},
    {.name = "custom",
     .type = KEY_CUSTOM,
     .offset = OFFSET(was_read),
     .read = custom_read,
     .shape = "anything",
     .says = "Read by hand.",
     .has_no_effect = true},
};

static const struct schema oven_schema = {"oven", oven_keys,
                                          sizeof(oven_keys) / sizeof(*oven_keys)};

static bool oven_read(struct world *world, const char *text, struct oven *ret_oven)
{
    struct reader reader = {.arena = &world->arena, .diagnostics = &world->diagnostics};
    *ret_oven = (struct oven){0};
    return schema_read(&oven_schema, &reader, world_parse(world, text), STR("oven 'aga'"),
                       ret_oven);
}

static void defaults_stand_where_nothing_is_written(void **state)
{
    struct world *world = *state;
    struct oven oven;
    assert_true(oven_read(world, "name: aga\n", &oven));
    assert_printed(world, "");
    assert_str(oven.name, "aga");
    assert_int_equal(oven.timeout, SECOND);
    assert_int_equal(oven.room, 1024);
    assert_true(oven.power == 0.5);
    assert_int_equal(oven.shelves, 3);
    assert_true(oven.is_lit);
    assert_int_equal(oven.colour, GREEN);
    assert_int_equal(oven.warm, MINUTE);
    assert_false(oven.was_read);
}

static void every_type_is_read(void **state)
{
    struct world *world = *state;
    struct oven oven;
    assert_true(oven_read(world,
                          "{ name: '1', dishes: [pie, '2'], timeout: 2.5s, room: 512B,\n"
                          "  power: 20%, shelves: 9, light: false, colour: red,\n"
                          "  heat: { warm: 1h }, custom: [x], allow: [unused-call] }\n",
                          &oven));
    assert_str(oven.name, "1");
    assert_int_equal(oven.dish_count, 2);
    assert_str(oven.dishes[1], "2");
    assert_int_equal(oven.timeout, 2500 * MILLISECOND);
    assert_int_equal(oven.room, 512);
    assert_true(oven.power == 0.2);
    assert_int_equal(oven.shelves, 9);
    assert_false(oven.is_lit);
    assert_int_equal(oven.colour, RED);
    assert_int_equal(oven.warm, HOUR);
    assert_true(oven.was_read);
    assert_printed(world, "a.yaml:3:23: note: 'custom' has no effect yet\n"
                          "    3 |   heat: { warm: 1h }, custom: [x], allow: [unused-call] }\n"
                          "      |                       ^~~~~~\n");
    assert_false(diagnostics_has_errors(&world->diagnostics));
}

static void ten_mistakes_give_ten_diagnostics(void **state)
{
    struct world *world = *state;
    struct oven oven;
    assert_false(oven_read(world,
                           "dishes: pie\n"
                           "timeout: 30\n"
                           "room: 2MiB\n"
                           "power: 120%\n"
                           "shelves: many\n"
                           "light: yep\n"
                           "colour: grean\n"
                           "heat: { warn: 1m }\n"
                           "tiemout: 1s\n",
                           &oven));
    assert_printed(world, "a.yaml:1:1: error: oven 'aga' has no 'name'\n"
                          "    1 | dishes: pie\n"
                          "      | ^ name: aga\n"
                          "a.yaml:1:9: error: a list is expected, not text\n"
                          "    1 | dishes: pie\n"
                          "      |         ^~~ write [pie]\n"
                          "a.yaml:2:10: error: '30' has no unit\n"
                          "    2 | timeout: 30\n"
                          "      |          ^~ write a duration with its unit: 250ms, 1s, 5m, 1h\n"
                          "a.yaml:3:7: error: '2MiB' is larger than 1MiB\n"
                          "    3 | room: 2MiB\n"
                          "      |       ^~~~\n"
                          "a.yaml:4:8: error: '120%' is more than 100%\n"
                          "    4 | power: 120%\n"
                          "      |        ^~~~ write a share with its sign: 20%\n"
                          "a.yaml:5:10: error: 'many' is no whole number\n"
                          "    5 | shelves: many\n"
                          "      |          ^~~~\n"
                          "a.yaml:6:8: error: 'yep' is neither on nor off\n"
                          "    6 | light: yep\n"
                          "      |        ^~~ write on or off\n"
                          "a.yaml:7:9: error: 'grean' is not known here\n"
                          "    7 | colour: grean\n"
                          "      |         ^~~~~ did you mean 'green'?\n"
                          "a.yaml:8:9: error: unknown key 'warn' in 'heat'\n"
                          "    8 | heat: { warn: 1m }\n"
                          "      |         ^~~~ did you mean 'warm'?\n"
                          "a.yaml:9:1: error: unknown key 'tiemout' in oven 'aga'\n"
                          "    9 | tiemout: 1s\n"
                          "      | ^~~~~~~ did you mean 'timeout'?\n");
    assert_int_equal(world->diagnostics.counts[SEVERITY_ERROR], 10);
}

static void kinds_and_ranges(void **state)
{
    struct world *world = *state;
    struct oven oven;
    assert_false(oven_read(world,
                           "name: null\n"
                           "timeout: [1s]\n"
                           "shelves: 10\n"
                           "room: { a: b }\n"
                           "colour: blue\n"
                           "quux: 1\n"
                           "heat:\n",
                           &oven));
    assert_printed(world, "a.yaml:1:7: error: text is expected, not null\n"
                          "    1 | name: null\n"
                          "      |       ^~~~\n"
                          "a.yaml:2:10: error: a duration is expected, not a list\n"
                          "    2 | timeout: [1s]\n"
                          "      |          ^\n"
                          "a.yaml:3:10: error: '10' is more than 9\n"
                          "    3 | shelves: 10\n"
                          "      |          ^~\n"
                          "a.yaml:4:7: error: a size is expected, not a mapping\n"
                          "    4 | room: { a: b }\n"
                          "      |       ^\n"
                          "a.yaml:5:9: error: 'blue' is not known here\n"
                          "    5 | colour: blue\n"
                          "      |         ^~~~ one of red, green\n"
                          "a.yaml:6:1: error: unknown key 'quux' in oven 'aga'\n"
                          "    6 | quux: 1\n"
                          "      | ^~~~ known here: name, dishes, timeout, room, power, shelves, "
                          "light, colour, heat, custom\n"
                          "a.yaml:7:1: error: the key 'heat' has nothing behind it\n"
                          "    7 | heat:\n"
                          "      | ^~~~ write null\n");
}

static void the_reference_is_the_table(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);
    assert_non_null(to);
    schema_describe(&oven_schema, to);
    fclose(to);
    assert_string_equal(
        text,
        "| key | type | default | what it says | example |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| `name` | text | required | Its name. | `name: aga` |\n"
        "| `dishes` | list of texts | none | What is in it. |  |\n"
        "| `timeout` | duration, at least 1ms, at most 1h | `1s` | Until it rings. | `timeout: 5m` "
        "|\n"
        "| `room` | size, at most 1MiB | `1KiB` | How much. |  |\n"
        "| `power` | share | `50%` | How hot. |  |\n"
        "| `shelves` | whole number, at least 1, at most 9 | `3` | How many. |  |\n"
        "| `light` | on or off | `on` | A lamp. |  |\n"
        "| `colour` | one of `red`, `green` | `green` | This \\| that. |  |\n"
        "| `heat` | mapping | its keys' | Keeping warm. |  |\n"
        "| `heat.warm` | duration | `1m` | How long. | `warm: 2m` |\n"
        "| `custom` | anything | none | Read by hand. No effect yet. |  |\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        story(defaults_stand_where_nothing_is_written), story(every_type_is_read),
        story(ten_mistakes_give_ten_diagnostics),       story(kinds_and_ranges),
        cmocka_unit_test(the_reference_is_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

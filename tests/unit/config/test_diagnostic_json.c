/*
 * The same mistakes as a person sees, for programs.
 */
#include "tests/unit/config/printed.h"

#include "base/json/make.h"
#include "config/diagnostic_json.h"

static const char *written(struct world *world)
{
    struct json list = diagnostics_json(&world->diagnostics);
    return str_copy(&world->arena, json_text(&world->arena, list)).at;
}

static void test_no_mistake_is_an_empty_list(void **state)
{
    assert_string_equal(written(*state), "[]");
}

static void test_a_mistake_says_all_that_is_known(void **state)
{
    struct world *world = *state;
    struct source_file file = {STR("shop.yaml"), STR("listen: 1\nport: \"2\"\n")};
    struct place place = {&file, 2, 1, 4};
    diagnostics_error(&world->diagnostics, place, STR("did you mean 'ports'?"),
                      "unknown key '%s' in the \"file\"", "port");
    assert_string_equal(
        written(world),
        "[{\"severity\":\"error\",\"name\":null,\"file\":\"shop.yaml\",\"line\":2,\"column\":1,"
        "\"length\":4,\"message\":\"unknown key 'port' in the \\\"file\\\"\",\"hint\":\"did you "
        "mean 'ports'?\"}]");
}

static void test_they_stand_in_the_order_of_the_file(void **state)
{
    struct world *world = *state;
    struct source_file file = {STR("a.yaml"), STR("")};
    diagnostics_error(&world->diagnostics, ((struct place){&file, 9, 1, 1}), STR_NONE, "late");
    diagnostics_add(&world->diagnostics, SEVERITY_WARNING, (struct place){&file, 3, 7, 2},
                    "unused-call", STR_NONE, "early");
    assert_string_equal(
        written(world),
        "[{\"severity\":\"warning\",\"name\":\"unused-call\",\"file\":\"a.yaml\",\"line\":3,"
        "\"column\":7,\"length\":2,\"message\":\"early\",\"hint\":null},"
        "{\"severity\":\"error\",\"name\":null,\"file\":\"a.yaml\",\"line\":9,\"column\":1,"
        "\"length\":1,\"message\":\"late\",\"hint\":null}]");
}

static void test_what_has_no_place_has_nulls(void **state)
{
    struct world *world = *state;
    diagnostics_error(&world->diagnostics, ((struct place){0}), STR_NONE, "no \xFF file");
    assert_string_equal(written(world),
                        "[{\"severity\":\"error\",\"name\":null,\"file\":null,\"line\":null,"
                        "\"column\":null,\"length\":null,\"message\":\"no \xEF\xBF\xBD file\","
                        "\"hint\":null}]");
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, world_begin, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(test_no_mistake_is_an_empty_list),
        STORY(test_a_mistake_says_all_that_is_known),
        STORY(test_they_stand_in_the_order_of_the_file),
        STORY(test_what_has_no_place_has_nulls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

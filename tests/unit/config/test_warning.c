/*
 * `allow` names warnings, wherever it stands; a name that none has is told.
 */
#include "printed.h"

#include "config/warning.h"

static void every_warning_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (unsigned i = 0; i < WARNING_COUNT; i++) {
        const char *name = warning_name((enum warning)i);
        assert_non_null(name);
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(name, warning_name((enum warning)j));
    }
}

static void a_name_that_no_warning_has_is_told_with_the_one_that_is_meant(void **state)
{
    struct world *world = *state;
    world_parse(world, "allow: [no-routs]\n"
                       "services:\n"
                       "  users: { url: x, allow: [unused-service, what-is-this] }\n"
                       "routes:\n"
                       "  GET /a:\n"
                       "    - proxy: { to: users, allow: [secret-in-files] }\n"
                       "  GET /b:\n"
                       "    calls:\n"
                       "      query: { request: users GET /, allow: [unusedcall] }\n"
                       "      allow: users GET /b\n"
                       "      c: { request: users GET /c, query: { allow: [a, b] },\n"
                       "           fallback: [{ value: { allow: [a] } }] }\n"
                       "    response: { body: { allow: [everything] } }\n");
    assert_string_equal(
        world_printed(world),
        "a.yaml:1:9: warning: there is no warning 'no-routs' [unknown-warning]\n"
        "    1 | allow: [no-routs]\n"
        "      |         ^~~~~~~~ did you mean 'no-routes'?\n"
        "a.yaml:3:44: warning: there is no warning 'what-is-this' [unknown-warning]\n"
        "    3 |   users: { url: x, allow: [unused-service, what-is-this] }\n"
        "      |                                            ^~~~~~~~~~~~\n"
        "a.yaml:6:35: warning: there is no warning 'secret-in-files' [unknown-warning]\n"
        "    6 |     - proxy: { to: users, allow: [secret-in-files] }\n"
        "      |                                   ^~~~~~~~~~~~~~~ did you mean "
        "'secret-in-file'?\n"
        "a.yaml:9:46: warning: there is no warning 'unusedcall' [unknown-warning]\n"
        "    9 |       query: { request: users GET /, allow: [unusedcall] }\n"
        "      |                                              ^~~~~~~~~~ did you mean "
        "'unused-call'?\n");
}

static void what_is_held_for_later_is_looked_at_where_it_is_used(void **state)
{
    struct world *world = *state;
    world_parse(world, "x-page: &page { allow: [one] }\n"
                       "x-call: &call { allow: [unused-cal] }\n"
                       "routes:\n"
                       "  GET /a:\n"
                       "    calls: { b: { <<: *call, request: u GET / } }\n"
                       "    response: { body: *page }\n");
    assert_int_equal(world->diagnostics.counts[SEVERITY_WARNING], 1);
    assert_non_null(strstr(world_printed(world), "a.yaml:2:25: warning: there is no warning "
                                                 "'unused-cal' [unknown-warning]"));
}

static void a_name_of_tomorrow_can_be_allowed(void **state)
{
    struct world *world = *state;
    world_parse(world, "allow: [unknown-warning, a-name-of-tomorrow]\n");
    assert_string_equal(world_printed(world), "");
}

static void words_of_other_readers_are_allowed_below(void **state)
{
    struct world *world = *state;
    world_parse(world, "routes:\n"
                       "  GET /a: { allow: [yaml-type], calls: { a: { after: NO } } }\n"
                       "  GET /b: { calls: { a: { after: NO } } }\n");
    assert_int_equal(world->diagnostics.counts[SEVERITY_WARNING], 1);
    assert_int_equal(world->diagnostics.list[0].place.line, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_warning_has_a_name_of_its_own),
        story(a_name_that_no_warning_has_is_told_with_the_one_that_is_meant),
        story(what_is_held_for_later_is_looked_at_where_it_is_used),
        story(a_name_of_tomorrow_can_be_allowed),
        story(words_of_other_readers_are_allowed_below),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Bounds: what an expression or a document does that is deep, wide or made to multiply ends in an
 * error, not in a long night.
 */
#include "jmespath_fixture.h"

#define expect(expression, document, result)                                                       \
    assert_string_equal(fixture_search(*state, expression, document), result)

/* `times` copies of `part` between `before` and `after`. */
static const char *repeated(struct fixture *fixture, const char *before, const char *part,
                            unsigned times, const char *after)
{
    size_t length = strlen(part);
    char *text = arena_bytes(&fixture->arena, strlen(before) + length * times + strlen(after) + 1);
    char *to = stpcpy(text, before);
    for (unsigned i = 0; i < times; i++)
        to = stpcpy(to, part);
    strcpy(to, after);
    return text;
}

static void nesting_ends_at_64(void **state)
{
    struct fixture *fixture = *state;
    const char *too_deep = "!nested deeper than 64 levels";
    expect(repeated(fixture, repeated(fixture, "", "(", 63, "a"), ")", 63, ""), "{\"a\": 1}", "1");
    expect(repeated(fixture, repeated(fixture, "", "(", 64, "a"), ")", 64, ""), "{}", too_deep);
    expect(repeated(fixture, "", "!", 100000, "a"), "{}", too_deep);
    expect(repeated(fixture, "", "[", 100000, ""), "{}", too_deep);
    expect(repeated(fixture, "", "{a:", 100000, ""), "{}", too_deep);
    expect(repeated(fixture, "", "abs(", 100000, ""), "{}", too_deep);
    expect(repeated(fixture, "", "a[?", 100000, ""), "{}", too_deep);
    expect(repeated(fixture, "a", "[*].*", 100000, ""), "{}", too_deep);
    expect(repeated(fixture, "map(&", "map(&", 100000, ""), "{}", too_deep);
}

static void chains_end_at_256(void **state)
{
    struct fixture *fixture = *state;
    const char *too_long = "!more than 256 steps in one chain";
    expect(repeated(fixture, "a", ".a", 255, ""), "{}", "null");
    expect(repeated(fixture, "a", ".a", 256, ""), "{}", too_long);
    expect(repeated(fixture, "a", "||a", 100000, ""), "{}", too_long);
    expect(repeated(fixture, "a", "|a", 100000, ""), "{}", too_long);
    expect(repeated(fixture, "a", "[0]", 100000, ""), "{}", too_long);
    expect(repeated(fixture, "a", "==a", 100000, ""), "{}", too_long);
    expect(repeated(fixture, "[a", ",a", 1000, "] | length(@)"), "{}", "1001");
}

static void an_error_says_where_it_was_too_deep(void **state)
{
    struct fixture *fixture = *state;
    fixture_search(fixture, repeated(fixture, "", "!", 100, "a"), "{}");
    assert_int_equal(fixture->error.at, 64);
    assert_int_equal(fixture->error.length, 1);
}

static void steps_run_out(void **state)
{
    struct fixture *fixture = *state;
    const char *hundred = repeated(fixture, "[0", ",0", 99, "]");
    const char *spending[] = {"[*]",    "[?@ == `0`]", "[]",         "map(&@, @)", "sort(@)",
                              "max(@)", "sum(@)",      "unique(@)",  "reverse(@)", "[::2]",
                              "[::-1]", "[99]",        "to_array(@)"};
    for (size_t i = 0; i < sizeof(spending) / sizeof(spending[0]); i++) {
        fixture->frame.steps_left = 1000;
        assert_int_not_equal(fixture_search(fixture, spending[i], hundred)[0], '!');
        fixture->frame.steps_left = 50;
        bool is_cheap = strcmp(spending[i], "to_array(@)") == 0;
        assert_string_equal(fixture_search(fixture, spending[i], hundred),
                            is_cheap ? hundred : "!limit");
    }
}

static void what_multiplies_is_stopped(void **state)
{
    struct fixture *fixture = *state;
    expect(repeated(fixture, "[@,@]", "|[@,@]", 60, "|to_string(@)"), "1", "!limit");
    fixture->frame.steps_left = JMESPATH_STEPS_DEFAULT;
    expect(repeated(fixture, "[@,@]", "|[@,@]", 60, ""), "1", "!limit");
    fixture->frame.steps_left = JMESPATH_STEPS_DEFAULT;
    expect(repeated(fixture, "[@,@]", "|[@,@]", 60, "|[0] == [1]"), "1", "!limit");
    fixture->frame.steps_left = JMESPATH_STEPS_DEFAULT;
    expect(repeated(fixture, "[@,@]", "|[@,@][]", 60, "|length(@)"), "1", "!limit");
    fixture->frame.steps_left = JMESPATH_STEPS_DEFAULT;
    expect(repeated(fixture, "@", "|join('',[@,@])", 60, ""), "\"long\"", "!limit");
    fixture->frame.steps_left = JMESPATH_STEPS_DEFAULT;
    expect(repeated(fixture, "@", "|replace(@,'a','aa')", 60, ""), "\"a\"", "!limit");
}

static void an_arena_that_is_over_fails(void **state)
{
    struct fixture *fixture = *state;
    struct arena small;
    arena_init(&small, NULL, 256);
    struct jmespath *expression =
        jmespath_compile(&fixture->arena, STR("[*].[@, @]"), &fixture->error);
    fixture->frame.root = fixture_json(fixture, "[1, 2, 3, 4, 5, 6, 7, 8, 9]");
    fixture->frame.arena = &small;
    assert_string_equal(fixture_evaluate(fixture, expression), "!limit");
    arena_done(&small);
}

static void a_large_expression_needs_room(void **state)
{
    struct fixture *fixture = *state;
    struct arena small;
    arena_init(&small, NULL, 4096);
    struct jmespath_error error;
    assert_null(jmespath_compile(&small, str_of(repeated(fixture, "[a", ",a", 1000, "]")), &error));
    assert_true(str_equal(error.message, STR("too large an expression")));
    arena_done(&small);
}

static void deep_data_is_no_matter(void **state)
{
    struct fixture *fixture = *state;
    const char *deep = repeated(fixture, repeated(fixture, "", "[", 128, ""), "]", 128, "");
    expect("length(to_string(@))", deep, "256");
    expect("[][][][0] == [[[[0]]]]", deep, "false");
    expect("@ == @", deep, "true");
}

static void outlandish_indexes_find_nothing(void **state)
{
    expect("[99999999999999999999999999]", "[1]", "null");
    expect("[-99999999999999999999999999]", "[1]", "null");
    expect("[-99999999999999999999:99999999999999999999:99999999999999999999]", "[1, 2]", "[1]");
    expect("[::-99999999999999999999]", "[1, 2]", "[2]");
    expect("[-0]", "[1]", "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(nesting_ends_at_64),
        fixture_test(chains_end_at_256),
        fixture_test(an_error_says_where_it_was_too_deep),
        fixture_test(steps_run_out),
        fixture_test(what_multiplies_is_stopped),
        fixture_test(an_arena_that_is_over_fails),
        fixture_test(a_large_expression_needs_room),
        fixture_test(deep_data_is_no_matter),
        fixture_test(outlandish_indexes_find_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * A command line as people type it, and what they are told when they slip.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/options.h"

static const char *const formats[] = {"text", "json", "dot", NULL};

static const struct option table[] = {
    {.name = "format", .choices = formats, .says = "how it is printed"},
    {.name = "strict", .says = "warnings count as mistakes"},
    {.name = "title", .argument = "TEXT", .says = "the name of the document"},
    {.name = NULL},
};

struct line {
    struct arena arena;
    struct options options;
    struct options_mistake mistake;
    struct str told; /* message and hint */
};

static int line_begin(void **state)
{
    struct line *line = calloc(1, sizeof(*line));
    arena_init(&line->arena, NULL, 1 << 20);
    *state = line;
    return 0;
}

static int line_end(void **state)
{
    struct line *line = *state;
    arena_done(&line->arena);
    free(line);
    return 0;
}

/* The words of `text`, parted by blanks. */
static bool parse(struct line *line, const char *text)
{
    char *arguments[16] = {0};
    int count = 0;
    struct str rest = str_of(text), word;
    while (str_cut(&rest, ' ', &word))
        arguments[count++] = (char *)(uintptr_t)str_copy(&line->arena, word).at;
    if (options_parse(&line->arena, table, count, arguments, &line->options, &line->mistake))
        return true;
    bool has_hint = line->mistake.hint.length > 0;
    line->told = str_format(&line->arena, "%.*s%s%.*s", STR_ARGS(line->mistake.message),
                            has_hint ? "; " : "", STR_ARGS(line->mistake.hint));
    return false;
}

#define assert_refused(line, text, expected)                                                       \
    do {                                                                                           \
        assert_false(parse((line), (text)));                                                       \
        assert_string_equal((line)->told.at, (expected));                                          \
    } while (0)

static void test_words_and_options_stand_in_any_order(void **state)
{
    struct line *line = *state;
    assert_true(parse(line, "shop.yaml --format json --strict GET"));
    assert_int_equal(line->options.word_count, 2);
    assert_string_equal(line->options.words[0], "shop.yaml");
    assert_string_equal(line->options.words[1], "GET");
    assert_int_equal(options_choice(&line->options, "format"), 1);
    assert_true(options_has(&line->options, "strict"));
    assert_null(options_text(&line->options, "title"));
}

static void test_what_is_not_said_is_the_first_choice(void **state)
{
    struct line *line = *state;
    assert_true(parse(line, "shop.yaml"));
    assert_int_equal(options_choice(&line->options, "format"), 0);
    assert_false(options_has(&line->options, "format"));
    assert_false(options_has(&line->options, "strict"));
}

static void test_a_value_may_stand_behind_an_equals_sign(void **state)
{
    struct line *line = *state;
    assert_true(parse(line, "--format=dot --title=-a=b-"));
    assert_int_equal(options_choice(&line->options, "format"), 2);
    assert_string_equal(options_text(&line->options, "title"), "-a=b-");
}

static void test_the_last_of_several_values_counts(void **state)
{
    struct line *line = *state;
    assert_true(parse(line, "--format json --format text"));
    assert_int_equal(options_choice(&line->options, "format"), 0);
}

static void test_behind_two_dashes_everything_is_a_word(void **state)
{
    struct line *line = *state;
    assert_true(parse(line, "--strict -- --format --help -x -"));
    assert_int_equal(line->options.word_count, 4);
    assert_string_equal(line->options.words[0], "--format");
    assert_false(line->options.wants_help);
    assert_true(parse(line, "-"));
    assert_int_equal(line->options.word_count, 1);
}

static void test_help_wins_over_every_mistake(void **state)
{
    struct line *line = *state;
    assert_true(parse(line, "--nonsense --help"));
    assert_true(line->options.wants_help);
    assert_true(parse(line, "a -h b"));
    assert_true(line->options.wants_help);
}

static void test_an_unknown_option_is_named_and_the_near_one_offered(void **state)
{
    struct line *line = *state;
    assert_refused(line, "--fromat json", "unknown option '--fromat'; did you mean '--format'?");
    assert_refused(line, "--stict=on", "unknown option '--stict'; did you mean '--strict'?");
    assert_refused(line, "--colour", "unknown option '--colour'");
    assert_refused(line, "-f json", "unknown option '-f'");
}

static void test_a_wrong_value_is_answered_with_the_right_ones(void **state)
{
    struct line *line = *state;
    assert_refused(line, "--format jsn",
                   "--format takes text, json or dot, not 'jsn'; did you mean 'json'?");
    assert_refused(line, "--format yaml", "--format takes text, json or dot, not 'yaml'");
    assert_refused(line, "--format", "--format needs a value: text, json or dot");
    assert_refused(line, "--format= x", "--format needs a value: text, json or dot");
    assert_refused(line, "--title --strict", "--title needs a value: TEXT");
    assert_refused(line, "--strict=yes", "--strict takes no value");
}

static void check_place(struct line *line, const char *text, int argument, size_t offset,
                        size_t length)
{
    assert_false(parse(line, text));
    assert_int_equal(line->mistake.argument, argument);
    assert_int_equal(line->mistake.offset, offset);
    assert_int_equal(line->mistake.length, length);
}

static void test_a_mistake_has_its_place(void **state)
{
    check_place(*state, "a --format yaml", 2, 0, 4);
    check_place(*state, "a --format=yaml b", 1, 9, 4);
    check_place(*state, "a b --fromat=json", 2, 0, 8);
    check_place(*state, "--format", 0, 0, 8);
    check_place(*state, "--format= x", 0, 9, 0);
    check_place(*state, "--strict=yes", 0, 0, 12);
    check_place(*state, "-f", 0, 0, 2);
}

static void test_help_shows_each_option_on_a_line(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    options_describe(table, to);
    fclose(to);
    assert_string_equal(text, "  --format text|json|dot    how it is printed\n"
                              "  --strict                  warnings count as mistakes\n"
                              "  --title TEXT              the name of the document\n");
    free(text);
}

static void test_no_table_takes_no_option(void **state)
{
    struct line *line = *state;
    char argument[] = "--strict";
    char *arguments[] = {argument};
    assert_false(options_parse(&line->arena, NULL, 1, arguments, &line->options, &line->mistake));
    assert_string_equal(line->mistake.message.at, "unknown option '--strict'");
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, line_begin, line_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(test_words_and_options_stand_in_any_order),
        STORY(test_what_is_not_said_is_the_first_choice),
        STORY(test_a_value_may_stand_behind_an_equals_sign),
        STORY(test_the_last_of_several_values_counts),
        STORY(test_behind_two_dashes_everything_is_a_word),
        STORY(test_help_wins_over_every_mistake),
        STORY(test_an_unknown_option_is_named_and_the_near_one_offered),
        STORY(test_a_wrong_value_is_answered_with_the_right_ones),
        STORY(test_a_mistake_has_its_place),
        STORY(test_help_shows_each_option_on_a_line),
        STORY(test_no_table_takes_no_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

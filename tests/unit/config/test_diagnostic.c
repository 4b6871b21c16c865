/*
 * What somebody reads who has made a mistake.
 */
#include "printed.h"

static struct place place_at(const struct source_file *file, uint32_t line, uint32_t column,
                             uint32_t length)
{
    return (struct place){.file = file, .line = line, .column = column, .length = length};
}

static void a_mistake_shows_its_line(void **state)
{
    struct world *world = *state;
    struct source_file file = {
        STR("shop.yaml"),
        STR("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n      fallbak: { value: null }\n")};
    struct str names[] = {STR("timeout"), STR("fallback")};
    diagnostics_error(&world->diagnostics, place_at(&file, 14, 7, 7),
                      diagnostic_did_you_mean(&world->arena, STR("fallbak"), names, 2),
                      "unknown key '%s' in call '%s'", "fallbak", "customer");
    assert_printed(world, "shop.yaml:14:7: error: unknown key 'fallbak' in call 'customer'\n"
                          "   14 |       fallbak: { value: null }\n"
                          "      |       ^~~~~~~ did you mean 'fallback'?\n");
    assert_true(diagnostics_has_errors(&world->diagnostics));
}

static void without_a_file_or_line(void **state)
{
    struct world *world = *state;
    struct source_file file = {STR("gone.yaml"), STR_NONE};
    diagnostics_error(&world->diagnostics, (struct place){.file = &file}, STR_NONE,
                      "cannot be read: %s", "No such file or directory");
    diagnostics_add(&world->diagnostics, SEVERITY_NOTE, (struct place){0}, NULL, STR("write one"),
                    "no file was named");
    assert_printed(world, "braid: note: no file was named; write one\n"
                          "gone.yaml: error: cannot be read: No such file or directory\n");
}

static void in_the_order_of_the_files_and_lines(void **state)
{
    struct world *world = *state;
    struct source_file a = {STR("a.yaml"), STR("x: y\nz: y\n")};
    struct source_file b = {STR("b.yaml"), STR("q: r")};
    diagnostics_error(&world->diagnostics, place_at(&b, 1, 1, 1), STR_NONE, "third");
    diagnostics_error(&world->diagnostics, place_at(&a, 2, 1, 1), STR_NONE, "second");
    diagnostics_add(&world->diagnostics, SEVERITY_WARNING, place_at(&a, 1, 4, 1), "some-name",
                    STR_NONE, "first");
    assert_printed(world, "a.yaml:1:4: warning: first [some-name]\n"
                          "    1 | x: y\n"
                          "      |    ^\n"
                          "a.yaml:2:1: error: second\n"
                          "    2 | z: y\n"
                          "      | ^\n"
                          "b.yaml:1:1: error: third\n"
                          "    1 | q: r\n"
                          "      | ^\n");
    assert_int_equal(world->diagnostics.counts[SEVERITY_ERROR], 2);
    assert_int_equal(world->diagnostics.counts[SEVERITY_WARNING], 1);
}

static void the_same_is_said_once(void **state)
{
    struct world *world = *state;
    struct source_file file = {STR("a.yaml"), STR("x: y\n")};
    for (int i = 0; i < 3; i++)
        diagnostics_error(&world->diagnostics, place_at(&file, 1, 1, 1), STR_NONE, "wrong");
    diagnostics_error(&world->diagnostics, place_at(&file, 1, 4, 1), STR_NONE, "wrong");
    assert_int_equal(world->diagnostics.count, 2);
    assert_int_equal(world->diagnostics.counts[SEVERITY_ERROR], 2);
}

static void hostile_bytes_are_harmless(void **state)
{
    struct world *world = *state;
    struct source_file file = {STR("a\x1b[2J.yaml"),
                               STR("\tk\x1b[31m: \xE2\x80\xAE\xC3\xA9 \xFF!\r\n")};
    diagnostics_error(&world->diagnostics, place_at(&file, 1, 16, 1), STR("\x07hint"),
                      "a \"%s\" here", "\x1b]0;title\x07");
    assert_printed(world, "a?[2J.yaml:1:16: error: a \"?]0;title?\" here\n"
                          "    1 |  k?[31m: ?\xC3\xA9 ?!\n"
                          "      |             ^ ?hint\n");
}

static void a_long_line_is_cut_around_the_caret(void **state)
{
    struct world *world = *state;
    char line[1000];
    for (size_t i = 0; i < sizeof(line); i++)
        line[i] = (char)('0' + i / 10 % 10);
    struct source_file file = {STR("a.yaml"), {line, sizeof(line)}};
    diagnostics_error(&world->diagnostics, place_at(&file, 1, 501, 400), STR("here"), "wrong");
    const char *printed = world_printed(world);
    const char *shown = strstr(printed, "    1 | ");
    assert_non_null(shown);
    assert_memory_equal(shown + 8, "...4444444444555", 16);
    assert_int_equal(strcspn(shown, "\n"), 8 + 3 + 120 + 3);
    const char *caret = strchr(shown, '\n') + 1;
    assert_int_equal(strcspn(caret, "^"), 8 + 3 + 60);
    assert_int_equal(strspn(strchr(caret, '^'), "^~"), 60);
}

static void beyond_a_thousand_they_are_counted(void **state)
{
    struct world *world = *state;
    struct source_file file = {STR("a.yaml"), STR("x")};
    for (int i = 0; i < 1005; i++)
        diagnostics_error(&world->diagnostics, place_at(&file, 1, 1, 1), STR_NONE, "wrong %d", i);
    assert_int_equal(world->diagnostics.count, 1000);
    assert_int_equal(world->diagnostics.counts[SEVERITY_ERROR], 1005);
    assert_non_null(strstr(world_printed(world), "braid: note: 5 more are not shown\n"));
}

static void near_names_are_offered(void **state)
{
    struct world *world = *state;
    struct str names[] = {STR("customer"), STR("order"), STR("id")};
    assert_str(diagnostic_did_you_mean(&world->arena, STR("custmer"), names, 3),
               "did you mean 'customer'?");
    assert_str(diagnostic_did_you_mean(&world->arena, STR("Order"), names, 3),
               "did you mean 'order'?");
    assert_true(str_is_empty(diagnostic_did_you_mean(&world->arena, STR("xy"), names, 3)));
    assert_true(str_is_empty(diagnostic_did_you_mean(&world->arena, STR("payment"), names, 3)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        story(a_mistake_shows_its_line),
        story(without_a_file_or_line),
        story(in_the_order_of_the_files_and_lines),
        story(the_same_is_said_once),
        story(hostile_bytes_are_harmless),
        story(a_long_line_is_cut_around_the_caret),
        story(beyond_a_thousand_they_are_counted),
        story(near_names_are_offered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

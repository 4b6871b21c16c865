/*
 * The public compliance cases of JMESPath (jmespath/jmespath.test): every expression of every file
 * must give the result that stands beside it, or fail where an error stands there.
 */
#include "jmespath_fixture.h"

#include "base/json/make.h"

#include <glob.h>
#include <stdio.h>

#define SUITE BRAID_TESTDATA "/jmespath"

struct tally {
    unsigned passed;
    unsigned all;
};

static struct json suite_member(struct json object, const char *name)
{
    struct json value = json_null();
    json_member(object, str_of(name), &value);
    return value;
}

static bool suite_case_passes(struct fixture *fixture, struct json given, struct json entry)
{
    struct json result, value;
    bool has_result = json_member(entry, STR("result"), &result);
    struct str text = json_string_decode(&fixture->arena, suite_member(entry, "expression"));
    struct jmespath *expression = jmespath_compile(&fixture->arena, text, &fixture->error);
    if (!expression) {
        assert_true(fixture->error.at + fixture->error.length <= text.length);
        assert_true(fixture->error.message.length > 0);
        return !has_result;
    }
    fixture->frame.root = given;
    fixture->frame.steps_left = JMESPATH_STEPS_DEFAULT;
    if (!jmespath_evaluate(expression, &fixture->frame, &value, &fixture->why))
        return !has_result;
    return has_result && json_is_equal(value, result);
}

static void suite_run_group(struct fixture *fixture, struct json group, struct tally *tally)
{
    struct json entry;
    struct json_iterator iterator = json_iterate(suite_member(group, "cases"));
    while (json_next(&iterator, NULL, &entry)) {
        if (!json_is_null(suite_member(entry, "bench")))
            continue;
        tally->all++;
        if (suite_case_passes(fixture, suite_member(group, "given"), entry)) {
            tally->passed++;
            continue;
        }
        struct str text = json_text(&fixture->arena, suite_member(entry, "expression"));
        print_message("  fails: %.*s\n", STR_ARGS(text));
    }
}

static struct json suite_read(struct fixture *fixture, const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t room = (size_t)1 << 20;
    char *text = arena_bytes(&fixture->arena, room);
    size_t length = fread(text, 1, room - 1, file);
    fclose(file);
    text[length] = '\0';
    return fixture_json(fixture, text);
}

static struct tally suite_run_file(const char *path)
{
    void *state;
    struct tally tally = {0, 0};
    fixture_setup(&state);
    struct json group;
    struct json_iterator iterator = json_iterate(suite_read(state, path));
    while (json_next(&iterator, NULL, &group))
        suite_run_group(state, group, &tally);
    fixture_teardown(&state);
    return tally;
}

static void every_public_case_passes(void **state)
{
    (void)state;
    struct tally total = {0, 0};
    glob_t files;
    if (glob(SUITE "/*.json", 0, NULL, &files) != 0) {
        print_message("skipped: %s is not there\n", SUITE);
        skip();
    }
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct tally tally = suite_run_file(files.gl_pathv[i]);
        print_message("%s: %u of %u cases\n", strrchr(files.gl_pathv[i], '/') + 1, tally.passed,
                      tally.all);
        total.passed += tally.passed;
        total.all += tally.all;
    }
    globfree(&files);
    print_message("JMESPath compliance: %u of %u cases\n", total.passed, total.all);
    assert_true(total.all > 0);
    assert_int_equal(total.passed, total.all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_public_case_passes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The functions: our six with their failures, and those of the specification where braid promises
 * more than the public cases ask (digits that stay, duplicates, stable order).
 */
#include "jmespath_fixture.h"

#include <stdio.h>

#define PRODUCTS                                                                                   \
    "{\"products\": [{\"id\": 1, \"name\": \"pen\"}, {\"id\": 2, \"name\": \"ink\"},"              \
    " {\"id\": 1.0, \"name\": \"nib\"}, 7, {\"name\": \"none\"}, {\"id\": null, \"name\": "        \
    "\"null\"}]}"

#define expect(expression, document, result)                                                       \
    assert_string_equal(fixture_search(*state, expression, document), result)

static void lookup_finds_the_first_row(void **state)
{
    expect("lookup(products, 'id', `2`).name", PRODUCTS, "\"ink\"");
    expect("lookup(products, 'id', `1`).name", PRODUCTS, "\"pen\"");
    expect("lookup(products, 'id', `1e0`).name", PRODUCTS, "\"pen\"");
    expect("lookup(products, 'id', '1')", PRODUCTS, "null");
    expect("lookup(products, 'id', `9`)", PRODUCTS, "null");
    expect("lookup(products, 'id', absent).name", PRODUCTS, "\"null\"");
    expect("lookup(absent, 'id', `1`)", PRODUCTS, "null");
    expect("lookup(absent, `7`, `1`)", PRODUCTS, "null");
    expect("lookup('text', 'id', `1`)", PRODUCTS, "!invalid-type");
    expect("lookup(products, `1`, `1`)", PRODUCTS, "!invalid-type");
}

static void lookup_all_finds_every_row_in_order(void **state)
{
    expect("lookup_all(products, 'id', `1`)[].name", PRODUCTS, "[\"pen\",\"nib\"]");
    expect("lookup_all(products, 'id', `9`)", PRODUCTS, "[]");
    expect("lookup_all(absent, 'id', `1`)", PRODUCTS, "null");
}

/* {"rows": [{"id": 0, "group": 0}, {"id": 1, "group": 1}, … {"id": 99, "group": 0}, …]} */
static const char *many_rows(struct arena *arena, unsigned count)
{
    char *text = arena_bytes(arena, (size_t)count * 40 + 40);
    char *to = text + sprintf(text, "{\"rows\": [");
    for (unsigned i = 0; i < count; i++)
        to += sprintf(to, "%s{\"id\": %u, \"group\": %u}", i ? ", " : "", i, i % 3);
    sprintf(to, "]}");
    return text;
}

static void long_arrays_are_indexed_once(void **state)
{
    struct fixture *fixture = *state;
    const char *document = many_rows(&fixture->arena, 1000);
    expect("lookup(rows, 'id', `999`).group", document, "0");
    expect("length(lookup_all(rows, 'group', `1`))", document, "333");
    expect("lookup_all(rows, 'group', `2`)[:2].id", document, "[2,5]");
    expect("lookup(rows, 'id', `1000`)", document, "null");

    /* The same array again: the index is there, so the second lookup takes next to no steps. */
    struct jmespath *expression = jmespath_compile(
        &fixture->arena, STR("[lookup(rows, 'id', `5`), lookup(rows, 'id', `7`)]"), NULL);
    fixture->frame.steps_left = JMESPATH_STEPS_DEFAULT;
    fixture->frame.indexes = NULL;
    assert_string_equal(fixture_evaluate(fixture, expression),
                        "[{\"id\": 5, \"group\": 2},{\"id\": 7, \"group\": 1}]");
    uint64_t first = JMESPATH_STEPS_DEFAULT - fixture->frame.steps_left;
    assert_in_range(first, 1000, 3000);
    fixture_evaluate(fixture, expression);
    uint64_t second = JMESPATH_STEPS_DEFAULT - fixture->frame.steps_left - first;
    assert_in_range(second, 1, 20);
}

static void different_keys_and_arrays_have_indexes_of_their_own(void **state)
{
    struct fixture *fixture = *state;
    const char *rows = many_rows(&fixture->arena, 20);
    expect("[lookup(rows, 'id', `2`).id, lookup(rows, 'group', `2`).id, "
           "lookup(rows[?id > `4`], 'group', `2`).id, lookup(reverse(rows), 'group', `2`).id]",
           rows, "[2,2,5,17]");
}

static void unique_keeps_the_first(void **state)
{
    expect("unique(@)", "[3, 1, 3.0, \"3\", 1e0, null, null, {\"a\": 1}, {\"a\": 1.0}]",
           "[3,1,\"3\",null,{\"a\": 1}]");
    expect("unique(@)", "[\"a\", \"\\u0061\", \"b\"]", "[\"a\",\"b\"]");
    expect("unique(@)", "[]", "[]");
    expect("unique(@)", "null", "null");
    expect("unique(@)", "{}", "!invalid-type");
}

static void split_cuts_texts(void **state)
{
    expect("split(@, ',')", "\"a,b,,c\"", "[\"a\",\"b\",\"\",\"c\"]");
    expect("split(@, ', ')", "\"a, b\"", "[\"a\",\"b\"]");
    expect("split(@, ',')", "\"\"", "[\"\"]");
    expect("split(@, ',')", "\"none\"", "[\"none\"]");
    expect("split(@, '\u2192')", "\"a\\u2192b\"", "[\"a\",\"b\"]");
    expect("split(@, '')", "\"a,b\"", "!invalid-value");
    expect("split(@, '')", "null", "null");
    expect("split(@, ',')", "7", "!invalid-type");
    expect("split(@, `7`)", "\"a\"", "!invalid-type");
}

static void replace_replaces_every_one(void **state)
{
    expect("replace(@, '-', '_')", "\"a-b-c\"", "\"a_b_c\"");
    expect("replace(@, 'aa', 'b')", "\"aaaaa\"", "\"bba\"");
    expect("replace(@, 'b', 'long')", "\"abc\"", "\"alongc\"");
    expect("replace(@, 'x', '')", "\"axbx\"", "\"ab\"");
    expect("replace(@, 'x', 'y')", "\"\"", "\"\"");
    expect("replace(@, '', 'y')", "\"a\"", "!invalid-value");
    expect("replace(@, 'x', 'y')", "null", "null");
    expect("replace(@, 'x', `1`)", "\"a\"", "!invalid-type");
}

static void now_is_the_wall_clock_of_the_frame(void **state)
{
    struct fixture *fixture = *state;
    fixture->frame.wall = (usec)1767323045678000;
    expect("now()", "null", "\"2026-01-02T03:04:05.678Z\"");
    expect("starts_with(now(), '2026-')", "null", "true");
}

static void digits_stay_as_they_came(void **state)
{
    expect("to_number(@)", "\"12345678901234567890.10\"", "12345678901234567890.10");
    expect("to_number(@)", "\"1E+2\"", "1E+2");
    expect("to_number(@)", "\" 1\"", "null");
    expect("to_number(@)", "\"1 \"", "null");
    expect("to_number(@)", "\"01\"", "null");
    expect("to_number(@)", "\"\"", "null");
    expect("to_number(@)", "1.10", "1.10");
    expect("to_string(@)", "1.10", "\"1.10\"");
    expect("to_string(@)", "{ \"a b\" : [ 1.0, \"x \\\" y\" ] }",
           "\"{\\\"a b\\\":[1.0,\\\"x \\\\\\\" y\\\"]}\"");
    expect("max(@)", "[1.10, 12345678901234567891, 12345678901234567890]", "12345678901234567891");
    expect("sort(@)", "[12345678901234567891, 12345678901234567890, 1e-400]",
           "[1e-400,12345678901234567890,12345678901234567891]");
    expect("abs(@)", "-12345678901234567890", "12345678901234567890");
    expect("floor(@)", "12345678901234567890", "12345678901234567890");
    expect("[?@ > `12345678901234567890`]", "[12345678901234567891]", "[12345678901234567891]");
    expect("@ == `1`", "1.0", "true");
}

static void what_is_not_finite_is_null(void **state)
{
    expect("sum(@)", "[1e400, 1]", "null");
    expect("avg(@)", "[1e308, 1e308]", "null");
    expect("ceil(@)", "1e400", "null");
    expect("ceil(@)", "-1.5", "-1");
    expect("floor(@)", "-1.5", "-2");
}

static void a_repeated_member_counts_once(void **state)
{
    const char *twice = "{\"a\": 1, \"b\": 2, \"\\u0061\": 3}";
    expect("a", twice, "3");
    expect("keys(@)", twice, "[\"a\",\"b\"]");
    expect("values(@)", twice, "[3,2]");
    expect("*", twice, "[3,2]");
    expect("length(@)", twice, "2");
    expect("merge(@, `{\"b\": 4}`)", twice, "{\"a\":3,\"b\":4}");
    expect("{a: a, a: b}", twice, "{\"a\":2}");
}

static void sorting_is_stable(void **state)
{
    expect("sort_by(@, &k)[].v",
           "[{\"k\": 2, \"v\": 1}, {\"k\": 1, \"v\": 2}, {\"k\": 2.0, \"v\": 3},"
           " {\"k\": 1, \"v\": 4}, {\"k\": 0, \"v\": 5}]",
           "[5,2,4,1,3]");
    expect("sort(@)", "[\"b\", \"\\u0061\", \"\\ud834\\udd1e\", \"\\uffee\"]",
           "[\"\\u0061\",\"b\",\"\\uffee\",\"\\ud834\\udd1e\"]");
    expect("max_by(@, &k).v", "[{\"k\": 1, \"v\": 1}, {\"k\": 1, \"v\": 2}]", "1");
    expect("sort(@)", "[1, \"a\"]", "!invalid-type");
}

static void texts_are_counted_in_code_points(void **state)
{
    expect("length(@)", "\"a\\u00e9\\ud834\\udd1e\"", "3");
    expect("reverse(@)", "\"a\u00e9\U0001d11e\"", "\"\U0001d11e\u00e9a\"");
    expect("contains(@, '')", "\"\"", "true");
    expect("contains(@, `1`)", "\"1\"", "false");
    expect("join('-', @)", "[\"a\", \"b\"]", "\"a-b\"");
}

static void not_takes_the_path_behind_it(void **state)
{
    expect("!a.b", "{\"a\": {\"b\": true}}", "false");
    expect("!a[0]", "{\"a\": [false]}", "true");
    expect("!a == `true`", "{\"a\": 1}", "false");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(lookup_finds_the_first_row),
        fixture_test(lookup_all_finds_every_row_in_order),
        fixture_test(long_arrays_are_indexed_once),
        fixture_test(different_keys_and_arrays_have_indexes_of_their_own),
        fixture_test(unique_keeps_the_first),
        fixture_test(split_cuts_texts),
        fixture_test(replace_replaces_every_one),
        fixture_test(now_is_the_wall_clock_of_the_frame),
        fixture_test(digits_stay_as_they_came),
        fixture_test(what_is_not_finite_is_null),
        fixture_test(a_repeated_member_counts_once),
        fixture_test(sorting_is_stable),
        fixture_test(texts_are_counted_in_code_points),
        fixture_test(not_takes_the_path_behind_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

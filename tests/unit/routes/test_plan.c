/*
 * The plan: who waits for whom, made from what is mentioned.
 */
#include "tests/unit/routes/fixture.h"

static void load_calls(struct fixture *fixture, const char *calls)
{
    struct str yaml = str_format(&fixture->arena,
                                 SHOP "routes:\n"
                                      "  POST /x/{id}:\n"
                                      "    calls:\n%s\n",
                                 calls);
    fixture_load(fixture, yaml.at);
}

/* "a b": the names of the calls in the list, in order. */
static const char *names(struct fixture *fixture, const uint32_t *list, uint32_t count)
{
    struct str text = STR("");
    for (uint32_t i = 0; i < count; i++)
        text = str_format(&fixture->arena, "%.*s%s%.*s", STR_ARGS(text), i ? " " : "",
                          STR_ARGS(fixture_route(fixture)->calls[list[i]].name));
    return text.at;
}

static void waits_for(struct fixture *fixture, const char *call, const char *expected)
{
    const struct call *found = fixture_call(fixture, call);
    assert_string_equal(names(fixture, found->waits_for, found->waits_for_count), expected);
}

static void unblocks(struct fixture *fixture, const char *call, const char *expected)
{
    const struct call *found = fixture_call(fixture, call);
    assert_string_equal(names(fixture, found->unblocks, found->unblocks_count), expected);
}

static void test_calls_that_mention_nobody_start_at_once(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      a: users GET /a/${path.id}\n"
                        "      b: users GET /b?x=${query.x}");
    assert_fine(fixture);
    waits_for(fixture, "a", "");
    waits_for(fixture, "b", "");
    unblocks(fixture, "a", "");
    assert_false(fixture_call(fixture, "a")->target_mentions_call);
}

static void test_every_text_makes_an_edge(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      a: users GET /a\n"
                        "      b: users GET /b\n"
                        "      target: users GET /${a.id}\n"
                        "      asking: { request: users GET /q, query: { x: \"${a}\" } }\n"
                        "      header: { request: users GET /h, headers: { X: \"${a.x}\" } }\n"
                        "      bodied: { request: users POST /b, body: { x: [\"${b}\"] } }\n"
                        "      maybe: { request: users GET /m, when: \"${b || a}\" }\n"
                        "      rows: { request: \"users GET /e/${x}\", each: \"x in ${b.x}\" }\n"
                        "      plain: { request: \"users GET /p\", each: \"x in ${b.x}\" }\n"
                        "      later: { request: users GET /l, after: [b, a] }\n"
                        "      judged: { request: \"users GET /m/${meta.a.status}\" }\n");
    assert_fine(fixture);
    static const struct {
        const char *call;
        const char *waits_for;
        bool target_mentions_call;
    } cases[] = {
        {"target", "a", true},  {"asking", "a", true},   {"header", "a", false},
        {"bodied", "b", false}, {"maybe", "a b", false}, {"rows", "b", true},
        {"plain", "b", false},  {"later", "a b", false}, {"judged", "a", true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        waits_for(fixture, cases[i].call, cases[i].waits_for);
        assert_int_equal(fixture_call(fixture, cases[i].call)->target_mentions_call,
                         cases[i].target_mentions_call);
    }
    unblocks(fixture, "a", "target asking header maybe later judged");
    unblocks(fixture, "b", "bodied maybe rows plain later");
    const struct call *a = fixture_call(fixture, "a");
    assert_int_equal(fixture_route(fixture)->slots.list[a->meta_slot].kind, SLOT_META);
    assert_int_equal(fixture_route(fixture)->slots.list[a->slot].kind, SLOT_CALL);
}

static void test_a_rung_waits_where_its_call_does_not(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      a: users GET /a\n"
                        "      b:\n"
                        "        request: users GET /b\n"
                        "        fallback:\n"
                        "          - request: users GET /b/${a.id}\n"
                        "          - value: { of: \"${meta.a.age}\" }\n");
    assert_fine(fixture);
    waits_for(fixture, "b", "");
    const struct call *b = fixture_call(fixture, "b");
    assert_string_equal(names(fixture, b->ladder[0].waits_for, b->ladder[0].waits_for_count), "a");
    assert_string_equal(names(fixture, b->ladder[1].waits_for, b->ladder[1].waits_for_count), "a");
}

static void test_a_cycle_shows_its_path(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      a: users GET /${c.x}\n"
                        "      b: users GET /${a.x}\n"
                        "      c: users GET /${b.x}\n"
                        "      d: users GET /${a.x}\n");
    assert_said(fixture, "shop.yaml:7:7: error: calls wait for each other: a → c → b → a");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_ERROR], 1);
}

static void test_a_call_that_waits_for_itself(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      a: { request: users GET /a, after: [a] }");
    assert_said(fixture, "calls wait for each other: a → a");
}

static void test_rungs_count_for_cycles(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      a: users GET /${b.x}\n"
                        "      b:\n"
                        "        request: users GET /b\n"
                        "        fallback: { value: { of: \"${a.x}\" } }\n"
                        "      c:\n"
                        "        request: users GET /c\n"
                        "        fallback: { value: { why: \"${meta.c.reason}\" } }\n");
    assert_said(fixture, "a → b → a");
    assert_said(fixture, "c → c");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_ERROR], 2);
}

static void test_a_diamond_is_no_cycle(void **state)
{
    struct fixture *fixture = *state;
    load_calls(fixture, "      d: users GET /${b.x}/${c.x}\n"
                        "      b: users GET /${a.x}\n"
                        "      c: users GET /${a.x}\n"
                        "      a: users GET /a\n");
    assert_fine(fixture);
    waits_for(fixture, "d", "b c");
    unblocks(fixture, "a", "b c");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_calls_that_mention_nobody_start_at_once),
        TEST(test_every_text_makes_an_edge),
        TEST(test_a_rung_waits_where_its_call_does_not),
        TEST(test_a_cycle_shows_its_path),
        TEST(test_a_call_that_waits_for_itself),
        TEST(test_rungs_count_for_cycles),
        TEST(test_a_diamond_is_no_cycle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

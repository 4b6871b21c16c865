/*
 * Templates: from the YAML of a `body:` and the values of calls to JSON.
 */
#include "tests/unit/routes/fixture.h"

/* A route with the calls a, b and list whose body is this YAML. */
static void load_body(struct fixture *fixture, const char *body)
{
    struct slices yaml;
    slices_init(&yaml, &fixture->arena);
    slices_copy_literal(&yaml, SHOP "routes:\n"
                                    "  GET /x/{id}:\n"
                                    "    calls:\n"
                                    "      a: users GET /a\n"
                                    "      b: users GET /b\n"
                                    "      list: users GET /list\n"
                                    "    response:\n"
                                    "      body:\n");
    struct str rest = str_of(body);
    struct str line;
    while (str_cut(&rest, '\n', &line)) {
        slices_copy_literal(&yaml, "        ");
        slices_copy(&yaml, line);
        slices_copy_literal(&yaml, "\n");
    }
    fixture_load(fixture, str_copy(&fixture->arena, slices_join(&yaml)).at);
}

struct values {
    const char *a;
    const char *b;
    const char *list;
};

static uint32_t failed_expressions(struct fixture *fixture, struct values values,
                                   struct str *ret_text)
{
    struct evaluation evaluation;
    struct slices out;
    assert_fine(fixture);
    fixture_begin(fixture, &evaluation);
    fixture_set(fixture, &evaluation, SLOT_CALL, "a", values.a ? values.a : "null");
    fixture_set(fixture, &evaluation, SLOT_CALL, "b", values.b ? values.b : "null");
    fixture_set(fixture, &evaluation, SLOT_CALL, "list", values.list ? values.list : "null");
    slices_init(&out, &fixture->arena);
    template_write(fixture_route(fixture)->response.body, &evaluation, &out);
    *ret_text = slices_join(&out);
    struct json read;
    assert_int_equal(json_check(*ret_text, &json_limits_default, &read, NULL), JSON_OK);
    return evaluation.failed_expressions;
}

/* Nothing fails. */
static void writes(struct fixture *fixture, struct values values, const char *expected)
{
    struct str text;
    assert_int_equal(failed_expressions(fixture, values, &text), 0);
    assert_text(text, expected);
}

static void writes_failing(struct fixture *fixture, struct values values, uint32_t failed,
                           const char *expected)
{
    struct str text;
    assert_int_equal(failed_expressions(fixture, values, &text), failed);
    assert_text(text, expected);
}

#define VALUES(...) ((struct values){__VA_ARGS__})

/* --- values ------------------------------------------------------------------------------- */

static void test_what_stands_in_the_file_is_json_at_load(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "n: 1.10\n"
                       "t: true\n"
                       "nothing: null\n"
                       "text: NO\n"
                       "quoted: \"1\"\n"
                       "list: [1, two, { three: [] }]\n"
                       "'a\"b': \"line\\nbreak\"");
    const struct template *body = fixture_route(fixture)->response.body;
    struct json constant;
    assert_true(template_is_constant(body, &constant));
    assert_int_equal(json_type(constant), JSON_OBJECT);
    writes(fixture, VALUES(0),
           "{\"n\":1.10,\"t\":true,\"nothing\":null,\"text\":\"NO\",\"quoted\":\"1\","
           "\"list\":[1,\"two\",{\"three\":[]}],\"a\\\"b\":\"line\\nbreak\"}");
}

static void test_values_keep_their_type_and_their_digits(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "whole: ${a}\n"
                       "part: ${b.n}");
    assert_false(template_is_constant(fixture_route(fixture)->response.body,
                                      &(struct json){.type = JSON_NULL}));
    writes(fixture,
           VALUES(.a = "{ \"x\" : 12345678901234567890, \"y\":[1e400, 1.10] }", .b = "{\"n\":1E2}"),
           "{\"whole\":{ \"x\" : 12345678901234567890, \"y\":[1e400, 1.10] },\"part\":1E2}");
}

static void test_a_text_with_values_is_text(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "id: a-${a}-${b}\n"
                       "dollar: costs $${a}\n");
    writes(fixture, VALUES(.a = "1.50", .b = "[1,\"x\"]"),
           "{\"id\":\"a-1.50-1,x\",\"dollar\":\"costs ${a}\"}");
    writes(fixture, VALUES(.a = "1"), "{\"id\":null,\"dollar\":\"costs ${a}\"}");
    writes_failing(fixture, VALUES(.a = "{}", .b = "1"), 1,
                   "{\"id\":null,\"dollar\":\"costs ${a}\"}");
}

static void test_a_body_may_be_one_value(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "${a.name}");
    writes(fixture, VALUES(.a = "{\"name\":\"Ann\"}"), "\"Ann\"");
    writes(fixture, VALUES(0), "null");
}

static void test_an_expression_that_fails_is_null_and_counts(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "bad: \"${length(a)}\"\n"
                       "good: ${b}");
    writes_failing(fixture, VALUES(.a = "1", .b = "2"), 1, "{\"bad\":null,\"good\":2}");
}

/* --- optional members --------------------------------------------------------------------- */

static void test_a_member_with_a_question_mark_is_left_out_when_null(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "first?: ${a}\n"
                       "second?: ${b.x}\n"
                       "never?: null\n"
                       "always?: 1\n"
                       "object?: { x: \"${a}\" }");
    writes(fixture, VALUES(0), "{\"always\":1,\"object\":{\"x\":null}}");
    writes(fixture, VALUES(.a = "false", .b = "{\"x\":\"\"}"),
           "{\"first\":false,\"second\":\"\",\"always\":1,\"object\":{\"x\":false}}");
}

static void test_an_optional_member_that_fails_is_left_out_and_counts(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "x?: \"${length(a)}\"\n"
                       "rows?:\n"
                       "  $each: r in ${list}\n"
                       "  $value: ${r}");
    writes_failing(fixture, VALUES(.a = "1", .list = "{}"), 2, "{}");
    writes(fixture, VALUES(.a = "\"abc\"", .list = "null"), "{\"x\":3,\"rows\":[]}");
}

/* --- spread ------------------------------------------------------------------------------- */

static void test_keys_beside_a_spread_win_wherever_they_stand(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "first: 1\n"
                       "...: ${a}\n"
                       "last: 2\n"
                       "gone?: ${b}");
    writes(fixture, VALUES(.a = "{\"x\":0,\"last\":9,\"first\":9,\"gone\":9,\"y\":0}"),
           "{\"first\":1,\"x\":0,\"y\":0,\"last\":2}");
}

static void test_a_spread_alone_and_an_empty_one(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "...: ${a}");
    writes(fixture, VALUES(.a = "{\"x\": 1.0, \"\\u0079\": {\"z\": []}}"),
           "{\"x\": 1.0, \"\\u0079\": {\"z\": []}}");
    writes(fixture, VALUES(.a = "{}"), "{}");
    writes(fixture, VALUES(0), "{}");
}

static void test_a_later_spread_wins(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "...: [\"${a}\", \"${b}\"]\n"
                       "end: true");
    writes(fixture, VALUES(.a = "{\"x\":1,\"y\":1}", .b = "{\"z\":2,\"x\":2}"),
           "{\"y\":1,\"z\":2,\"x\":2,\"end\":true}");
    writes(fixture, VALUES(.a = "{\"x\":1}"), "{\"x\":1,\"end\":true}");
    writes(fixture, VALUES(.b = "{\"end\":1}"), "{\"end\":true}");
}

static void test_of_duplicates_the_last_is_spread(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "...: ${a}\n"
                       "k: 0");
    writes(fixture, VALUES(.a = "{\"x\":1,\"y\":2,\"\\u0078\":3}"),
           "{\"y\":2,\"\\u0078\":3,\"k\":0}");
    writes(fixture, VALUES(.a = "{\"\\u006b\":1,\"x\":1}"), "{\"x\":1,\"k\":0}");
}

static void test_large_objects_follow_the_same_rules(void **state)
{
    struct fixture *fixture = *state;
    struct str a = STR("{\"m0\":\"old\"");
    struct str b = STR("{\"n0\":0");
    struct str expected = STR("{");
    for (unsigned i = 0; i < 40; i++) {
        a = str_format(&fixture->arena, "%.*s,\"m%u\":%u", STR_ARGS(a), i, i);
        b = str_format(&fixture->arena, "%.*s,\"m%u\":-1", STR_ARGS(b), 2 * i);
        if (i % 2 == 1 && i != 7)
            expected = str_format(&fixture->arena, "%.*s\"m%u\":%u,", STR_ARGS(expected), i, i);
    }
    expected = str_format(&fixture->arena, "%.*s\"n0\":0", STR_ARGS(expected));
    for (unsigned i = 0; i < 40; i++)
        expected = str_format(&fixture->arena, "%.*s,\"m%u\":-1", STR_ARGS(expected), 2 * i);
    expected = str_format(&fixture->arena, "%.*s,\"m7\":true}", STR_ARGS(expected));
    load_body(fixture, "...: [\"${a}\", \"${b}\"]\n"
                       "m7: true");
    a = str_format(&fixture->arena, "%.*s}", STR_ARGS(a));
    b = str_format(&fixture->arena, "%.*s}", STR_ARGS(b));
    writes(fixture, VALUES(.a = a.at, .b = b.at), expected.at);
}

static void test_a_spread_of_what_is_no_object_is_a_failed_expression(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "...: [\"${a}\", \"${b.x}\"]\n"
                       "k: 0");
    writes_failing(fixture, VALUES(.a = "[1]", .b = "{\"x\":\"t\"}"), 2, "{\"k\":0}");
    writes_failing(fixture, VALUES(.a = "false", .b = "{\"x\":{\"y\":1}}"), 1, "{\"y\":1,\"k\":0}");
}

/* --- loops -------------------------------------------------------------------------------- */

static void test_one_element_per_element(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "items:\n"
                       "  $each: item in ${list}\n"
                       "  ...: ${item}\n"
                       "  product: ${lookup(a, 'id', item.p)}\n"
                       "tags:\n"
                       "  $each: t in ${b.tags}\n"
                       "  $value: ${t.label}");
    writes(fixture,
           VALUES(.a = "[{\"id\":1,\"n\":\"one\"},{\"id\":2,\"n\":\"two\"}]",
                  .b = "{\"tags\":[{\"label\":\"x\"},{}]}",
                  .list = "[{\"p\":2},{\"p\":1,\"product\":0},{\"p\":3}]"),
           "{\"items\":[{\"p\":2,\"product\":{\"id\":2,\"n\":\"two\"}},"
           "{\"p\":1,\"product\":{\"id\":1,\"n\":\"one\"}},{\"p\":3,\"product\":null}],"
           "\"tags\":[\"x\",null]}");
}

static void test_zero_one_two_elements_are_arrays(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "$each: x in ${list}\n"
                       "v: ${x}");
    writes(fixture, VALUES(.list = "[]"), "[]");
    writes(fixture, VALUES(.list = "[1]"), "[{\"v\":1}]");
    writes(fixture, VALUES(.list = "[1,null]"), "[{\"v\":1},{\"v\":null}]");
    writes(fixture, VALUES(.list = "null"), "[]");
}

static void test_each_over_what_is_no_array_fails(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "rows:\n"
                       "  $each: x in ${list}\n"
                       "  $value: ${x}\n"
                       "bad:\n"
                       "  $each: x in ${length(a)}\n"
                       "  $value: ${x}");
    writes_failing(fixture, VALUES(.a = "1", .list = "{\"a\":1}"), 2,
                   "{\"rows\":null,\"bad\":null}");
}

static void test_loops_in_loops(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "$each: row in ${list}\n"
                       "$value:\n"
                       "  $each: cell in ${row}\n"
                       "  $value: { r: \"${row[0]}\", c: \"${cell}\", n: \"${length(a)}\" }");
    writes(
        fixture, VALUES(.a = "[1,2]", .list = "[[1,2],[],[3]]"),
        "[[{\"r\":1,\"c\":1,\"n\":2},{\"r\":1,\"c\":2,\"n\":2}],[],[{\"r\":3,\"c\":3,\"n\":2}]]");
}

static void test_what_does_not_mention_the_variable_is_computed_once(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "$each: x in ${list}\n"
                       "n: \"${length(a[?k == 'yes'])}\"\n"
                       "x: ${x}");
    writes(fixture, VALUES(.a = "[{\"k\":\"yes\"},{\"k\":\"no\"}]", .list = "[7,8]"),
           "[{\"n\":1,\"x\":7},{\"n\":1,\"x\":8}]");
    assert_int_equal(fixture_route(fixture)->slots.memo_count, 1);
}

static void test_constant_elements_are_repeated(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "$each: x in ${list}\n"
                       "k: [1, 2]");
    writes(fixture, VALUES(.list = "[0,0]"), "[{\"k\":[1,2]},{\"k\":[1,2]}]");
}

static void test_output_beyond_the_arena_stops_and_is_valid(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "$each: x in ${list}\n"
                       "$value:\n"
                       "  $each: y in ${list}\n"
                       "  $value: { x: \"${x}\", y: \"${y}\" }");
    assert_fine(fixture);
    struct str list = STR("[0");
    for (unsigned i = 0; i < 300; i++)
        list = str_format(&fixture->arena, "%.*s,%u", STR_ARGS(list), i);
    list = str_format(&fixture->arena, "%.*s]", STR_ARGS(list));
    struct arena small;
    arena_init(&small, NULL, 64 * 1024);
    struct evaluation evaluation;
    evaluation_init(&evaluation, fixture_route(fixture), &small, fixture->sources, 0);
    fixture_set(fixture, &evaluation, SLOT_CALL, "list", list.at);
    struct slices out;
    slices_init(&out, &small);
    template_write(fixture_route(fixture)->response.body, &evaluation, &out);
    assert_true(arena_is_over(&small));
    assert_true(out.bytes < 256 * 1024);
    assert_true(evaluation.failed_expressions > 0);
    struct json read;
    assert_int_equal(json_check(slices_join(&out), &json_limits_default, &read, NULL), JSON_OK);
    arena_done(&small);
}

/* --- literal keys, values ----------------------------------------------------------------- */

static void test_keys_that_look_special(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "$$each: 1\n"
                       "a??: 2\n"
                       "b$${x}: ${a}\n"
                       "$${y}: 3");
    writes(fixture, VALUES(.a = "0"), "{\"$each\":1,\"a?\":2,\"b${x}\":0,\"${y}\":3}");
}

static void test_the_value_of_a_template(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "x: ${a}");
    struct evaluation evaluation;
    fixture_begin(fixture, &evaluation);
    fixture_set(fixture, &evaluation, SLOT_CALL, "a", "[1,{\"k\":2}]");
    struct json value = template_value(fixture_route(fixture)->response.body, &evaluation);
    struct json member;
    assert_true(json_member(value, STR("x"), &member));
    assert_int_equal(json_type(member), JSON_ARRAY);
    assert_int_equal(member.size, 2);
}

/* --- mistakes ----------------------------------------------------------------------------- */

static void test_mistakes_are_found_at_load(void **state)
{
    static const struct {
        const char *body;
        const char *words;
    } cases[] = {
        {"$map: 1", "unknown key '$map' in a template"},
        {"$value: 1", "'$value' needs '$each'"},
        {"$each: x in ${list}\n$value: 1\nk: 2", "'$value' stands beside other keys"},
        {"$each: x in ${list}", "this '$each' has no element"},
        {"$each: x of ${list}\nk: 1", "'$each' is a name, 'in' and one ${…}"},
        {"$each: x in list\nk: 1", "'$each' is a name, 'in' and one ${…}"},
        {"$each: x in ${list}${list}\nk: 1", "'$each' is a name, 'in' and one ${…}"},
        {"$each: a in ${list}\nk: 1", "would hide the call 'a'"},
        {"$each: path in ${list}\nk: 1", "'path' is reserved"},
        {"$each: x-y in ${list}\nk: 1", "write 'x_y'"},
        {"$each: x in ${list}\n$value:\n  $each: x in ${x}\n  $value: 1",
         "would hide the one of the loop around it"},
        {"k: ${x}", "unknown name 'x'"},
        {"k: ${aa}", "unknown name 'aa'"},
        {"k: ${path.idd}", "the pattern has no parameter 'idd'"},
        {"k${a}: 1", "a key holds no ${…}"},
        {"k: 1\nk?: 2", "the member of 'k?' stands twice"},
        {"...: { k: 1 }", "'...' spreads ${…} or a list of them, not a mapping"},
        {"...: x", "exactly one"},
        {"x: ${a", "no } closes this"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        void *own;
        fixture_setup(&own);
        load_body(own, cases[i].body);
        assert_said((struct fixture *)own, cases[i].words);
        fixture_teardown(&own);
    }
}

static void test_a_variable_ends_with_its_loop(void **state)
{
    struct fixture *fixture = *state;
    load_body(fixture, "one:\n"
                       "  $each: x in ${list}\n"
                       "  $value: ${x}\n"
                       "two: ${x}");
    assert_said(fixture, "shop.yaml:15:16: error: unknown name 'x'");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_stands_in_the_file_is_json_at_load),
        TEST(test_values_keep_their_type_and_their_digits),
        TEST(test_a_text_with_values_is_text),
        TEST(test_a_body_may_be_one_value),
        TEST(test_an_expression_that_fails_is_null_and_counts),
        TEST(test_a_member_with_a_question_mark_is_left_out_when_null),
        TEST(test_an_optional_member_that_fails_is_left_out_and_counts),
        TEST(test_keys_beside_a_spread_win_wherever_they_stand),
        TEST(test_a_spread_alone_and_an_empty_one),
        TEST(test_a_later_spread_wins),
        TEST(test_of_duplicates_the_last_is_spread),
        TEST(test_large_objects_follow_the_same_rules),
        TEST(test_a_spread_of_what_is_no_object_is_a_failed_expression),
        TEST(test_one_element_per_element),
        TEST(test_zero_one_two_elements_are_arrays),
        TEST(test_each_over_what_is_no_array_fails),
        TEST(test_loops_in_loops),
        TEST(test_what_does_not_mention_the_variable_is_computed_once),
        TEST(test_constant_elements_are_repeated),
        TEST(test_output_beyond_the_arena_stops_and_is_valid),
        TEST(test_keys_that_look_special),
        TEST(test_the_value_of_a_template),
        TEST(test_mistakes_are_found_at_load),
        TEST(test_a_variable_ends_with_its_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

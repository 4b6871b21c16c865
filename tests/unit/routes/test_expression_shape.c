/*
 * What is said of an expression before there are values, and that it holds whatever the values are.
 */
#include "base/json/make.h"
#include "routes/answer_shape.h"
#include "routes/expression_shape.h"
#include "routes/template_tree.h"
#include "tests/unit/routes/fixture.h"

/* A route whose body is ${expression}; it may mention the calls a and b, path.id and query.q. */
static void load(struct fixture *fixture, const char *expression)
{
    struct str yaml = str_format(&fixture->arena,
                                 SHOP "routes:\n"
                                      "  GET /x/{id}:\n"
                                      "    calls:\n"
                                      "      a: users GET /a\n"
                                      "      b: orders GET /b\n"
                                      "    response:\n"
                                      "      body:\n"
                                      "        x: >-\n"
                                      "          ${%s}\n"
                                      "        y: ${path.id} ${query.q}\n",
                                 expression);
    fixture->config.service_count = 0;
    fixture->config.route_count = 0;
    fixture_load(fixture, yaml.at);
    assert_fine(fixture);
}

static const struct text *text_of(struct fixture *fixture)
{
    return &fixture_route(fixture)->response.body->pieces[0].value->text;
}

static const char *schema_of(struct fixture *fixture, const char *expression)
{
    load(fixture, expression);
    const struct route *route = fixture_route(fixture);
    struct shape *slots = answer_slot_shapes(&fixture->arena, route);
    struct shape shape = text_shape(&fixture->arena, text_of(fixture), slots);
    struct json schema = shape_schema(&fixture->arena, &fixture->config, &shape);
    return str_copy(&fixture->arena, json_text(&fixture->arena, schema)).at;
}

static void test_types_that_follow_from_the_expression_alone(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *expression;
        const char *schema;
    } cases[] = {
        {"a", "{}"},
        {"a.b", "{}"},
        {"path.id", "{\"type\":\"string\"}"},
        {"query.q", "{\"type\":[\"string\",\"null\"]}"},
        {"path.id.x", "{\"type\":\"null\"}"},
        {"a.b == 'x'", "{\"type\":\"boolean\"}"},
        {"a.b > `1`", "{\"type\":[\"boolean\",\"null\"]}"},
        {"path.id > `1`", "{\"type\":\"null\"}"},
        {"!a", "{\"type\":\"boolean\"}"},
        {"length(a)", "{\"type\":[\"number\",\"null\"]}"},
        {"length(path.id)", "{\"type\":\"number\"}"},
        {"length(path.id) > `2`", "{\"type\":\"boolean\"}"},
        {"to_string(a)", "{\"type\":\"string\"}"},
        {"now()", "{\"type\":\"string\"}"},
        {"not_null(query.q, 'none')", "{\"type\":\"string\"}"},
        {"not_null(a, b)", "{}"},
        {"query.q || 'none'", "{\"type\":\"string\"}"},
        {"query.q && a.b == 'x'", "{\"type\":[\"string\",\"boolean\",\"null\"]}"},
        {"a[]",
         "{\"type\":[\"array\",\"null\"],\"items\":{\"type\":[\"object\",\"array\",\"string\","
         "\"number\",\"boolean\"]}}"},
        {"to_array(a)[].x",
         "{\"type\":\"array\",\"items\":{\"type\":[\"object\",\"array\",\"string\""
         ",\"number\",\"boolean\"]}}"},
        {"a[?x].{n: name, big: size > `2`}",
         "{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"object\",\"properties\":{\"n\":{},"
         "\"big\":{\"type\":[\"boolean\",\"null\"]}},\"required\":[\"n\",\"big\"]}}"},
        {"{i: path.id, a: a}", "{\"type\":\"object\",\"properties\":{\"i\":{\"type\":\"string\"},"
                               "\"a\":{}},\"required\":[\"i\",\"a\"]}"},
        {"a.{x: y}.x", "{}"},
        {"{i: path.id} | i", "{\"type\":\"string\"}"},
        {"[path.id, query.q]", "{\"type\":\"array\",\"items\":{\"type\":[\"string\",\"null\"]}}"},
        {"lookup(a, 'id', path.id)", "{}"},
        {"lookup_all(a, 'id', path.id)", "{\"type\":[\"array\",\"null\"]}"},
        {"sort_by(a, &x)", "{\"type\":[\"array\",\"null\"]}"},
        {"a || `null`", "{}"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_string_equal(schema_of(fixture, cases[i].expression), cases[i].schema);
}

static void test_text_with_values_in_it_is_null_where_one_may_be(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, "a");
    const struct route *route = fixture_route(fixture);
    struct shape *slots = answer_slot_shapes(&fixture->arena, route);
    struct shape shape =
        text_shape(&fixture->arena, &route->response.body->pieces[1].value->text, slots);
    assert_int_equal(shape.types, SHAPE_STRING | SHAPE_NULL);
}

/* --- it holds ------------------------------------------------------------------------------- */

static bool holds(const struct shape *shape, struct json value);

static bool members_hold(const struct shape *shape, struct json object)
{
    uint32_t known = 0;
    for (uint32_t i = 0; i < shape->member_count; i++) {
        struct json member;
        bool is_there = json_member(object, shape->members[i].name, &member);
        if (!is_there && !shape->members[i].is_optional)
            return false;
        if (is_there && !holds(&shape->members[i].shape, member))
            return false;
        known += is_there;
    }
    return shape->is_open || known == object.size;
}

static bool holds(const struct shape *shape, struct json value)
{
    if (!(shape->types & 1u << json_type(value)))
        return false;
    if (shape->is_constant && !json_is_equal(shape->value, value))
        return false;
    if (json_type(value) == JSON_OBJECT && shape->has_members)
        return members_hold(shape, value);
    struct json_iterator iterator = json_iterate(value);
    struct json element;
    while (json_type(value) == JSON_ARRAY && shape->element != NULL &&
           json_next(&iterator, NULL, &element)) {
        if (!holds(shape->element, element))
            return false;
    }
    return true;
}

static void test_no_value_contradicts_what_was_said(void **state)
{
    struct fixture *fixture = *state;
    static const char *const expressions[] = {
        "a",
        "a.x",
        "a.x.y",
        "a[0]",
        "a[]",
        "a[][]",
        "a[*].x",
        "a.*",
        "a.*.x",
        "a[?x]",
        "a[?x > `1`].x",
        "a[::2]",
        "a[::-1]",
        "a.x[]",
        "a[].x[]",
        "a[].{x: x}",
        "a.{x: x, y: b}",
        "[a, b]",
        "{x: a}.x",
        "a == b",
        "a != b",
        "a < b",
        "a.x >= b",
        "!a",
        "a || b",
        "a && b",
        "a.x || b && a",
        "a | x",
        "a | [0]",
        "a | {y: x}",
        "a.[x, y]",
        "abs(a)",
        "avg(a)",
        "ceil(a)",
        "contains(a, b)",
        "ends_with(a, 'x')",
        "floor(a)",
        "join(',', a)",
        "keys(a)",
        "length(a)",
        "lookup(a, 'x', b)",
        "lookup_all(a, 'x', b)",
        "lookup(a, 'x', b).y",
        "lookup(`[]`, 'x', a)",
        "map(&x, a)",
        "max(a)",
        "max_by(a, &x)",
        "merge(a, {z: b})",
        "merge({z: b}, {x: `1`}).x",
        "min(a)",
        "min_by(a, &x)",
        "not_null(a, b)",
        "not_null(a, 'x')",
        "not_null(a.x, b.x, `[]`)",
        "replace(a, 'x', 'y')",
        "reverse(a)",
        "sort(a)",
        "sort_by(a, &x)",
        "split(a, ',')",
        "starts_with(a, 'x')",
        "sum(a)",
        "to_array(a)",
        "to_number(a)",
        "to_string(a)",
        "type(a)",
        "unique(a)",
        "unique(a)[0]",
        "values(a)",
        "values(a)[].x",
        "length(a) == `2`",
        "length(to_string(a)) > `2`",
        "sum(a) || 'none'",
        "to_array(a)[].x | [0]",
        "`{\"x\": [1, {\"y\": null}]}`.x[].y",
        "`[1, [2, [3]]]`[]",
        "a && `null`",
        "`null` || a",
        "[a, 'x'][]",
        "[[a], b][][]",
        "{x: a, y: {z: b}}.y.z",
        "query.q || path.id",
        "join('', [path.id])",
    };
    static const char *const values[] = {
        "null",
        "true",
        "false",
        "0",
        "1.5",
        "\"\"",
        "\"x\"",
        "\"a,x\"",
        "[]",
        "[null]",
        "[1, 2]",
        "[\"a\", \"b\"]",
        "[1, \"a\"]",
        "[[1], [2, [3]]]",
        "{}",
        "{\"x\": 1}",
        "{\"x\": {\"y\": [1]}}",
        "{\"x\": [{\"y\": 2}, null]}",
        "[{\"x\": 1}, {\"x\": 2, \"y\": 3}]",
        "[{\"x\": \"a\"}, {}]",
        "[{\"x\": null}, 7, [{\"x\": [1]}]]",
    };
    size_t checked = 0;
    for (size_t i = 0; i < sizeof(expressions) / sizeof(*expressions); i++) {
        load(fixture, expressions[i]);
        const struct route *route = fixture_route(fixture);
        struct shape *slots = answer_slot_shapes(&fixture->arena, route);
        struct shape shape = text_shape(&fixture->arena, text_of(fixture), slots);
        for (size_t a = 0; a < sizeof(values) / sizeof(*values); a++) {
            for (size_t b = 0; b < sizeof(values) / sizeof(*values); b += 3, checked++) {
                struct evaluation evaluation;
                struct json value = json_null();
                fixture_begin(fixture, &evaluation);
                fixture_set(fixture, &evaluation, SLOT_CALL, "a", values[a]);
                fixture_set(fixture, &evaluation, SLOT_CALL, "b", values[b]);
                fixture_set(fixture, &evaluation, SLOT_PATH, "id", "\"7\"");
                text_evaluate(text_of(fixture), &evaluation.frame, &value);
                if (!holds(&shape, value))
                    fail_msg("%s with a = %s, b = %s gives %.*s", expressions[i], values[a],
                             values[b], STR_ARGS(json_text(&fixture->arena, value)));
            }
        }
    }
    assert_true(checked > 10000);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(test_types_that_follow_from_the_expression_alone),
        STORY(test_text_with_values_in_it_is_null_where_one_may_be),
        STORY(test_no_value_contradicts_what_was_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The schema of an answer, from its template: what is there, what may be null, what may be absent,
 * and on which call that depends.
 */
#include "base/json/make.h"
#include "routes/answer_shape.h"
#include "tests/unit/routes/fixture.h"

/* Of the first route. */
static const char *schema_of(struct fixture *fixture, const char *routes)
{
    struct str yaml = str_format(&fixture->arena, SHOP "routes:\n%s", routes);
    fixture_load(fixture, yaml.at);
    assert_fine(fixture);
    struct shape shape = answer_shape(&fixture->arena, fixture_route(fixture));
    struct json schema = shape_schema(&fixture->arena, &fixture->config, &shape);
    return str_copy(&fixture->arena, json_text(&fixture->arena, schema)).at;
}

static void test_members_are_there_and_constants_are_known(void **state)
{
    assert_string_equal(
        schema_of(*state, "  GET /x/{id}:\n"
                          "    response:\n"
                          "      body: { id: '${path.id}', n: 1.10, on: yes, none: "
                          "null, list: [1, a], deep: { x: true } }\n"),
        "{\"type\":\"object\",\"properties\":{"
        "\"id\":{\"type\":\"string\"},"
        "\"n\":{\"type\":\"number\",\"const\":1.10},"
        "\"on\":{\"type\":\"string\",\"const\":\"yes\"},"
        "\"none\":{\"type\":\"null\"},"
        "\"list\":{\"type\":\"array\",\"items\":{\"type\":[\"string\",\"number\"]}},"
        "\"deep\":{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"boolean\","
        "\"const\":true}},\"required\":[\"x\"]}},"
        "\"required\":[\"id\",\"n\",\"on\",\"none\",\"list\",\"deep\"]}");
}

static void test_a_member_says_on_which_fallback_it_depends(void **state)
{
    assert_string_equal(
        schema_of(*state,
                  "  GET /x:\n"
                  "    calls:\n"
                  "      user: { request: users GET /u, fallback: { value: { name: Unknown, "
                  "mail: null } } }\n"
                  "      seen: { request: orders GET /o, fallback: omit }\n"
                  "    response:\n"
                  "      body:\n"
                  "        name: ${user.name}\n"
                  "        mail: ${user.mail}\n"
                  "        phone: ${user.phone}\n"
                  "        seen?: ${seen.at}\n"
                  "        never: ${seen == `null`}\n"),
        "{\"type\":\"object\",\"properties\":{"
        "\"name\":{},"
        "\"mail\":{\"description\":\"Null when user falls back.\"},"
        "\"phone\":{\"description\":\"Null when user falls back.\"},"
        "\"seen\":{\"description\":\"Absent when seen falls back.\",\"type\":[\"object\",\"array\","
        "\"string\",\"number\",\"boolean\"]},"
        "\"never\":{\"type\":\"boolean\"}},"
        "\"required\":[\"name\",\"mail\",\"phone\",\"never\"]}");
}

static void test_skipped_and_absent_calls_are_named_too(void **state)
{
    assert_string_equal(schema_of(*state, "  GET /x:\n"
                                          "    calls:\n"
                                          "      a: { request: users GET /u, when: '${query.a}' }\n"
                                          "      b: users GET /u/${a.id}\n"
                                          "      c: { request: orders GET /o, absent: [404] }\n"
                                          "    response:\n"
                                          "      body: { b: '${b.x}', c: '${c.x}', bc: '${b.x || "
                                          "c.x}' }\n"),
                        "{\"type\":\"object\",\"properties\":{"
                        "\"b\":{\"description\":\"Null when b is skipped.\"},"
                        "\"c\":{\"description\":\"Null when c is absent.\"},"
                        "\"bc\":{}},"
                        "\"required\":[\"b\",\"c\",\"bc\"]}");
}

static void test_each_is_an_array_and_its_elements_are_known(void **state)
{
    assert_string_equal(
        schema_of(*state,
                  "  GET /x:\n"
                  "    calls: { list: { request: users GET /u, fallback: { value: [] } } }\n"
                  "    response:\n"
                  "      body:\n"
                  "        all:\n"
                  "          $each: one in ${list}\n"
                  "          id: ${one.id}\n"
                  "          big: ${one.n > `1`}\n"
                  "        names:\n"
                  "          $each: \"one in ${to_array(list)[].{a: a}}\"\n"
                  "          $value: ${one.a == 'x'}\n"),
        "{\"type\":\"object\",\"properties\":{"
        "\"all\":{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"object\",\"properties\":{"
        "\"id\":{},\"big\":{\"type\":[\"boolean\",\"null\"]}},\"required\":[\"id\",\"big\"]}},"
        "\"names\":{\"type\":\"array\",\"items\":{\"type\":\"boolean\"}}},"
        "\"required\":[\"all\",\"names\"]}");
}

static void test_a_spread_leaves_the_object_open_unless_its_members_are_known(void **state)
{
    struct fixture *fixture = *state;
    static const char yaml[] = "  GET /x:\n"
                               "    calls: { a: users GET /u }\n"
                               "    response:\n"
                               "      body:\n"
                               "        known: { ...: '${{x: a.x, y: a.y}}', y: 1 }\n"
                               "        maybe: { ...: '${a.{x: x}}' }\n"
                               "        open: { ...: '${a}', z: 1 }\n";
    assert_string_equal(schema_of(fixture, yaml),
                        "{\"type\":\"object\",\"properties\":{"
                        "\"known\":{\"type\":\"object\",\"properties\":{\"x\":{},\"y\":{\"type\":"
                        "\"number\",\"const\":1}},\"required\":[\"x\",\"y\"]},"
                        "\"maybe\":{\"type\":\"object\",\"properties\":{\"x\":{}}},"
                        "\"open\":{\"type\":\"object\",\"properties\":{\"z\":{\"type\":\"number\","
                        "\"const\":1}},\"required\":[\"z\"]}},"
                        "\"required\":[\"known\",\"maybe\",\"open\"]}");
    struct shape shape = answer_shape(&fixture->arena, fixture_route(fixture));
    assert_false(shape.members[0].shape.is_open);
    assert_true(shape.members[2].shape.is_open);
}

static void test_without_a_template_there_is_a_member_for_each_call(void **state)
{
    assert_string_equal(
        schema_of(*state, "  GET /x:\n"
                          "    calls:\n"
                          "      a: users GET /a\n"
                          "      b: { request: users GET /b, fallback: omit }\n"
                          "      c: { request: users GET /c, when: '${query.c}', fallback: omit }\n"
                          "      d: { each: 'x in ${a}', request: 'users GET /d/${x}' }\n"),
        "{\"type\":\"object\",\"properties\":{"
        "\"a\":{},"
        "\"b\":{\"description\":\"Absent when b falls back.\"},"
        "\"c\":{\"description\":\"Absent when c falls back. Null when c is skipped.\"},"
        "\"d\":{\"type\":[\"array\",\"null\"]}},"
        "\"required\":[\"a\",\"d\"]}");
}

static void test_a_secret_is_not_shown(void **state)
{
    assert_int_equal(setenv("BRAID_TEST_SECRET", "hunter2", 1), 0);
    assert_string_equal(schema_of(*state, "  GET /x:\n"
                                          "    response: { body: { key: '${env.BRAID_TEST_SECRET}' "
                                          "} }\n"),
                        "{\"type\":\"object\",\"properties\":{\"key\":{\"type\":\"string\"}},"
                        "\"required\":[\"key\"]}");
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(test_members_are_there_and_constants_are_known),
        STORY(test_a_member_says_on_which_fallback_it_depends),
        STORY(test_skipped_and_absent_calls_are_named_too),
        STORY(test_each_is_an_array_and_its_elements_are_known),
        STORY(test_a_spread_leaves_the_object_open_unless_its_members_are_known),
        STORY(test_without_a_template_there_is_a_member_for_each_call),
        STORY(test_a_secret_is_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

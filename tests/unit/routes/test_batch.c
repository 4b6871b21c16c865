/*
 * Batches: different elements put together, answers put together.
 */
#include "base/json/make.h"
#include "routes/batch.h"
#include "tests/unit/routes/fixture.h"

static void assert_split(struct fixture *fixture, const char *array, uint32_t size,
                         const char *expected)
{
    struct json batches = batch_split(&fixture->arena, fixture_json(fixture, array), size);
    assert_text(json_text(&fixture->arena, batches), expected);
}

static void test_elements_are_put_together_in_their_order(void **state)
{
    struct fixture *fixture = *state;
    assert_split(fixture, "[1,2,3,4,5]", 2, "[[1,2],[3,4],[5]]");
    assert_split(fixture, "[1,2,3,4]", 2, "[[1,2],[3,4]]");
    assert_split(fixture, "[1,2,3]", 50, "[[1,2,3]]");
    assert_split(fixture, "[1,2]", 1, "[[1],[2]]");
    assert_split(fixture, "[]", 2, "[]");
}

static void test_equal_elements_are_there_once(void **state)
{
    struct fixture *fixture = *state;
    assert_split(fixture, "[1,2,1,3,2,4]", 2, "[[1,2],[3,4]]");
    assert_split(fixture, "[1,1.0,\"1\",\"\\u0031\",10e-1]", 9, "[[1,\"1\"]]");
    assert_split(fixture, "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1},null,null]", 9,
                 "[[{\"a\":1,\"b\":2},null]]");
}

static void test_many_elements(void **state)
{
    struct fixture *fixture = *state;
    struct json *parts = arena_array(&fixture->arena, struct json, 100000);
    for (uint32_t i = 0; i < 100000; i++)
        parts[i] = json_from_double(&fixture->arena, i % 70000);
    struct json batches = batch_split(&fixture->arena, json_array(parts, 100000), 999);
    assert_int_equal(batches.size, 71);
    struct json last, element;
    assert_true(json_element(batches, 70, &last));
    assert_int_equal(last.size, 70000 - 70 * 999);
    assert_true(json_element(last, last.size - 1, &element));
    assert_true(json_number(element) == 69999);
}

static void assert_joined(struct fixture *fixture, const struct json *values, uint32_t count,
                          const char *expected)
{
    struct json array;
    assert_true(batch_join(&fixture->arena, values, count, &array));
    assert_text(json_text(&fixture->arena, array), expected);
}

static void test_answers_become_one_array(void **state)
{
    struct fixture *fixture = *state;
    struct json values[] = {
        fixture_json(fixture, "[{\"id\":1.10},2]"), fixture_json(fixture, "[]"),  json_null(),
        fixture_json(fixture, "{\"id\":3}"),        fixture_json(fixture, "[4]"),
    };
    assert_joined(fixture, values, 5, "[{\"id\":1.10},2,{\"id\":3},4]");
    assert_joined(fixture, values, 0, "[]");
}

static void test_an_answer_that_was_not_to_be_entered_is_entered_now(void **state)
{
    struct fixture *fixture = *state;
    struct json values[2];
    assert_int_equal(json_check(STR("[1, [2, 3], \"[\"]"), &json_limits_default, &values[0], NULL),
                     JSON_OK);
    assert_int_equal(json_check(STR("{\"a\": 1}"), &json_limits_default, &values[1], NULL),
                     JSON_OK);
    assert_joined(fixture, values, 2, "[1,[2, 3],\"[\",{\"a\": 1}]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_elements_are_put_together_in_their_order),
        TEST(test_equal_elements_are_there_once),
        TEST(test_many_elements),
        TEST(test_answers_become_one_array),
        TEST(test_an_answer_that_was_not_to_be_entered_is_entered_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

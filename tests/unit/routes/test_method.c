/*
 * Methods and sets of methods.
 */
#include "routes/method.h"
#include "tests/unit/routes/fixture.h"

static void test_words_become_methods_and_back(void **state)
{
    (void)state;
    for (unsigned i = 0; i < METHOD_COUNT; i++) {
        enum method method = METHOD_COUNT;
        assert_true(method_parse(method_name((enum method)i), &method));
        assert_int_equal(method, i);
    }
}

static void test_other_words_are_refused(void **state)
{
    (void)state;
    static const char *const words[] = {"get", "CONNECT", "TRACE", "GE", "GETS", "", "ANY"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        enum method method = METHOD_COUNT;
        assert_false(method_parse(str_of(words[i]), &method));
        assert_int_equal(method, METHOD_COUNT);
    }
}

static void test_safe_and_idempotent(void **state)
{
    (void)state;
    assert_true(method_is_safe(METHOD_GET) && method_is_safe(METHOD_HEAD));
    assert_true(method_is_safe(METHOD_OPTIONS));
    assert_false(method_is_safe(METHOD_PUT) || method_is_safe(METHOD_POST));
    assert_true(method_is_idempotent(METHOD_PUT) && method_is_idempotent(METHOD_DELETE));
    assert_true(method_is_idempotent(METHOD_GET));
    assert_false(method_is_idempotent(METHOD_POST) || method_is_idempotent(METHOD_PATCH));
}

static void test_a_set_as_the_allow_field_has_it(void **state)
{
    struct fixture *fixture = *state;
    method_set set = 1u << METHOD_GET | 1u << METHOD_HEAD | 1u << METHOD_OPTIONS;
    assert_text(method_set_text(&fixture->arena, set), "GET, HEAD, OPTIONS");
    assert_text(method_set_text(&fixture->arena, 1u << METHOD_DELETE), "DELETE");
    assert_text(method_set_text(&fixture->arena, 0), "");
    assert_text(method_set_text(&fixture->arena, METHOD_ALL),
                "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_words_become_methods_and_back),
        TEST(test_other_words_are_refused),
        TEST(test_safe_and_idempotent),
        TEST(test_a_set_as_the_allow_field_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

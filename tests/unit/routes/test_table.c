/*
 * The router: the most specific route among those that take the method.
 */
#include "tests/unit/routes/fixture.h"

/* A file of routes with these keys, each answering by itself. */
static void load_keys(struct fixture *fixture, const char *const *keys, size_t count)
{
    struct str yaml = STR("routes:\n");
    for (size_t i = 0; i < count; i++)
        yaml = str_format(&fixture->arena, "%.*s  '%s': { response: { body: %zu } }\n",
                          STR_ARGS(yaml), keys[i], i);
    fixture_load(fixture, yaml.at);
}

static enum router_result find(struct fixture *fixture, const char *method, const char *raw,
                               const char **ret_key, const char **ret_allowed)
{
    struct path path;
    enum method parsed;
    const struct route *route = NULL;
    method_set allowed = 0;
    assert_true(method_parse(str_of(method), &parsed));
    assert_true(path_normalise(&fixture->arena, str_of(raw), &path));
    enum router_result result = router_find(fixture->router, parsed, &path, &route, &allowed);
    *ret_key = route ? str_copy(&fixture->arena, route->key).at : NULL;
    *ret_allowed = str_copy(&fixture->arena, method_set_text(&fixture->arena, allowed)).at;
    return result;
}

static void found(struct fixture *fixture, const char *method, const char *raw, const char *key)
{
    const char *seen;
    const char *allowed;
    enum router_result result = find(fixture, method, raw, &seen, &allowed);
    if (result != ROUTER_FOUND)
        fail_msg("%s %s is not found", method, raw);
    assert_string_equal(seen, key);
}

static void not_found(struct fixture *fixture, const char *method, const char *raw)
{
    const char *key;
    const char *allowed;
    assert_int_equal(find(fixture, method, raw, &key, &allowed), ROUTER_NOT_FOUND);
}

static void not_allowed(struct fixture *fixture, const char *method, const char *raw,
                        const char *methods)
{
    const char *key;
    const char *allowed;
    assert_int_equal(find(fixture, method, raw, &key, &allowed), ROUTER_METHOD_NOT_ALLOWED);
    assert_string_equal(allowed, methods);
}

#define LOAD(...)                                                                                  \
    do {                                                                                           \
        const char *const keys[] = {__VA_ARGS__};                                                  \
        load_keys(fixture, keys, sizeof(keys) / sizeof(*keys));                                    \
    } while (0)

static void test_the_nearest_pattern_wins_from_the_left(void **state)
{
    struct fixture *fixture = *state;
    LOAD("GET /*", "GET /a/*", "GET /a/{x}", "GET /a/b", "GET /{x}/b", "GET /{x}", "GET /a/b/c",
         "GET /a");
    assert_fine(fixture);
    found(fixture, "GET", "/a", "GET /a");
    found(fixture, "GET", "/a/", "GET /a/*");
    found(fixture, "GET", "/a/b", "GET /a/b");
    found(fixture, "GET", "/a/c", "GET /a/{x}");
    found(fixture, "GET", "/a/c/d", "GET /a/*");
    found(fixture, "GET", "/a/b/c", "GET /a/b/c");
    found(fixture, "GET", "/a/b/d", "GET /a/*");
    found(fixture, "GET", "/c/b", "GET /{x}/b");
    found(fixture, "GET", "/c", "GET /{x}");
    found(fixture, "GET", "/c/d", "GET /*");
    found(fixture, "GET", "/", "GET /*");
    found(fixture, "GET", "//b", "GET /*");
}

static void test_a_less_specific_route_that_takes_the_method_is_found(void **state)
{
    struct fixture *fixture = *state;
    LOAD("GET /users/me", "POST /users/{id}", "ANY /users/*");
    found(fixture, "GET", "/users/me", "GET /users/me");
    found(fixture, "POST", "/users/me", "POST /users/{id}");
    found(fixture, "PUT", "/users/me", "ANY /users/*");
    found(fixture, "OPTIONS", "/users/me", "ANY /users/*");
}

static void test_a_named_method_beside_any_wins(void **state)
{
    struct fixture *fixture = *state;
    LOAD("ANY /a", "POST /a", "GET /a");
    assert_fine(fixture);
    found(fixture, "POST", "/a", "POST /a");
    found(fixture, "DELETE", "/a", "ANY /a");
    found(fixture, "HEAD", "/a", "GET /a");
}

static void test_head_follows_get_unless_it_is_named(void **state)
{
    struct fixture *fixture = *state;
    LOAD("GET /a", "GET /b", "HEAD /b", "POST /c");
    found(fixture, "HEAD", "/a", "GET /a");
    found(fixture, "HEAD", "/b", "HEAD /b");
    not_allowed(fixture, "HEAD", "/c", "POST, OPTIONS");
}

static void test_methods_that_nobody_takes_are_answered_with_those_that_are(void **state)
{
    struct fixture *fixture = *state;
    LOAD("GET,PUT /a/{id}", "DELETE /a/*", "POST /b");
    not_allowed(fixture, "POST", "/a/7", "GET, HEAD, PUT, DELETE, OPTIONS");
    not_allowed(fixture, "OPTIONS", "/b", "POST, OPTIONS");
    not_found(fixture, "GET", "/c");
    not_found(fixture, "GET", "/b/");
    not_found(fixture, "GET", "/");
}

static void test_two_routes_for_the_same_requests_are_an_error_with_both_places(void **state)
{
    struct fixture *fixture = *state;
    LOAD("GET,POST /a/{x}", "POST,PUT /a/{y}");
    assert_said(fixture, "shop.yaml:3:3: error: 'POST,PUT /a/{y}' takes the same requests as "
                         "'GET,POST /a/{x}' at shop.yaml:2:3");
    assert_said(fixture, "shop.yaml:2:3: note: 'GET,POST /a/{x}' is here");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_ERROR], 1);
}

static void test_routes_that_clash_by_encoding(void **state)
{
    struct fixture *fixture = *state;
    LOAD("GET /a%62", "GET /ab", "ANY /c", "ANY /%63", "GET /d/*", "GET /d/{x}");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_ERROR], 2);
    assert_said(fixture, "'GET /ab' takes the same requests as 'GET /a%62'");
    assert_said(fixture, "'ANY /%63' takes the same requests as 'ANY /c'");
}

static void test_many_routes_are_all_found(void **state)
{
    struct fixture *fixture = *state;
    enum { COUNT = 500 };
    const char *keys[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        keys[i] = str_format(&fixture->arena, "GET /v1/thing%zu/{id}/part%zu", i * 7 % COUNT, i).at;
    load_keys(fixture, keys, COUNT);
    assert_fine(fixture);
    for (size_t i = 0; i < COUNT; i++) {
        const char *path =
            str_format(&fixture->arena, "/v1/thing%zu/x/part%zu", i * 7 % COUNT, i).at;
        found(fixture, "GET", path, keys[i]);
        not_found(fixture, "GET", str_format(&fixture->arena, "%s/more", path).at);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_nearest_pattern_wins_from_the_left),
        TEST(test_a_less_specific_route_that_takes_the_method_is_found),
        TEST(test_a_named_method_beside_any_wins),
        TEST(test_head_follows_get_unless_it_is_named),
        TEST(test_methods_that_nobody_takes_are_answered_with_those_that_are),
        TEST(test_two_routes_for_the_same_requests_are_an_error_with_both_places),
        TEST(test_routes_that_clash_by_encoding),
        TEST(test_many_routes_are_all_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Patterns: what they take, what they take out, which is nearer, and what is none.
 */
#include "tests/unit/routes/fixture.h"

static struct pattern pattern_of(struct fixture *fixture, const char *text)
{
    struct node node = {.kind = NODE_TEXT, .text = str_of(text)};
    struct pattern pattern = {0};
    if (!pattern_compile(&fixture->arena, &node, 0, node.text, &fixture->diagnostics, &pattern))
        fail_msg("%s: %s", text, fixture_messages(fixture));
    return pattern;
}

static struct path path_of(struct fixture *fixture, const char *raw)
{
    struct path path;
    assert_true(path_normalise(&fixture->arena, str_of(raw), &path));
    return path;
}

static bool takes(struct fixture *fixture, const char *pattern, const char *raw)
{
    struct pattern compiled = pattern_of(fixture, pattern);
    struct path path = path_of(fixture, raw);
    return pattern_takes(&compiled, &path);
}

static void refused(struct fixture *fixture, const char *text, const char *words)
{
    struct node node = {.kind = NODE_TEXT, .text = str_of(text)};
    struct pattern pattern = {.count = 99};
    assert_false(
        pattern_compile(&fixture->arena, &node, 0, node.text, &fixture->diagnostics, &pattern));
    assert_int_equal(pattern.count, 99);
    assert_said(fixture, words);
}

static void test_literals_and_parameters(void **state)
{
    struct fixture *fixture = *state;
    assert_true(takes(fixture, "/orders/{id}", "/orders/7"));
    assert_true(takes(fixture, "/orders/{id}", "/orders/%2F"));
    assert_false(takes(fixture, "/orders/{id}", "/orders/"));
    assert_false(takes(fixture, "/orders/{id}", "/orders"));
    assert_false(takes(fixture, "/orders/{id}", "/orders/7/items"));
    assert_false(takes(fixture, "/orders/{id}", "/Orders/7"));
    assert_false(takes(fixture, "/a", "/a/"));
    assert_true(takes(fixture, "/a/", "/a/"));
    assert_true(takes(fixture, "/", "/"));
    assert_true(takes(fixture, "/a//b", "/a//b"));
}

static void test_literals_are_normalised_like_paths(void **state)
{
    struct fixture *fixture = *state;
    assert_true(takes(fixture,
                      "/stra\xc3\x9f"
                      "e",
                      "/stra%c3%9fe"));
    assert_true(takes(fixture, "/%61", "/a"));
    assert_true(takes(fixture, "/a|b", "/a|b"));
    assert_true(takes(fixture, "/a|b", "/a%7cb"));
}

static void test_the_rest(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *pattern;
        const char *path;
        const char *rest;
    } cases[] = {
        {"/a/*", "/a", ""},           {"/a/*", "/a/", "/"},     {"/a/*", "/a/b/c", "/b/c"},
        {"/a/*", "/a//b", "//b"},     {"/*", "/", "/"},         {"/*", "/x/%2F", "/x/%2F"},
        {"/{t}/f/*", "/u/f/g", "/g"}, {"/a/b/*", "/a/b/", "/"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct pattern pattern = pattern_of(fixture, cases[i].pattern);
        struct path path = path_of(fixture, cases[i].path);
        struct pattern_match match;
        assert_true(pattern_takes(&pattern, &path));
        pattern_extract(&fixture->arena, &pattern, &path, &match);
        assert_text(match.rest, cases[i].rest);
    }
    assert_false(takes(fixture, "/a/*", "/ab"));
    assert_false(takes(fixture, "/a/*", "/b/a"));
}

static void test_parameters_are_slices_of_the_path(void **state)
{
    struct fixture *fixture = *state;
    struct pattern pattern = pattern_of(fixture, "/{shop}/orders/{id}");
    struct path path = path_of(fixture, "/acme/orders/a%2fb");
    struct pattern_match match;
    pattern_extract(&fixture->arena, &pattern, &path, &match);
    assert_int_equal(pattern.parameter_count, 2);
    assert_text(pattern.parameters[1], "id");
    assert_text(match.parameters[0], "acme");
    assert_text(match.parameters[1], "a%2Fb");
    assert_text(match.rest, "");
}

static void test_the_more_specific(void **state)
{
    struct fixture *fixture = *state;
    static const char *const ordered[] = {"/a/b", "/a", "/a/{x}", "/a/*", "/{x}/b", "/{y}", "/*"};
    /* "/a" and "/a/{x}" take no path together; each of the others takes what its left one takes. */
    for (size_t i = 0; i < sizeof(ordered) / sizeof(*ordered); i++) {
        struct pattern a = pattern_of(fixture, ordered[i]);
        assert_int_equal(pattern_compare(&a, &a), 0);
        for (size_t j = i + 1; j < sizeof(ordered) / sizeof(*ordered); j++) {
            struct pattern b = pattern_of(fixture, ordered[j]);
            assert_true(pattern_compare(&a, &b) < 0);
            assert_true(pattern_compare(&b, &a) > 0);
        }
    }
    struct pattern x = pattern_of(fixture, "/a/{x}/c");
    struct pattern y = pattern_of(fixture, "/a/{y}/c");
    assert_int_equal(pattern_compare(&x, &y), 0);
}

static void test_what_is_no_pattern(void **state)
{
    struct fixture *fixture = *state;
    refused(fixture, "orders", "a pattern begins with '/'");
    refused(fixture, "/a/{id}x", "a parameter is one whole segment");
    refused(fixture, "/a/x{id}", "a parameter is one whole segment");
    refused(fixture, "/a/{a}{b}", "a parameter is one whole segment");
    refused(fixture, "/a/{}", "cannot be the name of a parameter");
    refused(fixture, "/a/{order-id}", "write 'order_id'");
    refused(fixture, "/a/{1}", "cannot be the name of a parameter");
    refused(fixture, "/{id}/{id}", "stands twice");
    refused(fixture, "/a/*/b", "'*' is the whole last segment");
    refused(fixture, "/a/b*", "'*' is the whole last segment");
    refused(fixture, "/a/**", "'*' is the whole last segment");
    refused(fixture, "/a/../b", "no path holds '..'");
    refused(fixture, "/a/%2e", "no path holds '.'");
    refused(fixture, "/a?b=c", "this can stand in none");
    refused(fixture, "/a b", "this can stand in none");
    refused(fixture, "/a/%zz", "this can stand in none");
}

static void test_every_mistake_is_reported(void **state)
{
    struct fixture *fixture = *state;
    refused(fixture, "/{a-b}/x{y}/*/z", "write 'a_b'");
    assert_said(fixture, "a parameter is one whole segment");
    assert_said(fixture, "'*' is the whole last segment");
    assert_int_equal(fixture->diagnostics.counts[SEVERITY_ERROR], 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_literals_and_parameters),
        TEST(test_literals_are_normalised_like_paths),
        TEST(test_the_rest),
        TEST(test_parameters_are_slices_of_the_path),
        TEST(test_the_more_specific),
        TEST(test_what_is_no_pattern),
        TEST(test_every_mistake_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

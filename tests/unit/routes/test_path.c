/*
 * Paths: one form for all the ways to write the same path, and none for what must not be routed.
 */
#include "tests/unit/routes/fixture.h"

static void normal(struct fixture *fixture, const char *raw, const char *expected, uint32_t count)
{
    struct path path;
    if (!path_normalise(&fixture->arena, str_of(raw), &path))
        fail_msg("%s is refused", raw);
    assert_text(path.text, expected);
    assert_int_equal(path.count, count);
    size_t length = 0;
    for (uint32_t i = 0; i < path.count; i++) {
        assert_true(path.segments[i].at == path.text.at + length + 1);
        assert_int_equal(path.text.at[length], '/');
        length += 1 + path.segments[i].length;
    }
    assert_int_equal(length, path.text.length);
}

static void test_what_is_normal_is_kept_where_it_is(void **state)
{
    struct fixture *fixture = *state;
    struct str raw = STR("/orders/7/it%2Fems;v=1/a+b,c:d@e!$&'()*=~-._");
    struct path path;
    assert_true(path_normalise(&fixture->arena, raw, &path));
    assert_ptr_equal(path.text.at, raw.at);
    assert_int_equal(path.count, 4);
    assert_text(path.segments[2], "it%2Fems;v=1");
}

static void test_percent_encoding_is_made_one(void **state)
{
    struct fixture *fixture = *state;
    normal(fixture, "/%61%7a%41%30%2D%2e_%7E", "/azA0-._~", 1);
    normal(fixture, "/a%2fb", "/a%2Fb", 1);
    normal(fixture, "/%c3%a9", "/%C3%A9", 1);
    normal(fixture, "/a%20b%3F%23%5c", "/a%20b%3F%23%5C", 1);
    normal(fixture, "/%2561", "/%2561", 1);
    normal(fixture, "/a\"<>^`{|}b", "/a%22%3C%3E%5E%60%7B%7C%7Db", 1);
}

static void test_dot_segments_are_taken_out(void **state)
{
    struct fixture *fixture = *state;
    normal(fixture, "/a/./b", "/a/b", 2);
    normal(fixture, "/a/../b", "/b", 1);
    normal(fixture, "/a/b/..", "/a/", 2);
    normal(fixture, "/a/.", "/a/", 2);
    normal(fixture, "/..", "/", 1);
    normal(fixture, "/../../a", "/a", 1);
    normal(fixture, "/a/%2e%2E/b", "/b", 1);
    normal(fixture, "/a/.%2e", "/", 1);
    normal(fixture, "/a//../b", "/a/b", 2);
    normal(fixture, "/a/...", "/a/...", 2);
    normal(fixture, "/a/..%2Fb", "/a/..%2Fb", 2);
}

static void test_empty_segments_stay(void **state)
{
    struct fixture *fixture = *state;
    normal(fixture, "/", "/", 1);
    normal(fixture, "//", "//", 2);
    normal(fixture, "/a/", "/a/", 2);
    normal(fixture, "/a//b", "/a//b", 3);
}

static void test_refused_paths(void **state)
{
    struct fixture *fixture = *state;
    static const char *const refused[] = {
        "",      "a",     "*",    "/a\\b", "/a b", "/a\tb",  "/a\x7f", "/\xc3\xa9",
        "/%",    "/%4",   "/%zz", "/%0",   "/%00", "/a%00b", "/a#b",   "/a?b",
        "/a\nb", "/a\rb", "/%4g", "/%G4",  "/a%",  "/a\x01",
    };
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        struct path path = {.count = 99};
        if (path_normalise(&fixture->arena, str_of(refused[i]), &path))
            fail_msg("'%s' is taken", refused[i]);
        assert_int_equal(path.count, 99);
    }
    struct path path;
    assert_false(path_normalise(&fixture->arena, (struct str){"/a\0b", 4}, &path));
}

static void test_at_most_128_segments(void **state)
{
    struct fixture *fixture = *state;
    char raw[2 * (PATH_SEGMENTS_MAXIMUM + 1)];
    for (size_t i = 0; i <= PATH_SEGMENTS_MAXIMUM; i++)
        memcpy(raw + 2 * i, "/a", 2);
    struct path path;
    struct str longest = {raw, 2 * PATH_SEGMENTS_MAXIMUM};
    assert_true(path_normalise(&fixture->arena, longest, &path));
    assert_int_equal(path.count, PATH_SEGMENTS_MAXIMUM);
    assert_false(path_normalise(&fixture->arena, (struct str){raw, sizeof(raw)}, &path));
}

static void test_values_are_decoded(void **state)
{
    struct fixture *fixture = *state;
    struct str text;
    assert_true(path_decode(&fixture->arena, STR("a%2Fb%20c%C3%A9"), &text));
    assert_text(text, "a/b c\xc3\xa9");
    struct str plain = STR("plain");
    assert_true(path_decode(&fixture->arena, plain, &text));
    assert_ptr_equal(text.at, plain.at);
    assert_false(path_decode(&fixture->arena, STR("%ff"), &text));
    assert_false(path_decode(&fixture->arena, STR("%C3"), &text));
    assert_false(path_decode(&fixture->arena, STR("%4"), &text));
}

static void test_values_are_encoded_bytewise(void **state)
{
    struct fixture *fixture = *state;
    assert_text(path_encode(&fixture->arena, STR("a/b?c#d%e&f=g h+i\xc3\xa9")),
                "a%2Fb%3Fc%23d%25e%26f%3Dg%20h%2Bi%C3%A9");
    assert_text(path_encode(&fixture->arena, STR("A-Z_a.z~0\r\n")), "A-Z_a.z~0%0D%0A");
    struct str plain = STR("plain-1.0_~");
    assert_ptr_equal(path_encode(&fixture->arena, plain).at, plain.at);
    assert_text(path_encode(&fixture->arena, (struct str){"\0", 1}), "%00");
}

static void test_literals_of_the_file_keep_what_has_a_meaning(void **state)
{
    struct fixture *fixture = *state;
    struct str text;
    size_t at = 99;
    assert_true(path_encode_literal(&fixture->arena, STR("/a%2fb%61=\xc3\xa9&x"), &text, &at));
    assert_text(text, "/a%2Fba=%C3%A9&x");
    assert_int_equal(at, 99);
    assert_false(path_encode_literal(&fixture->arena, STR("/ab cd"), &text, &at));
    assert_int_equal(at, 3);
    assert_false(path_encode_literal(&fixture->arena, STR("/ab%0"), &text, &at));
    assert_int_equal(at, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_normal_is_kept_where_it_is),
        TEST(test_percent_encoding_is_made_one),
        TEST(test_dot_segments_are_taken_out),
        TEST(test_empty_segments_stay),
        TEST(test_refused_paths),
        TEST(test_at_most_128_segments),
        TEST(test_values_are_decoded),
        TEST(test_values_are_encoded_bytewise),
        TEST(test_literals_of_the_file_keep_what_has_a_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Text: comparing, finding, cutting, numbers, distance, hash; and the clock's one format. */
#include "base/str.h"

#include "base/arena.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_equality(void **state)
{
    (void)state;
    assert_true(str_equal(STR("a"), STR("a")));
    assert_false(str_equal(STR("a"), STR("A")));
    assert_false(str_equal(STR("a"), STR("ab")));
    assert_true(str_equal(STR_NONE, STR("")));
    assert_true(str_equal_in_constant_time(STR("open sesame"), STR("open sesame")));
    assert_true(str_equal_in_constant_time(STR(""), STR("")));
    assert_false(str_equal_in_constant_time(STR("open sesame"), STR("open sesamE")));
    assert_false(str_equal_in_constant_time(STR("Open sesame"), STR("open sesame")));
    assert_false(str_equal_in_constant_time(STR("aa"), STR("a")));
    assert_false(str_equal_in_constant_time(STR("a"), STR("aa")));
    assert_false(str_equal_in_constant_time(STR(""), STR("a")));
    assert_false(str_equal_in_constant_time(STR("a"), STR("")));
    assert_true(str_equal_ignore_case(STR("Content-TYPE"), STR("content-type")));
    assert_false(str_equal_ignore_case(STR("content-type"), STR("content_type")));
    assert_false(str_equal_ignore_case(STR("a"), STR("ab")));
    /* Only letters have a case: '@' and '`', '[' and '{' differ by the same bit. */
    assert_false(str_equal_ignore_case(STR("@["), STR("`{")));
    assert_false(str_equal_ignore_case(STR("\xc4"), STR("\xe4")));
}

static void test_beginnings_and_ends(void **state)
{
    (void)state;
    assert_true(str_starts_with(STR("/orders/7"), STR("/orders")));
    assert_true(str_starts_with(STR("/orders"), STR("")));
    assert_true(str_starts_with(STR_NONE, STR_NONE));
    assert_false(str_starts_with(STR("/order"), STR("/orders")));
    assert_true(str_ends_with(STR("a.json"), STR(".json")));
    assert_true(str_ends_with(STR("a.json"), STR("")));
    assert_false(str_ends_with(STR("json"), STR(".json")));
}

static void test_order_is_bytewise(void **state)
{
    (void)state;
    assert_int_equal(str_compare(STR("abc"), STR("abc")), 0);
    assert_true(str_compare(STR("abc"), STR("abd")) < 0);
    assert_true(str_compare(STR("abc"), STR("ab")) > 0);
    assert_true(str_compare(STR_NONE, STR("a")) < 0);
    assert_true(str_compare(STR("\xff"), STR("a")) > 0);
    assert_int_equal(str_compare(STR_NONE, STR("")), 0);
}

static void test_finding(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("a=b=c"), '='), 1);
    assert_int_equal(str_find(STR("abc"), '='), 3);
    assert_int_equal(str_find(STR_NONE, '='), 0);
    assert_int_equal(str_find_text(STR("a, b, c"), STR(", c")), 4);
    assert_int_equal(str_find_text(STR("abc"), STR("bcd")), 3);
    assert_int_equal(str_find_text(STR("abc"), STR("")), 0);
    assert_int_equal(str_find_text(STR_NONE, STR("")), 0);
    assert_int_equal(str_find_text(STR_NONE, STR("a")), 0);
}

static void assert_str(struct str text, const char *expected)
{
    assert_int_equal(text.length, strlen(expected));
    assert_memory_equal(text.at, expected, text.length);
}

static void test_cutting(void **state)
{
    (void)state;
    struct str rest = STR("a,,b");
    struct str part;
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "a");
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "");
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "b");
    assert_false(str_cut(&rest, ',', &part));

    rest = STR("a,");
    assert_true(str_cut(&rest, ',', &part));
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "");
    assert_false(str_cut(&rest, ',', &part));

    rest = STR("");
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "");
    assert_false(str_cut(&rest, ',', &part));
    rest = STR_NONE;
    assert_false(str_cut(&rest, ',', &part));
}

static void test_trimming(void **state)
{
    (void)state;
    assert_str(str_trim(STR(" \t a b\t ")), "a b");
    assert_str(str_trim(STR(" \t ")), "");
    assert_str(str_trim(STR("\na\n")), "\na\n");
    assert_int_equal(str_trim(STR_NONE).length, 0);
}

static void test_numbers(void **state)
{
    (void)state;
    uint64_t number = 77;
    assert_false(str_to_unsigned(STR(""), 100, &number));
    assert_false(str_to_unsigned(STR("-1"), 100, &number));
    assert_false(str_to_unsigned(STR("+1"), 100, &number));
    assert_false(str_to_unsigned(STR(" 1"), 100, &number));
    assert_false(str_to_unsigned(STR("1x"), 100, &number));
    assert_false(str_to_unsigned(STR("101"), 100, &number));
    assert_false(str_to_unsigned(STR("9"), 8, &number));
    assert_false(str_to_unsigned(STR("18446744073709551616"), UINT64_MAX, &number));
    assert_false(str_to_unsigned(STR("99999999999999999999999"), UINT64_MAX, &number));
    assert_int_equal(number, 77);
    assert_true(str_to_unsigned(STR("100"), 100, &number));
    assert_int_equal(number, 100);
    assert_true(str_to_unsigned(STR("000"), 0, &number));
    assert_int_equal(number, 0);
    assert_true(str_to_unsigned(STR("18446744073709551615"), UINT64_MAX, &number));
    assert_true(number == UINT64_MAX);
}

static void test_copies_end_in_zero(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, NULL, 100000);
    char original[] = "text";
    struct str copy = str_copy(&arena, str_of(original));
    original[0] = 'n';
    assert_string_equal(copy.at, "text");
    assert_int_equal(copy.length, 4);
    copy = str_copy(&arena, STR_NONE);
    assert_string_equal(copy.at, "");
    assert_int_equal(copy.length, 0);
    struct str printed = str_format(&arena, "%s has %d", "service", 7);
    assert_string_equal(printed.at, "service has 7");
    assert_int_equal(printed.length, 13);
    for (int width = 254; width <= 258; width++) {
        printed = str_format(&arena, "%*d|", width, 1);
        assert_int_equal(printed.length, width + 1);
        assert_int_equal(strlen(printed.at), width + 1);
        assert_int_equal(printed.at[width], '|');
    }
    arena_done(&arena);
}

static void test_distance_as_people_mistype(void **state)
{
    (void)state;
    assert_int_equal(str_distance(STR("timeout"), STR("timeout"), 2), 0);
    assert_int_equal(str_distance(STR("timeout"), STR("TimeOut"), 2), 0);
    assert_int_equal(str_distance(STR("tiemout"), STR("timeout"), 2), 1);
    assert_int_equal(str_distance(STR("timout"), STR("timeout"), 2), 1);
    assert_int_equal(str_distance(STR("timeeout"), STR("timeout"), 2), 1);
    assert_int_equal(str_distance(STR("timeous"), STR("timeout"), 2), 1);
    assert_int_equal(str_distance(STR("kitten"), STR("sitting"), 5), 3);
    assert_int_equal(str_distance(STR("kitten"), STR("sitting"), 3), 3);
    assert_int_equal(str_distance(STR("kitten"), STR("sitting"), 2), 3);
    assert_int_equal(str_distance(STR("kitten"), STR("sitting"), 1), 2);
    assert_int_equal(str_distance(STR("kitten"), STR("sitting"), 0), 1);
    assert_int_equal(str_distance(STR("same"), STR("same"), 0), 0);
    assert_int_equal(str_distance(STR("sa"), STR("as"), 0), 1);
    assert_int_equal(str_distance(STR_NONE, STR_NONE, 0), 0);
    assert_int_equal(str_distance(STR_NONE, STR("abc"), 9), 3);
    assert_int_equal(str_distance(STR("abc"), STR_NONE, UINT32_MAX), 3);
    assert_int_equal(str_distance(STR("abc"), STR("xyz"), UINT32_MAX), 3);
    assert_int_equal(str_distance(STR("a"), STR("abcdefghij"), 3), 4);
}

/* By the definition, without a band, for texts of up to 7 bytes. */
static unsigned plain_distance(struct str a, struct str b)
{
    unsigned table[8][8];
    for (size_t i = 0; i <= a.length; i++) {
        for (size_t j = 0; j <= b.length; j++) {
            unsigned least = i == 0 ? (unsigned)j : j == 0 ? (unsigned)i : UINT32_MAX;
            if (i > 0 && j > 0) {
                unsigned change = table[i - 1][j - 1] + (a.at[i - 1] != b.at[j - 1]);
                least = table[i - 1][j] + 1 < least ? table[i - 1][j] + 1 : least;
                least = table[i][j - 1] + 1 < least ? table[i][j - 1] + 1 : least;
                least = change < least ? change : least;
            }
            if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1] &&
                table[i - 2][j - 2] + 1 < least)
                least = table[i - 2][j - 2] + 1;
            table[i][j] = least;
        }
    }
    return table[a.length][b.length];
}

static struct str text_of_number(unsigned number, char text[8])
{
    size_t length = 0;
    for (; number > 0; number /= 3)
        text[length++] = "abc"[number % 3];
    return (struct str){text, length};
}

static void test_the_band_changes_no_distance(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2187; i += 11) {
        for (unsigned j = 0; j < 2187; j += 7) {
            char first[8], second[8];
            struct str a = text_of_number(i, first);
            struct str b = text_of_number(j, second);
            unsigned expected = plain_distance(a, b);
            for (unsigned limit = 0; limit < 8; limit++)
                assert_int_equal(str_distance(a, b, limit),
                                 expected < limit + 1 ? expected : limit + 1);
        }
    }
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t first = *(const uint64_t *)a;
    uint64_t second = *(const uint64_t *)b;
    return (first > second) - (first < second);
}

static void test_hashes_depend_on_each_byte(void **state)
{
    (void)state;
    enum { COUNT = 20 * 255 + 21 };
    static uint64_t hashes[COUNT];
    char text[20] = {0};
    size_t count = 0;
    for (size_t at = 0; at < sizeof(text); at++) {
        for (int byte = 1; byte < 256; byte++) {
            text[at] = (char)byte;
            hashes[count++] = str_hash((struct str){text, sizeof(text)});
        }
        text[at] = 0;
    }
    for (size_t length = 0; length <= sizeof(text); length++)
        hashes[count++] = str_hash((struct str){text, length});
    assert_int_equal(count, COUNT);
    qsort(hashes, count, sizeof(*hashes), compare_hashes);
    for (size_t i = 1; i < count; i++)
        assert_true(hashes[i - 1] != hashes[i]);
}

static void test_equal_texts_have_equal_hashes(void **state)
{
    (void)state;
    char shifted[32];
    for (size_t shift = 0; shift < 8; shift++) {
        memcpy(shifted + shift, "a text of 19 bytes.", 19);
        assert_true(str_hash((struct str){shifted + shift, 19}) ==
                    str_hash(STR("a text of 19 bytes.")));
    }
    assert_true(str_hash(STR_NONE) == str_hash(STR("")));
}

/* The seed is drawn anew by each process. */
static void test_processes_hash_differently(void **state)
{
    char hashes[2][32] = {"", ""};
    const char *program = *state;
    for (int i = 0; i < 2; i++) {
        char command[4200];
        snprintf(command, sizeof(command), "'%s' hash", program);
        FILE *pipe = popen(command, "r");
        assert_non_null(pipe);
        assert_non_null(fgets(hashes[i], sizeof(hashes[i]), pipe));
        assert_int_equal(pclose(pipe), 0);
        assert_int_equal(strlen(hashes[i]), 16);
    }
    assert_string_not_equal(hashes[0], hashes[1]);
}

static void assert_time(usec wall, const char *expected)
{
    char text[CLOCK_RFC3339_SIZE];
    assert_int_equal(clock_format_rfc3339(wall, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void test_wall_time_is_written_for_people(void **state)
{
    (void)state;
    assert_time(0, "1970-01-01T00:00:00.000Z");
    assert_time(1767323045678901, "2026-01-02T03:04:05.678Z");
    assert_time(951782399 * SECOND + 999999, "2000-02-28T23:59:59.999Z");
    assert_time(951782400 * SECOND, "2000-02-29T00:00:00.000Z");
    assert_time(951868800 * SECOND, "2000-03-01T00:00:00.000Z");
    assert_time(4107542400 * SECOND, "2100-03-01T00:00:00.000Z");
    assert_time(-1, "1969-12-31T23:59:59.999Z");
    assert_time(INT64_MAX, "294247-01-10T04:00:54.775Z");
}

static void test_the_monotonic_clock_does_not_go_back(void **state)
{
    (void)state;
    usec before = clock_now();
    for (int i = 0; i < 1000; i++) {
        usec now = clock_now();
        assert_true(now >= before);
        before = now;
    }
    assert_true(clock_wall() > 1700000000 * SECOND);
}

int main(int count, char **arguments)
{
    if (count > 1) {
        printf("%016llx", (unsigned long long)str_hash(STR("text")));
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equality),
        cmocka_unit_test(test_beginnings_and_ends),
        cmocka_unit_test(test_order_is_bytewise),
        cmocka_unit_test(test_finding),
        cmocka_unit_test(test_cutting),
        cmocka_unit_test(test_trimming),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_copies_end_in_zero),
        cmocka_unit_test(test_distance_as_people_mistype),
        cmocka_unit_test(test_the_band_changes_no_distance),
        cmocka_unit_test(test_hashes_depend_on_each_byte),
        cmocka_unit_test(test_equal_texts_have_equal_hashes),
        cmocka_unit_test_prestate(test_processes_hash_differently, arguments[0]),
        cmocka_unit_test(test_wall_time_is_written_for_people),
        cmocka_unit_test(test_the_monotonic_clock_does_not_go_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

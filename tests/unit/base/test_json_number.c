/* Numbers: compared as decimals of any length, computed as doubles, written as short as can be. */
#include "base/arena.h"
#include "base/json/make.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct json number(struct str text)
{
    struct json value;
    assert_int_equal(json_check(text, &json_limits_default, &value, NULL), JSON_OK);
    assert_int_equal(value.type, JSON_NUMBER);
    return value;
}

static void assert_order(struct str a, struct str b, int expected)
{
    int there = json_number_compare(number(a), number(b));
    int back = json_number_compare(number(b), number(a));
    assert_int_equal((there > 0) - (there < 0), expected);
    assert_int_equal((back > 0) - (back < 0), -expected);
    assert_int_equal(json_hash(number(a)) == json_hash(number(b)), expected == 0);
}

#define LESS(a, b) assert_order(STR(a), STR(b), -1)
#define SAME(a, b) assert_order(STR(a), STR(b), 0)

static void test_equal_numbers_written_differently(void **state)
{
    (void)state;
    SAME("1", "1.0");
    SAME("1", "1e0");
    SAME("1", "10e-1");
    SAME("1", "0.1E+1");
    SAME("1", "0.001e3");
    SAME("100", "1e2");
    SAME("120", "1.2e2");
    SAME("-1.50", "-15e-1");
    SAME("0", "-0");
    SAME("0", "0.000");
    SAME("0e999999999999999999999999", "-0.0e-999999999999999999999999");
    SAME("1e+0005", "100000");
    SAME("0.1", "1e-1");
    SAME("10.10", "101e-1");
}

static void test_order(void **state)
{
    (void)state;
    LESS("1", "2");
    LESS("9", "10");
    LESS("-1", "0");
    LESS("-2", "-1");
    LESS("-10", "-9");
    LESS("-1", "1");
    LESS("-0", "1e-400");
    LESS("0.1", "0.11");
    LESS("0.099", "0.1");
    LESS("1.5", "1.50000000000000000000000000000000001");
    LESS("12345678901234567890", "12345678901234567891");
    LESS("9007199254740992", "9007199254740993");
    LESS("1e400", "1e401");
    LESS("10e399", "1e401");
    SAME("10e399", "1e400");
    LESS("-1e401", "-1e400");
    LESS("1e-401", "1e-400");
    LESS("9.99e399", "1e400");
}

static void test_exponents_of_any_size(void **state)
{
    (void)state;
    LESS("1e9223372036854775807", "1e9223372036854775808");
    SAME("10e9223372036854775807", "1e9223372036854775808");
    SAME("0.1e9223372036854775808", "1e9223372036854775807");
    SAME("10e-9223372036854775808", "1e-9223372036854775807");
    LESS("1e18446744073709551616", "1e18446744073709551617");
    LESS("1", "1e18446744073709551616");
    LESS("1e-18446744073709551616", "1");
    LESS("5e-99999999999999999999999999999999", "1e99999999999999999999999999999999");
    SAME("100e99999999999999999999999999999998", "1e100000000000000000000000000000000");
    SAME("100e-100000000000000000000000000000000", "1e-99999999999999999999999999999998");
    LESS("99e99999999999999999999999999999998", "1e100000000000000000000000000000000");
    LESS("-1e99999999999999999999", "-1e99999999999999999998");
}

static void test_very_long_numbers(void **state)
{
    (void)state;
    enum { LENGTH = 100000 };
    char *a = malloc(LENGTH);
    char *b = malloc(LENGTH);
    assert_non_null(a);
    assert_non_null(b);
    memset(a, '7', LENGTH);
    memset(b, '7', LENGTH);
    struct str text_a = {a, LENGTH};
    struct str text_b = {b, LENGTH};
    assert_order(text_a, text_b, 0);
    b[LENGTH - 1] = '8';
    assert_order(text_a, text_b, -1);
    a[1] = '.';
    assert_order(text_a, text_b, -1);
    /* 1000…0 is 1e99999. */
    memset(a, '0', LENGTH);
    a[0] = '1';
    assert_order(text_a, STR("1e99999"), 0);
    /* 0.000…1 is 1e-99998. */
    memset(a, '0', LENGTH);
    a[1] = '.';
    a[LENGTH - 1] = '1';
    assert_order(text_a, STR("1e-99998"), 0);
    assert_order(text_a, STR("0.1e-99997"), 0);
    assert_true(json_number(number(text_a)) == 0);
    free(a);
    free(b);
}

static double value_of(const char *text)
{
    return json_number(number(str_of(text)));
}

static void test_doubles(void **state)
{
    (void)state;
    assert_true(value_of("0") == 0 && !signbit(value_of("0")));
    assert_true(value_of("-0.0") == 0 && signbit(value_of("-0.0")));
    assert_true(value_of("3") == 3);
    assert_true(value_of("-12.5e-1") == -1.25);
    assert_true(value_of("0.1") == 0.1);
    assert_true(value_of("1e22") == 1e22);
    assert_true(value_of("1e23") == 1e23);
    assert_true(value_of("9007199254740993") == 9007199254740992.0);
    assert_true(value_of("9007199254740993.0000000000000000000000000001") == 9007199254740994.0);
    assert_true(value_of("12345678901234567890") == 12345678901234567890.0);
    assert_true(value_of("1.7976931348623157e308") == DBL_MAX);
    assert_true(value_of("1e309") == INFINITY);
    assert_true(value_of("-1e400") == -INFINITY);
    assert_true(value_of("1e99999999999999999999999") == INFINITY);
    assert_true(value_of("1e-99999999999999999999999") == 0);
    assert_true(value_of("0e99999999999999999999999") == 0);
    assert_true(value_of("5e-324") == DBL_TRUE_MIN);
    assert_true(value_of("2.4e-324") == 0);
    assert_true(value_of("0.00000000000000000000001e23") == 1);
}

/* A number halfway between two doubles, with a last digit far behind that decides. */
static void test_the_last_of_a_thousand_digits_decides(void **state)
{
    (void)state;
    char text[1200];
    int length =
        snprintf(text, sizeof text, "1.00000000000000011102230246251565404236316680908203125");
    memset(text + length, '0', 1000);
    struct str exact = {text, (size_t)length + 1000};
    assert_true(json_number(number(exact)) == 1.0);
    text[length + 999] = '1';
    assert_true(json_number(number(exact)) == 1.0 + DBL_EPSILON);
    text[length + 999] = '0';
    text[length - 1] = '4';
    assert_true(json_number(number(exact)) == 1.0);
}

static uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void test_doubles_as_strtod_reads_them(void **state)
{
    (void)state;
    uint64_t seed = 42;
    for (unsigned i = 0; i < 100000; i++) {
        char text[64];
        uint64_t digits = random_next(&seed) >> random_next(&seed) % 64;
        int exponent = (int)(random_next(&seed) % (i % 2 ? 60 : 700)) - (i % 2 ? 30 : 350);
        snprintf(text, sizeof text, "%s%llu.%02ue%d", i % 3 ? "" : "-", (unsigned long long)digits,
                 (unsigned)(random_next(&seed) % 100), exponent);
        double expected = strtod(text, NULL);
        double actual = value_of(text);
        if (memcmp(&expected, &actual, sizeof expected) != 0)
            fail_msg("%s: %.17g, not %.17g", text, actual, expected);
    }
}

static void assert_written(double value, const char *expected)
{
    struct arena arena;
    arena_init(&arena, NULL, 10000);
    struct str text = json_text(&arena, json_from_double(&arena, value));
    if (!str_equal(text, str_of(expected)))
        fail_msg("%.17g gives %.*s, not %s", value, STR_ARGS(text), expected);
    arena_done(&arena);
}

static void test_doubles_are_written_short(void **state)
{
    (void)state;
    assert_written(3, "3");
    assert_written(-3, "-3");
    assert_written(0, "0");
    assert_written(-0.0, "0");
    assert_written(0.1, "0.1");
    assert_written(-1.5, "-1.5");
    assert_written(0.1 + 0.2, "0.30000000000000004");
    assert_written(1.0 / 3, "0.3333333333333333");
    assert_written(123456.789, "123456.789");
    assert_written(1e15, "1000000000000000");
    assert_written(9007199254740992.0, "9007199254740992");
    assert_written(9007199254740994.0, "9007199254740994");
    assert_written(123456789012345680000.0, "123456789012345680000");
    assert_written(1e20, "100000000000000000000");
    assert_written(1e21, "1e21");
    assert_written(-1.25e30, "-1.25e30");
    assert_written(0.000001, "0.000001");
    assert_written(0.00000123, "0.00000123");
    assert_written(0.0000001, "1e-7");
    assert_written(1.5e-9, "1.5e-9");
    assert_written(DBL_MAX, "1.7976931348623157e308");
    assert_written(DBL_MIN, "2.2250738585072014e-308");
    assert_written(DBL_TRUE_MIN, "5e-324");
    assert_written(9.5367431640625e-07, "9.5367431640625e-7");
    /* A power of two: a nearer number of as many digits would not read back. */
    assert_written(0x1p-1017, "7.120236347223045e-307");
    assert_written(INFINITY, "null");
    assert_written(-INFINITY, "null");
    assert_written(NAN, "null");
}

static void test_what_is_written_is_json_and_reads_back(void **state)
{
    (void)state;
    struct arena arena;
    uint64_t seed = 7;
    for (unsigned i = 0; i < 20000; i++) {
        uint64_t bits = random_next(&seed);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (i % 4 == 0)
            value = (double)(int64_t)(bits >> (i % 60));
        if (i % 4 == 1)
            value = (double)(bits % 1000000) / 1000;
        if (!isfinite(value))
            continue;
        arena_init(&arena, NULL, 10000);
        struct str text = json_text(&arena, json_from_double(&arena, value));
        assert_true(json_number(number(text)) == value);
        assert_true(text.length <= 25);
        arena_done(&arena);
    }
}

/* Only where such a locale is installed can the decimal comma really be tried. */
static void test_no_locale_changes_numbers(void **state)
{
    (void)state;
    static const char *const locales[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    const char *found = NULL;
    for (size_t i = 0; i < sizeof locales / sizeof *locales && found == NULL; i++)
        found = setlocale(LC_NUMERIC, locales[i]);
    if (found == NULL) {
        print_message("skipped: a locale with a decimal comma is not there\n");
        skip();
    }
    assert_true(value_of("1.234567890123456789") == 1.234567890123456789);
    assert_written(1.0 / 3, "0.3333333333333333");
    setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_numbers_written_differently),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_exponents_of_any_size),
        cmocka_unit_test(test_very_long_numbers),
        cmocka_unit_test(test_doubles),
        cmocka_unit_test(test_the_last_of_a_thousand_digits_decides),
        cmocka_unit_test(test_doubles_as_strtod_reads_them),
        cmocka_unit_test(test_doubles_are_written_short),
        cmocka_unit_test(test_what_is_written_is_json_and_reads_back),
        cmocka_unit_test(test_no_locale_changes_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

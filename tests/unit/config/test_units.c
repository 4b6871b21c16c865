/*
 * Durations, sizes and shares as people write them.
 */
#include "printed.h"

#include "config/units.h"

static usec duration(const char *text)
{
    usec value = -1;
    return units_duration(str_of(text), &value) == NULL ? value : -1;
}

static int64_t size(const char *text)
{
    uint64_t value = 0;
    return units_size(str_of(text), &value) == NULL ? (int64_t)value : -1;
}

static double share(const char *text)
{
    double value = -1;
    return units_share(str_of(text), &value) == NULL ? value : -1;
}

static void durations(void **state)
{
    (void)state;
    assert_int_equal(duration("250ms"), 250 * MILLISECOND);
    assert_int_equal(duration("1s"), SECOND);
    assert_int_equal(duration("5m"), 5 * MINUTE);
    assert_int_equal(duration("1h"), HOUR);
    assert_int_equal(duration("1.5s"), 1500 * MILLISECOND);
    assert_int_equal(duration("1.001s"), 1001 * MILLISECOND);
    assert_int_equal(duration("0.5ms"), 500);
    assert_int_equal(duration("0.25h"), 15 * MINUTE);
    assert_int_equal(duration("0s"), 0);
    assert_int_equal(duration("1.123456789123s"), 1123456);
    const char *wrong[] = {"",
                           "1",
                           "s",
                           "1 s",
                           "-1s",
                           "+1s",
                           "1.s",
                           ".5s",
                           "1d",
                           "1sec",
                           "1S",
                           "1e3s",
                           "0x1s",
                           "1s ",
                           "99999999999999999999h",
                           "9999999999999h"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_int_equal(duration(wrong[i]), -1);
}

static void sizes(void **state)
{
    (void)state;
    assert_int_equal(size("512B"), 512);
    assert_int_equal(size("16KiB"), 16 * 1024);
    assert_int_equal(size("1MiB"), 1024 * 1024);
    assert_int_equal(size("1MB"), 1000000);
    assert_int_equal(size("2kB"), 2000);
    assert_int_equal(size("1GiB"), 1024 * 1024 * 1024);
    assert_int_equal(size("1.5KiB"), 1536);
    assert_int_equal(size("16"), -1);
    assert_int_equal(size("16K"), -1);
    assert_int_equal(size("16 KiB"), -1);
    assert_int_equal(size("99999999999GiB"), -1);
}

static void shares(void **state)
{
    (void)state;
    assert_true(share("20%") == 0.2);
    assert_true(share("0%") == 0);
    assert_true(share("100%") == 1);
    assert_true(share("12.5%") == 0.125);
    assert_true(share("100.1%") == -1);
    assert_true(share("0.2") == -1);
    assert_true(share("20") == -1);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    usec value = 7;
    assert_string_equal(units_duration(STR("30"), &value), "has no unit");
    assert_string_equal(units_duration(STR("30d"), &value), "has a unit that does not exist");
    assert_string_equal(units_duration(STR("soon"), &value), "is not a number with a unit");
    assert_int_equal(value, 7);
}

static void written_back_as_a_person_would(void **state)
{
    (void)state;
    char text[UNITS_TEXT_SIZE];
    units_format_duration(90 * SECOND, text);
    assert_string_equal(text, "90s");
    units_format_duration(2 * HOUR, text);
    assert_string_equal(text, "2h");
    units_format_duration(1500, text);
    assert_string_equal(text, "1.500ms");
    units_format_duration(0, text);
    assert_string_equal(text, "0ms");
    units_format_size(64 * 1024, text);
    assert_string_equal(text, "64KiB");
    units_format_size(1000000, text);
    assert_string_equal(text, "1000000B");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations),
        cmocka_unit_test(sizes),
        cmocka_unit_test(shares),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(written_back_as_a_person_would),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

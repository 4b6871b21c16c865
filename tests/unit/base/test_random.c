/* The generator: the published sequence, its bounds, its seeds. */
#include "base/random.h"

#include "base/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* What the authors' reference implementation gives for this state. */
static void test_the_sequence_is_xoshiro256(void **state)
{
    (void)state;
    struct random random = {{1, 2, 3, 4}};
    assert_true(random_next(&random) == 11520);
    assert_true(random_next(&random) == 0);
    assert_true(random_next(&random) == 1509978240);
    assert_true(random_next(&random) == 1215971899390074240);
}

static void test_below_is_below_and_reaches_all(void **state)
{
    (void)state;
    struct random random = {{1, 2, 3, 4}};
    unsigned seen[7] = {0};
    for (int i = 0; i < 7000; i++) {
        uint64_t number = random_below(&random, 7);
        assert_true(number < 7);
        seen[number]++;
    }
    for (int i = 0; i < 7; i++)
        assert_in_range(seen[i], 850, 1150);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(random_below(&random, 1), 0);
        assert_true(random_below(&random, (UINT64_MAX >> 1) + 2) <= (UINT64_MAX >> 1) + 1);
    }
}

static void test_hex_fills_exactly(void **state)
{
    (void)state;
    struct random random = {{1, 2, 3, 4}};
    char text[40];
    for (size_t count = 0; count <= 33; count++) {
        memset(text, '!', sizeof(text));
        random_hex(&random, text, count);
        for (size_t i = 0; i < count; i++)
            assert_non_null(memchr("0123456789abcdef", text[i], 16));
        assert_int_equal(text[count], '!');
    }
    struct random again = {{1, 2, 3, 4}};
    random_hex(&again, text, 4);
    /* 11520 is 0x2d00; the lowest digit comes first. */
    assert_memory_equal(text, "00d2", 4);
}

static void test_digits_of_numbers(void **state)
{
    (void)state;
    char text[16];
    hex_write(UINT64_C(0x0123456789abcdef), text);
    assert_memory_equal(text, "0123456789abcdef", 16);
    hex_write_lowest_first(UINT64_C(0x0123456789abcdef), text);
    assert_memory_equal(text, "fedcba9876543210", 16);
    hex_write(UINT64_C(0xfedcba9876543210), text);
    assert_memory_equal(text, "fedcba9876543210", 16);
}

static void test_each_object_has_its_own_seed(void **state)
{
    (void)state;
    struct random a, b;
    random_init(&a);
    random_init(&b);
    assert_true(random_next(&a) != random_next(&b));
    char bytes[600];
    memset(bytes, 0, sizeof(bytes));
    random_fill(bytes, 300);
    char zero[300] = {0};
    assert_memory_not_equal(bytes, zero, 300);
    assert_memory_equal(bytes + 300, zero, 300);
    random_fill(bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sequence_is_xoshiro256),
        cmocka_unit_test(test_below_is_below_and_reaches_all),
        cmocka_unit_test(test_hex_fills_exactly),
        cmocka_unit_test(test_digits_of_numbers),
        cmocka_unit_test(test_each_object_has_its_own_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

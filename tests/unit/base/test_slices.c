/* Slices: what is kept stays where it is, what is copied is coalesced, the bytes are the same. */
#include "base/slices.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define LONG_LENGTH 1000

struct fixture {
    struct arena arena;
    struct slices slices;
    char text[4 * LONG_LENGTH];
};

static int set_up(void **state)
{
    static struct fixture fixture;
    arena_init(&fixture.arena, NULL, 10 << 20);
    slices_init(&fixture.slices, &fixture.arena);
    for (size_t i = 0; i < sizeof(fixture.text); i++)
        fixture.text[i] = (char)('a' + i % 26);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    arena_done(&fixture->arena);
    return 0;
}

static struct str long_text(struct fixture *fixture, size_t which)
{
    return (struct str){fixture->text + which * LONG_LENGTH, LONG_LENGTH};
}

static void test_nothing_joins_to_nothing(void **state)
{
    struct fixture *fixture = *state;
    slices_copy(&fixture->slices, STR(""));
    slices_keep(&fixture->slices, STR_NONE);
    assert_int_equal(fixture->slices.count, 0);
    assert_int_equal(slices_join(&fixture->slices).length, 0);
    assert_int_equal(fixture->arena.used, 0);
}

static void test_short_pieces_become_one(void **state)
{
    struct fixture *fixture = *state;
    char word[] = "one";
    slices_copy(&fixture->slices, str_of(word));
    word[0] = 'x';
    slices_copy_literal(&fixture->slices, ", two");
    slices_keep(&fixture->slices, STR(", three"));
    assert_int_equal(fixture->slices.count, 1);
    assert_int_equal(fixture->slices.bytes, 15);
    struct str joined = slices_join(&fixture->slices);
    assert_int_equal(joined.length, 15);
    assert_memory_equal(joined.at, "one, two, three", 15);
    /* Joining one slice copies nothing. */
    assert_ptr_equal(joined.at, fixture->slices.list[0].iov_base);
}

static void test_long_text_stays_in_place(void **state)
{
    struct fixture *fixture = *state;
    slices_copy_literal(&fixture->slices, "[");
    slices_keep(&fixture->slices, long_text(fixture, 2));
    slices_copy_literal(&fixture->slices, ",");
    slices_keep(&fixture->slices, long_text(fixture, 0));
    slices_copy_literal(&fixture->slices, "]");
    assert_int_equal(fixture->slices.count, 5);
    assert_int_equal(fixture->slices.bytes, 3 + 2 * LONG_LENGTH);
    assert_ptr_equal(fixture->slices.list[1].iov_base, long_text(fixture, 2).at);
    assert_ptr_equal(fixture->slices.list[3].iov_base, long_text(fixture, 0).at);

    char flat[3 + 2 * LONG_LENGTH];
    slices_flatten(&fixture->slices, flat);
    assert_int_equal(flat[0], '[');
    assert_memory_equal(flat + 1, long_text(fixture, 2).at, LONG_LENGTH);
    assert_int_equal(flat[1 + LONG_LENGTH], ',');
    assert_memory_equal(flat + 2 + LONG_LENGTH, long_text(fixture, 0).at, LONG_LENGTH);
    assert_int_equal(flat[2 + 2 * LONG_LENGTH], ']');

    struct str joined = slices_join(&fixture->slices);
    assert_int_equal(joined.length, sizeof(flat));
    assert_memory_equal(joined.at, flat, sizeof(flat));
    assert_int_equal(fixture->slices.count, 1);
}

static void test_text_in_its_order_is_one_slice(void **state)
{
    struct fixture *fixture = *state;
    slices_keep(&fixture->slices, long_text(fixture, 1));
    slices_keep(&fixture->slices, (struct str){long_text(fixture, 2).at, 1});
    slices_keep(&fixture->slices, str_from(long_text(fixture, 2), 1));
    assert_int_equal(fixture->slices.count, 1);
    struct str joined = slices_join(&fixture->slices);
    assert_ptr_equal(joined.at, long_text(fixture, 1).at);
    assert_int_equal(joined.length, 2 * LONG_LENGTH);
}

static void test_what_is_written_after_joining_follows(void **state)
{
    struct fixture *fixture = *state;
    slices_copy_literal(&fixture->slices, "a");
    slices_keep(&fixture->slices, long_text(fixture, 0));
    slices_copy_literal(&fixture->slices, "b");
    slices_join(&fixture->slices);
    slices_copy_literal(&fixture->slices, "c");
    struct str joined = slices_join(&fixture->slices);
    assert_int_equal(joined.length, LONG_LENGTH + 3);
    assert_int_equal(joined.at[0], 'a');
    assert_memory_equal(joined.at + 1, long_text(fixture, 0).at, LONG_LENGTH);
    assert_memory_equal(joined.at + 1 + LONG_LENGTH, "bc", 2);
}

/* Pieces of all lengths, copied and kept in turn, against the same bytes written plainly. */
static void test_many_pieces_give_the_same_bytes(void **state)
{
    struct fixture *fixture = *state;
    static char expected[2 << 20];
    size_t length = 0;
    for (size_t i = 0; i < 2000; i++) {
        struct str piece = {fixture->text + i % 100, i * 7 % 700};
        memcpy(expected + length, piece.at, piece.length);
        length += piece.length;
        if (i % 3 == 0)
            slices_keep(&fixture->slices, piece);
        else
            slices_copy(&fixture->slices, piece);
    }
    assert_int_equal(fixture->slices.bytes, length);
    assert_true(fixture->slices.count < 1400);
    size_t sum = 0;
    for (size_t i = 0; i < fixture->slices.count; i++)
        sum += fixture->slices.list[i].iov_len;
    assert_int_equal(sum, length);
    struct str joined = slices_join(&fixture->slices);
    assert_int_equal(joined.length, length);
    assert_memory_equal(joined.at, expected, length);
}

static void test_copies_alone_cost_about_their_length(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 100000; i++)
        slices_copy_literal(&fixture->slices, "0123456789");
    assert_int_equal(fixture->slices.bytes, 1000000);
    assert_true(fixture->slices.count <= 1000000 / 8192 + 10);
    assert_true(fixture->arena.used < 1050000);
}

int main(void)
{
#define WITH_SLICES(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_SLICES(test_nothing_joins_to_nothing),
        WITH_SLICES(test_short_pieces_become_one),
        WITH_SLICES(test_long_text_stays_in_place),
        WITH_SLICES(test_text_in_its_order_is_one_slice),
        WITH_SLICES(test_what_is_written_after_joining_follows),
        WITH_SLICES(test_many_pieces_give_the_same_bytes),
        WITH_SLICES(test_copies_alone_cost_about_their_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

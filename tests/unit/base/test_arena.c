/* The arena: quota, alignment, blocks that come back. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_pieces_are_aligned_and_apart(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, NULL, 1 << 20);
    char *pieces[200];
    for (unsigned i = 0; i < 200; i++) {
        pieces[i] = arena_allocate(&arena, i);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        memset(pieces[i], (int)i, i);
    }
    for (unsigned i = 0; i < 200; i++) {
        for (unsigned at = 0; at < i; at++)
            assert_int_equal((unsigned char)pieces[i][at], i);
    }
    arena_done(&arena);
}

static void test_an_aligned_piece_follows_text(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, NULL, 1000);
    char *text = arena_bytes(&arena, 3);
    char *more = arena_bytes(&arena, 4);
    assert_ptr_equal(more, text + 3);
    char *piece = arena_allocate(&arena, 8);
    assert_ptr_equal(piece, text + 16);
    assert_int_equal(arena.used, 3 + 4 + 16);
    arena_done(&arena);
}

static void test_nothing_is_a_piece_too(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, NULL, 0);
    assert_non_null(arena_allocate(&arena, 0));
    assert_non_null(arena_bytes(&arena, 0));
    assert_false(arena_is_over(&arena));
    arena_done(&arena);
}

static void test_the_quota_marks_and_never_refuses(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, NULL, 64);
    assert_true(arena_has_room(&arena, 64));
    assert_false(arena_has_room(&arena, 65));
    assert_false(arena_has_room(&arena, SIZE_MAX));
    arena_bytes(&arena, 64);
    assert_false(arena_is_over(&arena));
    assert_true(arena_has_room(&arena, 0));
    assert_false(arena_has_room(&arena, 1));
    char *beyond = arena_bytes(&arena, 1);
    beyond[0] = 'x';
    assert_true(arena_is_over(&arena));
    arena_bytes(&arena, 0);
    assert_true(arena_is_over(&arena));
    assert_false(arena_has_room(&arena, 0));
    arena_done(&arena);
    arena_init(&arena, NULL, 64);
    assert_false(arena_is_over(&arena));
    arena_done(&arena);
}

static void test_zeroed_memory_is_zero_even_when_reused(void **state)
{
    (void)state;
    struct arena_pool pool;
    arena_pool_init(&pool, 4);
    struct arena arena;
    arena_init(&arena, &pool, 10000);
    memset(arena_allocate(&arena, 4000), 0xff, 4000);
    arena_done(&arena);
    assert_int_equal(pool.count, 1);
    arena_init(&arena, &pool, 10000);
    unsigned *numbers = arena_array(&arena, unsigned, 1000);
    assert_int_equal(pool.count, 0);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], 0);
    arena_done(&arena);
    arena_pool_done(&pool);
}

/* 4 + 8 + 16 + 32 + 64 + 64 KiB. */
static void fill_six_blocks(struct arena *arena)
{
    for (int i = 0; i < 170; i++)
        memset(arena_allocate(arena, 1024), i, 1024);
}

static void test_blocks_come_back_through_the_pool(void **state)
{
    (void)state;
    struct arena_pool pool;
    arena_pool_init(&pool, 8);
    struct arena arena;
    arena_init(&arena, &pool, SIZE_MAX);
    fill_six_blocks(&arena);
    assert_int_equal(pool.count, 0);
    arena_done(&arena);
    assert_int_equal(pool.count, 6);

    /* The same work once more takes exactly what is there. */
    arena_init(&arena, &pool, SIZE_MAX);
    fill_six_blocks(&arena);
    assert_int_equal(pool.count, 0);
    for (int i = 0; i < ARENA_BLOCK_SIZES; i++)
        assert_null(pool.free[i]);
    arena_done(&arena);
    assert_int_equal(pool.count, 6);
    arena_pool_done(&pool);
    assert_int_equal(pool.count, 0);
}

static void test_the_pool_keeps_no_more_than_its_maximum(void **state)
{
    (void)state;
    struct arena_pool pool;
    arena_pool_init(&pool, 2);
    struct arena arena;
    arena_init(&arena, &pool, SIZE_MAX);
    fill_six_blocks(&arena);
    arena_done(&arena);
    assert_int_equal(pool.count, 2);
    arena_pool_done(&pool);
}

static void test_a_large_piece_has_its_own_block(void **state)
{
    (void)state;
    struct arena_pool pool;
    arena_pool_init(&pool, 8);
    struct arena arena;
    arena_init(&arena, &pool, SIZE_MAX);
    char *before = arena_bytes(&arena, 10);
    char *large = arena_allocate(&arena, 1000000);
    char *after = arena_bytes(&arena, 10);
    memset(large, 1, 1000000);
    /* The small block is still the one that is filled. */
    assert_ptr_equal(after, before + 10);
    arena_done(&arena);
    assert_int_equal(pool.count, 1);

    arena_init(&arena, &pool, SIZE_MAX);
    memset(arena_allocate(&arena, 70000), 1, 70000);
    memset(arena_allocate(&arena, 60000), 1, 60000);
    memset(arena_allocate(&arena, 70000), 1, 70000);
    arena_done(&arena);
    assert_int_equal(pool.count, 2);
    arena_pool_done(&pool);
}

static void test_a_new_block_is_as_large_as_needed(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, NULL, SIZE_MAX);
    memset(arena_allocate(&arena, 1), 1, 1);
    memset(arena_allocate(&arena, 30000), 1, 30000);
    memset(arena_allocate(&arena, 4096), 1, 4096);
    memset(arena_allocate(&arena, 65520), 1, 65520);
    memset(arena_allocate(&arena, 65536), 1, 65536);
    assert_int_equal(arena.used, 16 + 30000 + 4096 + 65520 + 65536);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_are_aligned_and_apart),
        cmocka_unit_test(test_an_aligned_piece_follows_text),
        cmocka_unit_test(test_nothing_is_a_piece_too),
        cmocka_unit_test(test_the_quota_marks_and_never_refuses),
        cmocka_unit_test(test_zeroed_memory_is_zero_even_when_reused),
        cmocka_unit_test(test_blocks_come_back_through_the_pool),
        cmocka_unit_test(test_the_pool_keeps_no_more_than_its_maximum),
        cmocka_unit_test(test_a_large_piece_has_its_own_block),
        cmocka_unit_test(test_a_new_block_is_as_large_as_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

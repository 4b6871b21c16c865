/*
 * The arena: blocks in a list, a pointer that moves through the newest. Blocks of the standard
 * sizes double from 4 to 64 KiB and go back to the pool they came from, sorted by size; a piece
 * that fits in none of them gets a block of its own, which is never pooled.
 *
 * Under AddressSanitizer what is not handed out is poisoned.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#define arena_poison(at, size)   ASAN_POISON_MEMORY_REGION((at), (size))
#define arena_unpoison(at, size) ASAN_UNPOISON_MEMORY_REGION((at), (size))
#else
#define arena_poison(at, size)   ((void)(at), (void)(size))
#define arena_unpoison(at, size) ((void)(at), (void)(size))
#endif

#define ALIGNMENT      ((size_t)16)
#define BLOCK_SMALLEST ((size_t)4096)
#define BLOCK_LARGEST  (BLOCK_SMALLEST << (ARENA_BLOCK_SIZES - 1))

struct arena_block {
    struct arena_block *next;
    uint32_t size_index; /* ARENA_BLOCK_SIZES for a block of its own size */
    _Alignas(16) char bytes[];
};

#define BLOCK_ROOM(size) ((size) - sizeof(struct arena_block))

static inline size_t align_up(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

void arena_pool_init(struct arena_pool *pool, size_t maximum)
{
    *pool = (struct arena_pool){.maximum = maximum};
}

void arena_pool_done(struct arena_pool *pool)
{
    for (size_t i = 0; i < ARENA_BLOCK_SIZES; i++) {
        while (pool->free[i]) {
            struct arena_block *block = pool->free[i];
            pool->free[i] = block->next;
            free(block);
        }
    }
    pool->count = 0;
}

static struct arena_block *block_new(size_t size, uint32_t size_index)
{
    struct arena_block *block = malloc(size);
    if (!block)
        abort();
    block->size_index = size_index;
    return block;
}

static struct arena_block *pool_take(struct arena_pool *pool, uint32_t size_index)
{
    if (!pool || !pool->free[size_index])
        return block_new(BLOCK_SMALLEST << size_index, size_index);
    struct arena_block *block = pool->free[size_index];
    pool->free[size_index] = block->next;
    pool->count--;
    return block;
}

static void pool_give(struct arena_pool *pool, struct arena_block *block)
{
    uint32_t size_index = block->size_index;
    if (!pool || size_index == ARENA_BLOCK_SIZES || pool->count >= pool->maximum) {
        free(block);
        return;
    }
    arena_poison(block->bytes, BLOCK_ROOM(BLOCK_SMALLEST << size_index));
    block->next = pool->free[size_index];
    pool->free[size_index] = block;
    pool->count++;
}

void arena_init(struct arena *arena, struct arena_pool *pool, size_t quota)
{
    *arena = (struct arena){.pool = pool, .quota = quota};
}

void arena_done(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *block = arena->blocks;
        arena->blocks = block->next;
        pool_give(arena->pool, block);
    }
    arena_init(arena, arena->pool, arena->quota);
}

/* The block goes behind the newest one, in which there may still be room. */
static void *arena_take_own_block(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX - sizeof(struct arena_block))
        abort();
    struct arena_block *block = block_new(sizeof(*block) + size, ARENA_BLOCK_SIZES);
    if (arena->blocks) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = NULL;
        arena->blocks = block;
    }
    return block->bytes;
}

/* The newest block has no room for `size` bytes. */
static __attribute__((noinline)) char *arena_take_slowly(struct arena *arena, size_t size)
{
    if (size > BLOCK_ROOM(BLOCK_LARGEST))
        return arena_take_own_block(arena, size);
    uint32_t size_index = 0;
    if (arena->blocks && arena->blocks->size_index < ARENA_BLOCK_SIZES)
        size_index = arena->blocks->size_index + 1;
    if (size_index >= ARENA_BLOCK_SIZES)
        size_index = ARENA_BLOCK_SIZES - 1;
    while (BLOCK_ROOM(BLOCK_SMALLEST << size_index) < size)
        size_index++;
    struct arena_block *block = pool_take(arena->pool, size_index);
    size_t room = BLOCK_ROOM(BLOCK_SMALLEST << size_index);
    arena_poison(block->bytes, room);
    arena_unpoison(block->bytes, size);
    block->next = arena->blocks;
    arena->blocks = block;
    arena->at = block->bytes + size;
    arena->end = block->bytes + room;
    return block->bytes;
}

static inline void arena_count(struct arena *arena, size_t size)
{
    if (__builtin_add_overflow(arena->used, size, &arena->used))
        abort();
    if (arena->used > arena->quota)
        arena->is_over = true;
}

void *arena_allocate(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX - 2 * ALIGNMENT)
        abort();
    arena_count(arena, align_up(size));
    size_t padding = (size_t)(0 - (uintptr_t)arena->at) & (ALIGNMENT - 1);
    size_t room = (size_t)(arena->end - arena->at);
    if (room < padding + size || !arena->at)
        return arena_take_slowly(arena, size);
    char *piece = arena->at + padding;
    arena->at = piece + size;
    arena_unpoison(piece, size);
    return piece;
}

char *arena_bytes(struct arena *arena, size_t size)
{
    arena_count(arena, size);
    if ((size_t)(arena->end - arena->at) < size || !arena->at)
        return arena_take_slowly(arena, size);
    char *piece = arena->at;
    arena->at = piece + size;
    arena_unpoison(piece, size);
    return piece;
}

void *arena_zero(struct arena *arena, size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product))
        abort();
    void *piece = arena_allocate(arena, product);
    memset(piece, 0, product);
    return piece;
}

bool arena_has_room(const struct arena *arena, size_t size)
{
    return arena->used <= arena->quota && size <= SIZE_MAX - ALIGNMENT &&
           align_up(size) <= arena->quota - arena->used;
}

/*
 * An arena: memory that is taken in small pieces and given back all at once.
 *
 * Every arena has a quota. Memory is bounded, not fallible: an allocation never returns NULL (out
 * of memory itself aborts). One that exceeds the quota still succeeds and sets the sticky mark
 * that arena_is_over() reads. Whoever allocates in a loop whose length comes from outside checks
 * the mark in that loop, so an arena overshoots its quota by one step at the most; whoever
 * allocates a size that comes from outside asks arena_has_room() first.
 */
#ifndef BRAID_BASE_ARENA_H
#define BRAID_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#define ARENA_BLOCK_SIZES 5 /* 4, 8, 16, 32 and 64 KiB */

/* Blocks that ended arenas left behind; one per thread, so that a request need not ask malloc. */
struct arena_pool {
    struct arena_block *free[ARENA_BLOCK_SIZES];
    size_t count;
    size_t maximum; /* blocks kept; what comes beyond goes back to malloc */
};

struct arena {
    struct arena_pool *pool; /* or NULL */
    struct arena_block *blocks;
    char *at;
    char *end;
    size_t used;  /* bytes handed out, each aligned piece rounded up to 16 */
    size_t quota; /* bytes */
    bool is_over;
};

void arena_pool_init(struct arena_pool *pool, size_t maximum);
void arena_pool_done(struct arena_pool *pool);

/* Keeps `pool` (may be NULL); takes no memory before the first allocation. */
void arena_init(struct arena *arena, struct arena_pool *pool, size_t quota);

/* Everything that was allocated is gone; the arena may be initialised again. */
void arena_done(struct arena *arena);

/* Uninitialised memory, aligned to 16 bytes. A size of 0 gives a valid pointer. */
void *arena_allocate(struct arena *arena, size_t size);

/* Zeroed memory for `count` objects of `size` bytes; the product is checked. */
void *arena_zero(struct arena *arena, size_t count, size_t size);

/* Unaligned bytes, for text. */
char *arena_bytes(struct arena *arena, size_t size);

/* An arena_allocate() or arena_bytes() of `size` would stay within the quota. */
bool arena_has_room(const struct arena *arena, size_t size);

static inline bool arena_is_over(const struct arena *arena)
{
    return arena->is_over;
}

#define arena_new(arena, type)          ((type *)arena_zero((arena), 1, sizeof(type)))
#define arena_array(arena, type, count) ((type *)arena_zero((arena), (count), sizeof(type)))

#endif

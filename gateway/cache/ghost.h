/*
 * Who was here before: fingerprints of what was evicted, without what it was (the ghost queue of
 * S3-FIFO). A bounded table in which the oldest of four makes room; a false yes costs nothing but
 * a place in the wrong queue.
 */
#ifndef BRAID_GATEWAY_CACHE_GHOST_H
#define BRAID_GATEWAY_CACHE_GHOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ghost_slot {
    uint32_t fingerprint;
    uint32_t time; /* the how-manieth insertion; 0: empty */
};

struct ghost {
    struct ghost_slot *slots;
    uint32_t mask; /* sets of four, minus one */
    uint32_t time;
};

/* `sets` is a power of two; aborts without memory. */
void ghost_init(struct ghost *ghost, uint32_t sets);
void ghost_done(struct ghost *ghost);

static inline size_t ghost_bytes(const struct ghost *ghost)
{
    return ((size_t)ghost->mask + 1) * 4 * sizeof(struct ghost_slot);
}

void ghost_add(struct ghost *ghost, uint64_t hash);

/* Whether `hash` is among the last `window` that were added; it is taken out. */
bool ghost_take(struct ghost *ghost, uint64_t hash, uint32_t window);

#endif

/* See ghost.h. */
#include "gateway/cache/ghost.h"

#include <stdlib.h>

#define WAYS 4

void ghost_init(struct ghost *ghost, uint32_t sets)
{
    *ghost = (struct ghost){.mask = sets - 1};
    ghost->slots = calloc((size_t)sets * WAYS, sizeof *ghost->slots);
    if (ghost->slots == NULL)
        abort();
}

void ghost_done(struct ghost *ghost)
{
    free(ghost->slots);
    ghost->slots = NULL;
}

static struct ghost_slot *ghost_set(struct ghost *ghost, uint64_t hash)
{
    return &ghost->slots[((hash >> 8) & ghost->mask) * WAYS];
}

void ghost_add(struct ghost *ghost, uint64_t hash)
{
    struct ghost_slot *set = ghost_set(ghost, hash), *oldest = set;
    for (int i = 0; i < WAYS; i++) {
        if (set[i].time == 0) {
            oldest = &set[i];
            break;
        }
        if (ghost->time - set[i].time > ghost->time - oldest->time)
            oldest = &set[i];
    }
    if (++ghost->time == 0) /* 0 says empty */
        ghost->time = 1;
    *oldest = (struct ghost_slot){(uint32_t)(hash >> 32), ghost->time};
}

bool ghost_take(struct ghost *ghost, uint64_t hash, uint32_t window)
{
    struct ghost_slot *set = ghost_set(ghost, hash);
    for (int i = 0; i < WAYS; i++) {
        if (set[i].time == 0 || set[i].fingerprint != (uint32_t)(hash >> 32))
            continue;
        bool is_recent = ghost->time - set[i].time < window;
        set[i].time = 0;
        return is_recent;
    }
    return false;
}

/*
 * Two counts over the last so many seconds: how often something happened, and how often in the way
 * that matters. A ring of buckets: as one begins, the oldest is forgotten, so a count is exact to
 * a tenth of the window.
 */
#ifndef BRAID_GATEWAY_GUARD_WINDOW_H
#define BRAID_GATEWAY_GUARD_WINDOW_H

#include "base/clock.h"

#define WINDOW_BUCKETS 10

struct window_counts {
    uint32_t all;
    uint32_t marked;
};

struct window {
    usec width;   /* of one bucket */
    int64_t last; /* the newest bucket's number since the clock began */
    struct window_counts sum;
    struct window_counts buckets[WINDOW_BUCKETS];
};

/* Empty; `length` in usec, at least WINDOW_BUCKETS. */
void window_init(struct window *window, usec length);

/* Forgets what is too old; to be called before the counts are read. */
void window_advance(struct window *window, usec now);

/* Adds to the newest bucket. The window is where `now` is. */
void window_add(struct window *window, uint32_t all, uint32_t marked);

#endif

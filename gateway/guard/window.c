/*
 * The ring.
 */
#include "gateway/guard/window.h"

void window_init(struct window *window, usec length)
{
    *window = (struct window){.width = length / WINDOW_BUCKETS};
}

void window_advance(struct window *window, usec now)
{
    int64_t position = now / window->width;
    if (position <= window->last)
        return;
    int64_t steps = position - window->last;
    if (steps > WINDOW_BUCKETS)
        steps = WINDOW_BUCKETS;
    for (int64_t i = 0; i < steps; i++) {
        struct window_counts *bucket = &window->buckets[(position - i) % WINDOW_BUCKETS];
        window->sum.all -= bucket->all;
        window->sum.marked -= bucket->marked;
        *bucket = (struct window_counts){0};
    }
    window->last = position;
}

void window_add(struct window *window, uint32_t all, uint32_t marked)
{
    struct window_counts *bucket = &window->buckets[window->last % WINDOW_BUCKETS];
    bucket->all += all;
    bucket->marked += marked;
    window->sum.all += all;
    window->sum.marked += marked;
}

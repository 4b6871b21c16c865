/*
 * Timers in a heap with four children per node, which is flatter than a binary one and keeps the
 * children in one or two cache lines; entries carry their due time, so that sifting does not touch
 * the timers themselves. What fires is first taken out of the heap into a batch: what callbacks
 * start then is of no concern to the batch, and what they cancel is struck from it.
 *
 * timer->place is the index in the heap plus one, or, with the top bit set, that in the batch.
 */
#include "base/timer.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#define CHILDREN   ((size_t)4)
#define IN_BATCH   (~(SIZE_MAX >> 1))
#define FIRST_ROOM ((size_t)64)

static void *array_grow(void *array, size_t *room, size_t size)
{
    *room = *room == 0 ? FIRST_ROOM : *room * 2;
    array = reallocarray(array, *room, size);
    if (!array)
        abort();
    return array;
}

void timers_init(struct timers *timers)
{
    *timers = (struct timers){0};
}

void timers_done(struct timers *timers)
{
    free(timers->heap);
    free(timers->batch);
    timers_init(timers);
}

void timer_init(struct timer *timer, void (*fire)(struct timer *timer))
{
    *timer = (struct timer){.due = USEC_NEVER, .fire = fire};
}

static inline void heap_put(struct timers *timers, size_t index, struct timer_entry entry)
{
    timers->heap[index] = entry;
    entry.timer->place = index + 1;
}

/* Puts `entry` at the free place `index` or above it. */
static void heap_rise(struct timers *timers, size_t index, struct timer_entry entry)
{
    while (index > 0) {
        size_t parent = (index - 1) / CHILDREN;
        if (timers->heap[parent].due <= entry.due)
            break;
        heap_put(timers, index, timers->heap[parent]);
        index = parent;
    }
    heap_put(timers, index, entry);
}

/* Puts `entry` at the free place `index` or below it. */
static void heap_sink(struct timers *timers, size_t index, struct timer_entry entry)
{
    for (;;) {
        size_t first = index * CHILDREN + 1;
        size_t end = first + CHILDREN < timers->count ? first + CHILDREN : timers->count;
        if (first >= end)
            break;
        size_t least = first;
        for (size_t child = first + 1; child < end; child++) {
            if (timers->heap[child].due < timers->heap[least].due)
                least = child;
        }
        if (timers->heap[least].due >= entry.due)
            break;
        heap_put(timers, index, timers->heap[least]);
        index = least;
    }
    heap_put(timers, index, entry);
}

/* Puts `entry` where it belongs, beginning at the free place `index`. */
static void heap_place(struct timers *timers, size_t index, struct timer_entry entry)
{
    if (index > 0 && timers->heap[(index - 1) / CHILDREN].due > entry.due)
        heap_rise(timers, index, entry);
    else
        heap_sink(timers, index, entry);
}

static void heap_remove(struct timers *timers, size_t index)
{
    struct timer_entry last = timers->heap[--timers->count];
    if (index < timers->count)
        heap_place(timers, index, last);
}

void timer_start(struct timers *timers, struct timer *timer, usec due)
{
    struct timer_entry entry = {due, timer};
    timer->due = due;
    if (timer->place != 0 && !(timer->place & IN_BATCH)) {
        heap_place(timers, timer->place - 1, entry);
        return;
    }
    timer_cancel(timers, timer);
    if (timers->count == timers->room)
        timers->heap = array_grow(timers->heap, &timers->room, sizeof(*timers->heap));
    heap_rise(timers, timers->count++, entry);
}

void timer_cancel(struct timers *timers, struct timer *timer)
{
    if (timer->place & IN_BATCH)
        timers->batch[timer->place & ~IN_BATCH] = NULL;
    else if (timer->place != 0)
        heap_remove(timers, timer->place - 1);
    timer->place = 0;
}

static void batch_append(struct timers *timers, struct timer *timer)
{
    if (timers->batch_count == timers->batch_room)
        timers->batch = array_grow(timers->batch, &timers->batch_room, sizeof(*timers->batch));
    timer->place = timers->batch_count | IN_BATCH;
    timers->batch[timers->batch_count++] = timer;
}

void timers_fire(struct timers *timers, usec now)
{
    assert(timers->batch_count == 0);
    while (timers->count > 0 && timers->heap[0].due <= now) {
        struct timer *timer = timers->heap[0].timer;
        heap_remove(timers, 0);
        batch_append(timers, timer);
    }
    for (size_t i = 0; i < timers->batch_count; i++) {
        struct timer *timer = timers->batch[i];
        if (timer) {
            timer->place = 0;
            timer->fire(timer);
        }
    }
    timers->batch_count = 0;
}

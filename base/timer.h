/*
 * Timers of one thread. A timer is embedded in what it belongs to and found back with
 * container_of; nothing here reads a clock: the time is passed in.
 */
#ifndef BRAID_BASE_TIMER_H
#define BRAID_BASE_TIMER_H

#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>

struct timer {
    usec due;
    size_t place; /* private; 0 when not running */
    void (*fire)(struct timer *timer);
};

struct timer_entry {
    usec due;
    struct timer *timer;
};

/* As long as the most timers that ran at once; who starts timers bounds their number. */
struct timers {
    struct timer_entry *heap;
    size_t count;
    size_t room;
    struct timer **batch; /* due timers of the timers_fire() at work; cancelled ones are NULL */
    size_t batch_count;
    size_t batch_room;
};

void timers_init(struct timers *timers);

/* What still runs is forgotten, and must not be cancelled later. */
void timers_done(struct timers *timers);

/* Not running. `fire` may free the timer, start it again, start and cancel others. */
void timer_init(struct timer *timer, void (*fire)(struct timer *timer));

/* Starts, or moves a running timer to another time. Keeps the timer until it fires. */
void timer_start(struct timers *timers, struct timer *timer, usec due);

/* It will not fire, not even when it is due in the timers_fire() at work. Nothing if not running.
 */
void timer_cancel(struct timers *timers, struct timer *timer);

static inline bool timer_is_running(const struct timer *timer)
{
    return timer->place != 0;
}

/* When the first timer is due, or USEC_NEVER. */
static inline usec timers_next(const struct timers *timers)
{
    return timers->count > 0 ? timers->heap[0].due : USEC_NEVER;
}

/*
 * Fires all that are due at the moment of the call, earliest first; those due at the same
 * microsecond in any order. What a callback starts waits for the next call, however early it is
 * due. Not to be called from a callback.
 */
void timers_fire(struct timers *timers, usec now);

#endif

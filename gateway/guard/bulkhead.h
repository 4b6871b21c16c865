/*
 * The bulkhead (Nygard 2007): so many attempts of a service in flight and so many calls that wait,
 * over the whole process, so that one slow service cannot take everything. Only the counts; who
 * waits, and in which order, is the guard's.
 */
#ifndef BRAID_GATEWAY_GUARD_BULKHEAD_H
#define BRAID_GATEWAY_GUARD_BULKHEAD_H

#include <stdbool.h>
#include <stdint.h>

struct bulkhead {
    uint32_t places;
    uint32_t queue;
    uint32_t flying;
    uint32_t waiting;
};

static inline bool bulkhead_has_place(const struct bulkhead *bulkhead)
{
    return bulkhead->flying < bulkhead->places;
}

static inline bool bulkhead_may_wait(const struct bulkhead *bulkhead)
{
    return bulkhead->waiting < bulkhead->queue;
}

#endif

/*
 * What one exchange has asked of services, in the order it was asked: for its line in the log, for
 * its spans, for who looks at it later. In the exchange's arena.
 */
#ifndef BRAID_GATEWAY_TELEMETRY_TRAIL_H
#define BRAID_GATEWAY_TELEMETRY_TRAIL_H

#include "base/clock.h"
#include "config/reason.h"
#include "routes/method.h"

#include <stdbool.h>
#include <stdint.h>

struct call;
struct service;

/* One request to a service, with its tries. */
struct hop {
    struct hop *next;
    const struct call *call; /* NULL: the route is passed on */
    const struct service *service;
    enum method method;
    uint64_t span; /* the id that the service was told; never 0 */
    usec began;    /* loop time */
    usec took_off; /* when it had a place; 0: never */
    usec ended;    /* 0: not yet */
    enum reason reason;
    int status;
    uint32_t tries; /* 0: nothing was sent */
    bool is_rung;   /* of the call's fallback */
};

/* Zeroed is a good beginning. */
struct trail {
    struct hop *first;
    struct hop *last;
    uint32_t count;
};

static inline void trail_add(struct trail *trail, struct hop *hop)
{
    if (trail->last == NULL)
        trail->first = hop;
    else
        trail->last->next = hop;
    trail->last = hop;
    trail->count++;
}

#endif

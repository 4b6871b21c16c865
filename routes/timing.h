/*
 * How long the calls of a route may take at the worst, by their timeouts alone.
 */
#ifndef BRAID_ROUTES_TIMING_H
#define BRAID_ROUTES_TIMING_H

#include "routes/route.h"

struct timing_call {
    usec own;        /* of the call and its rungs, from its start, without waiting for others */
    usec end;        /* the latest moment at which it ends, from the start of the route */
    uint32_t behind; /* the call whose end decided when it started or ended; UINT32_MAX: none */
};

/* One per call of the route, in arena. */
const struct timing_call *timing_of_calls(struct arena *arena, const struct route *route);

/* The same, as if every `each` had elements for one request only. */
const struct timing_call *timing_of_calls_once(struct arena *arena, const struct route *route);

/* The call that ends last; UINT32_MAX where there is none. */
uint32_t timing_last(const struct route *route, const struct timing_call *calls);

/* How long one request may take: its own timeout, otherwise its service's. */
usec timing_of_request(const struct request *request);

/* The call's own request, one of them with `each`. */
usec timing_once(const struct call *call);

/* The call's own request, all its elements with `each`. */
usec timing_of_call(const struct call *call);

#endif

/*
 * What becomes of a route's calls when a service is lost: thought through at load, over the
 * ladders and over what the fallback values make of the requests that depend on them.
 */
#ifndef BRAID_ROUTES_OUTAGE_H
#define BRAID_ROUTES_OUTAGE_H

#include "routes/route.h"

enum outage { OUTAGE_UNTOUCHED, OUTAGE_DEGRADES, OUTAGE_FAILS, OUTAGE_COUNT };

struct outage_call {
    enum outage outage;
    const struct rung *rung; /* OUTAGE_DEGRADES: the one that gives the value */
    bool by_dependency;      /* it is not the lost service's, but waits for a call that fell */
};

/* One per call of the route, in arena. */
const struct outage_call *outage_of_calls(struct arena *arena, const struct route *route,
                                          const struct service *service);

/*
 * The request of `call` cannot be built when the call `first` has the value `value`: some
 * expression of its target that mentions `first` alone is then null.
 */
bool outage_unresolves(struct arena *arena, const struct route *route, const struct call *call,
                       const struct call *first, struct json value);

/* The value of a rung where it is known at load. */
bool outage_rung_value(const struct rung *rung, struct json *ret_value);

#endif

/*
 * What a client finds in the answer when a service is lost and the route only degrades: which
 * members become null, are left out, or are made of what a fallback gives.
 */
#ifndef BRAID_ROUTES_LOSS_H
#define BRAID_ROUTES_LOSS_H

#include "routes/outage.h"

enum loss {
    LOSS_VALUE,   /* a value that is known at load, maybe null */
    LOSS_OMITTED, /* the member is not there */
    LOSS_MADE,    /* made of what the fallback of `call` gives */
    LOSS_COUNT
};

struct lost_member {
    struct str path; /* "customer.name", "items[].title"; "" is the whole body, "…" a spread */
    enum loss loss;
    struct json value; /* LOSS_VALUE */
    const struct call *call;
};

/* "value", "omitted", "made". */
const char *loss_name(enum loss loss);

/*
 * `calls`: what outage_of_calls() says of the route and the lost service. Members that stay as
 * they are, and those that another service's answer is put into, are not among them. In arena.
 */
const struct lost_member *loss_of_answer(struct arena *arena, const struct route *route,
                                         const struct outage_call *calls, uint32_t *ret_count);

#endif

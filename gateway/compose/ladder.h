/*
 * One call (or one element of an `each`) from its request to its outcome: the request itself, and
 * when it fails the rungs of its fallback, in the order written, until one yields a value.
 *
 *   ladder_start -> … -> done, exactly once; never before ladder_start has returned
 */
#ifndef BRAID_GATEWAY_COMPOSE_LADDER_H
#define BRAID_GATEWAY_COMPOSE_LADDER_H

#include "gateway/compose/fetch.h"

struct ladder {
    struct context *context;
    const struct call *call;
    bool has_element;
    struct json element; /* what the loop variable of `each` is for this one */
    void (*done)(struct ladder *ladder);
    struct outcome outcome; /* valid in done and afterwards */
    /* private */
    uint32_t next_rung;
    bool is_online;   /* false after the deadline: rungs that need the network are passed over */
    bool is_starting; /* inside ladder_start: done has to wait */
    bool is_waiting;  /* the next rung mentions a call that has not ended */
    struct task landing;
    struct question question; /* of the call itself; request is NULL: it was not rendered */
    struct fetch fetch;
};

/* Keeps context and call. `element` may be NULL. */
void ladder_init(struct ladder *ladder, struct context *context, const struct call *call,
                 const struct json *element, void (*done)(struct ladder *ladder));

/*
 * The call's own request. `call_deadline`: loop time at which the call's `timeout` is over.
 * `rendered` is what ladder_render gave, or NULL: it is rendered here.
 */
void ladder_start(struct ladder *ladder, usec call_deadline,
                  const struct rendered_request *rendered);

/* The request as it would be sent, without sending it: to find equal ones. */
enum reason ladder_render(struct ladder *ladder, struct rendered_request *ret_rendered,
                          bool *ret_skipped);

/* Fails without a request (limit, unresolved, deadline); done comes from the loop. */
void ladder_fail(struct ladder *ladder, const struct outcome *failure, bool is_online);

/* The deadline has passed: what is in flight is cancelled, the rest of the ladder is taken. */
void ladder_expire(struct ladder *ladder);

/* Another call has ended: goes on where a rung waited for it. */
void ladder_poke(struct ladder *ladder);

/* No done any more. Nothing where it has ended. */
void ladder_cancel(struct ladder *ladder);

#endif

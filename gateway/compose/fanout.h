/*
 * `each`: one request per element of an array, a bounded number at a time, equal safe ones sent
 * once; the value is an array aligned with the input. With `batch` an element is an array of
 * elements of the input, and the value is all elements of the answers.
 *
 *   fanout_start -> … -> done, exactly once; never before fanout_start has returned
 */
#ifndef BRAID_GATEWAY_COMPOSE_FANOUT_H
#define BRAID_GATEWAY_COMPOSE_FANOUT_H

#include "gateway/compose/ladder.h"

struct fanout_element;

struct fanout {
    struct context *context;
    const struct call *call;
    void (*done)(struct fanout *fanout);
    struct outcome outcome; /* valid in done and afterwards */
    /* private */
    struct fanout_element *elements; /* in arena */
    struct fanout_element **buckets; /* by hash of the request: `count` of them */
    uint32_t count;
    uint32_t next;    /* the first that has not been started */
    uint32_t running; /* ladders under way */
    uint32_t ended;
    usec call_deadline;
    bool is_over; /* done has been called, or never will be */
    struct task landing;
};

/* `array` is what `each` evaluated to, at most call->limit elements. Keeps context and call. */
void fanout_start(struct fanout *fanout, struct context *context, const struct call *call,
                  struct json array, usec call_deadline, void (*done)(struct fanout *fanout));

void fanout_expire(struct fanout *fanout);
void fanout_poke(struct fanout *fanout);
void fanout_cancel(struct fanout *fanout);

#endif

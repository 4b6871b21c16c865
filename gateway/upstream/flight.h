/*
 * One request on its way to a service, with all that guards it: a place, the breaker, an address,
 * further tries, a hedge. The contract that every transport fulfils: whoever flies knows neither
 * libcurl nor sockets.
 *
 *   flight_start -> … -> done, exactly once; never before flight_start has returned
 *   flight_cancel -> done will not be called any more; the connection is closed
 *
 * All within one worker's thread.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_FLIGHT_H
#define BRAID_GATEWAY_UPSTREAM_FLIGHT_H

#include "base/loop.h"
#include "config/service.h"
#include "gateway/guard/guard.h"
#include "gateway/upstream/attempt.h"

struct arena;
struct upstreams; /* the services as one worker reaches them: pools, places, queues */

struct flight {
    /* set by flight_start */
    struct flight_request request;
    struct upstreams *upstreams;
    struct arena *arena;
    void (*done)(struct flight *flight);
    /* valid in done and afterwards */
    enum reason
        reason; /* NONE, TIMEOUT, CONNECT, RESET, TOO_LARGE, PROTOCOL, BREAKER_OPEN, OVERLOADED */
    struct flight_answer answer;
    uint32_t tries; /* attempts but hedges */
    usec took_off;  /* loop time at which it first had a place; 0: never */
    /* private to upstream */
    bool is_running;
    bool has_hedged;
    bool has_place;  /* is_waiting: for an address only */
    bool is_waiting; /* for a place; its waiter is the guard's, under the guard's lock */
    bool is_resting; /* between two tries, until rest_until */
    usec started;    /* loop time to which the header lines refer */
    usec wait_until; /* for a place */
    usec rest_until;
    usec hedge_due; /* USEC_NEVER: no hedge */
    uint64_t tried[BALANCE_TRIED_WORDS];
    struct attempt attempt;  /* the tries, one after the other */
    struct attempt *another; /* beside it, in arena; NULL before the first hedge */
    struct guard_waiter waiter;
    struct timer timer;  /* the next of all these times */
    struct task landing; /* calls done at the end of the turn */
};

/*
 * Starts (or queues) the request. `arena` takes head and body of the answer and must outlive the
 * flight. A status is never judged here but for trying again: a 500 is an answer with REASON_NONE.
 */
void flight_start(struct flight *flight, struct upstreams *upstreams, struct arena *arena,
                  const struct flight_request *request, void (*done)(struct flight *flight));

/* No-op where it is not running. */
void flight_cancel(struct flight *flight);

/* The same, because its time is over: that may speak against the service. */
void flight_expire(struct flight *flight);

/* For struct upstreams: it has been granted a place. */
void flight_board(struct flight *flight);

#endif

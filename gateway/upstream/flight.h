/*
 * One request on its way to a service. The contract that every transport fulfils: whoever flies
 * knows neither libcurl nor sockets.
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
    enum reason reason; /* NONE, TIMEOUT, CONNECT, RESET, TOO_LARGE, PROTOCOL, OVERLOADED */
    struct flight_answer answer;
    /* private to upstream */
    struct list entry; /* among those that wait for a place */
    struct timer timer;
    struct task landing; /* calls done at the end of the turn */
    struct attempt attempt;
    bool is_running;
};

/*
 * Starts (or queues) the request. `arena` takes head and body of the answer and must outlive the
 * flight. A status is never judged here: a 500 is an answer with REASON_NONE.
 */
void flight_start(struct flight *flight, struct upstreams *upstreams, struct arena *arena,
                  const struct flight_request *request, void (*done)(struct flight *flight));

/* No-op where it is not running. */
void flight_cancel(struct flight *flight);

#endif

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
#include "config/reason.h"
#include "config/service.h"
#include "gateway/upstream/answer.h"

struct arena;
struct upstreams; /* the services as one worker reaches them: pools, places, queues */
struct transfer;  /* a transport's own; private to upstream */

/* What is sent. Everything is borrowed until done or cancel; all of it is already encoded. */
struct flight_request {
    const struct service *service;
    struct str method;       /* "GET" */
    struct str target;       /* origin form: "/users/7?x=1" */
    struct str header_lines; /* "Name: value\r\n" each; neither host nor content-length */
    bool has_body;           /* a body is sent, be it empty */
    struct str body;
    uint64_t max_response; /* bytes of the body, also after decoding */
    bool keeps_encoding;   /* true: the body as it came (proxy), false: gzip is decoded */
    usec deadline; /* loop time at which it has failed with REASON_TIMEOUT, waiting included */
};

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
    struct transfer *transfer;
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

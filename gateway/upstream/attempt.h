/*
 * One transfer of a request at one address: what a transport is given, and where it leaves the
 * answer. A flight makes one attempt after the other, or two beside each other.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_ATTEMPT_H
#define BRAID_GATEWAY_UPSTREAM_ATTEMPT_H

#include "config/reason.h"
#include "gateway/guard/endpoint.h"
#include "gateway/upstream/answer.h"
#include "gateway/upstream/flight_request.h"

struct arena;
struct carrier;
struct flight;
struct transfer;

struct attempt {
    /* set by who makes it, before transfer_start() */
    const struct flight_request *request;
    struct endpoint endpoint;
    struct arena *arena; /* takes head and body of the answer; outlives the attempt */
    /* Exactly once, never before transfer_start() has returned; not after transfer_cancel(). */
    void (*ended)(struct attempt *attempt, enum reason reason);
    /* the transport's */
    struct carrier *carrier;
    struct transfer *transfer; /* NULL: not in the air */
    struct flight_answer answer;
    /* the flight's */
    struct flight *flight;
    uint32_t epoch; /* of the pass that it flies with */
    usec began;
    usec due; /* loop time at which it has taken too long */
};

#endif

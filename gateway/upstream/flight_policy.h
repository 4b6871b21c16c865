/*
 * What an outcome of an attempt means: for the service, and for trying again. Pure.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_FLIGHT_POLICY_H
#define BRAID_GATEWAY_UPSTREAM_FLIGHT_POLICY_H

#include "config/reason.h"
#include "gateway/guard/guard.h"
#include "gateway/upstream/answer.h"

struct flight_request;

/* It ends the flight, whatever else is in the air: an answer that nobody would ask for again. */
bool outcome_is_answer(const struct flight_request *request, enum reason reason, int status);

/* A 5xx that the call does not accept, or none at all, speaks against the service. */
enum guard_verdict outcome_verdict(const struct flight_request *request, enum reason reason,
                                   int status);

/*
 * Whether the file wants another try after it, and the request allows it: a request that is not
 * idempotent is sent again only where it certainly was not sent.
 */
bool outcome_is_for_retry(const struct flight_request *request, enum reason reason, int status);

/* The lines with another number in `x-request-timeout-ms`, in arena. */
struct str lines_with_time(struct arena *arena, struct str lines, usec left);

#endif

/*
 * What a route will do, in words: what starts when, the longest path, the worst-case latency that
 * the timeouts allow, and what each service's outage does to it.
 */
#ifndef BRAID_ROUTES_EXPLAIN_H
#define BRAID_ROUTES_EXPLAIN_H

#include "routes/outage.h"

/* What the loss of a service does to a route, at the worst. */
enum outage explain_outage(const struct route *route, const struct service *service);

/*
 * The longest time the calls may take together, in usec: along the graph, each call with its
 * timeout and those of its rungs, at most the deadline.
 */
usec explain_worst_case(const struct route *route);

void explain_print(const struct config *config, const struct route *route, FILE *to);

#endif

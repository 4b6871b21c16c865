/*
 * The graph of a route's calls, made from their references alone: who waits for whom.
 */
#ifndef BRAID_ROUTES_PLAN_H
#define BRAID_ROUTES_PLAN_H

#include "routes/route.h"
#include "routes/visit.h"

#define PLAN_CALLS_MAXIMUM 256 /* of one route */

/*
 * Sets waits_for, unblocks, slots and target_mentions_call of every call, and waits_for of every
 * rung. Calls that wait for each other are an error: false.
 */
bool plan_build(struct arena *arena, struct route *route, struct diagnostics *diagnostics);

/* Everything of a call that an expression stands in, its rungs included. */
void plan_visit_texts(const struct call *call, struct text_visitor *visitor);

/* The texts of a response: its status, its headers, its body. */
void response_plan_visit_texts(const struct response_plan *response, struct text_visitor *visitor);

#endif

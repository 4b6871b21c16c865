/*
 * Judging an answer: is it one, and what is its value? Pure.
 */
#ifndef BRAID_GATEWAY_COMPOSE_VERDICT_H
#define BRAID_GATEWAY_COMPOSE_VERDICT_H

#include "gateway/compose/outcome.h"
#include "routes/call.h"

/*
 * What a landed flight means to a call: reason NONE and a value, or why it failed. `request` is
 * the one that was sent: the call's own or a rung's.
 */
struct outcome verdict_of_flight(struct arena *arena, const struct flight *flight,
                                 const struct request *request, const struct call *call);

#endif

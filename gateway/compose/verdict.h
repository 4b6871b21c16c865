/*
 * Judging an answer: is it one, and what is its value? Pure.
 */
#ifndef BRAID_GATEWAY_COMPOSE_VERDICT_H
#define BRAID_GATEWAY_COMPOSE_VERDICT_H

#include "gateway/compose/outcome.h"
#include "routes/call.h"

/*
 * What a landed flight means to a call: reason NONE and a value, or why it failed. `absent` are
 * the statuses whose value is null; `is_entered`: the value will be looked into, so index it.
 */
struct outcome verdict_of_flight(struct arena *arena, const struct flight *flight,
                                 const struct request *request, const struct status_set *absent,
                                 bool is_entered);

#endif

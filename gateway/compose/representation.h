/*
 * The form in which a composed answer reaches the client: encoded or as it is, with an entity tag,
 * or not at all, since the client has it already.
 */
#ifndef BRAID_GATEWAY_COMPOSE_REPRESENTATION_H
#define BRAID_GATEWAY_COMPOSE_REPRESENTATION_H

#include "gateway/compose/context.h"
#include "gateway/compose/reply.h"

/* The reply is written. `is_complete`: nothing in it is degraded, and it is no problem document. */
void representation_choose(struct context *context, struct reply *reply, bool is_complete);

#endif

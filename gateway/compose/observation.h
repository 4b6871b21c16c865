/*
 * Noting what is asked of services: each request gets a span that the service is told, a place in
 * the exchange's trail, and is counted for its service.
 */
#ifndef BRAID_GATEWAY_COMPOSE_OBSERVATION_H
#define BRAID_GATEWAY_COMPOSE_OBSERVATION_H

#include "gateway/compose/context.h"

/*
 * A request is about to be made; the envelope's next field lines tell its span. `call` is NULL for
 * a proxy route, `request` NULL or the one that is sent. In arena.
 */
struct hop *observation_begin(struct context *context, const struct call *call,
                              const struct request *request, const struct service *service);

/* How it ended. Nothing where `hop` is NULL or has ended. */
void observation_end(struct context *context, struct hop *hop, const struct flight *flight,
                     enum reason reason, int status);

#endif

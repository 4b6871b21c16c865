/*
 * /healthz and /readyz: is the process alive, and should it get requests? Neither asks a service:
 * a gateway whose services are down is still the one that answers for them.
 */
#ifndef BRAID_GATEWAY_COMPOSE_HEALTH_H
#define BRAID_GATEWAY_COMPOSE_HEALTH_H

#include "gateway/compose/composer.h"
#include "gateway/compose/reply.h"
#include "routes/method.h"

/* true and a whole reply where `path` is one of the two. */
bool health_write(const struct composer *composer, enum method method, struct str path,
                  struct reply *reply);

#endif

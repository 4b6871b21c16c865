/*
 * /status of the admin listener: what the gateway knows of its services, as JSON. It shows
 * addresses, so it never stands on a public listener.
 */
#ifndef BRAID_GATEWAY_COMPOSE_STATUS_H
#define BRAID_GATEWAY_COMPOSE_STATUS_H

#include "gateway/compose/composer.h"
#include "gateway/compose/reply.h"
#include "routes/method.h"

/* true and a whole reply where `path` is /status. */
bool status_write(const struct composer *composer, enum method method, struct str path,
                  struct reply *reply);

#endif

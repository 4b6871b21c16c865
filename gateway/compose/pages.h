/*
 * The pages of the admin listener beside health: the dashboard and the JSON it is made of, figures,
 * recent requests, routes, the file. They only show; a method that would change something is
 * refused.
 */
#ifndef BRAID_GATEWAY_COMPOSE_PAGES_H
#define BRAID_GATEWAY_COMPOSE_PAGES_H

#include "gateway/compose/context.h"
#include "gateway/compose/reply.h"

/* true and a whole reply where the path is one of them. */
bool pages_write(struct context *context, struct reply *reply);

#endif

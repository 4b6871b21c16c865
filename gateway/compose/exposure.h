/*
 * What an answer tells of how it was made: Server-Timing where the route exposes it, that and the
 * trace's id for who sends the secret of `debug`.
 */
#ifndef BRAID_GATEWAY_COMPOSE_EXPOSURE_H
#define BRAID_GATEWAY_COMPOSE_EXPOSURE_H

#include "gateway/compose/reply.h"
#include "gateway/compose/run.h"

/* The client has sent the field with the secret. Takes as long for every wrong one. */
bool exposure_is_asked(struct context *context);

/* The field of `debug`, which is for nobody but braid. */
bool exposure_owns_field(const struct settings *settings, struct str name);

/*
 * The reply is written; its fields are added where they are wanted. `run` is NULL for a proxy
 * route.
 */
void exposure_write(struct context *context, const struct run *run, struct reply *reply);

#endif

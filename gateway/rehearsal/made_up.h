/*
 * Answers made up from what a route mentions: every member that some expression reads is there and
 * is 1, every list has one element. So references resolve and joins match, without anybody having
 * written down what a service answers. It reads the texts of the file, not the compiled routes,
 * and understands chains of names, `[…]`, lookups and loop variables; what it does not understand
 * is simply not there.
 */
#ifndef BRAID_GATEWAY_REHEARSAL_MADE_UP_H
#define BRAID_GATEWAY_REHEARSAL_MADE_UP_H

#include "gateway/compose/client_request.h"
#include "gateway/upstream/canned.h"
#include "routes/route.h"

/*
 * One canned service for each of the file's, in arena: its own rules first where `base` (may be
 * NULL) has some, then those made up for the calls of the route.
 */
const struct canned_service *made_up_services(struct arena *arena, const struct config *config,
                                              const struct route *route,
                                              const struct canned_service *base);

/* A request that the route takes: 1 for everything that it reads of path, query, fields and body.
 */
struct client_request made_up_request(struct arena *arena, const struct route *route);

#endif

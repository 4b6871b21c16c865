/*
 * Warnings of what will run, but not as meant. Each has a name that `allow: [NAME]` silences
 * beside it: in the call, the route or the service.
 */
#ifndef BRAID_ROUTES_LINT_H
#define BRAID_ROUTES_LINT_H

#include "routes/route.h"

/* One route that was compiled without a mistake. */
void lint_route(const struct route *route, struct diagnostics *diagnostics);

/* What only all routes together show. */
void lint_services(const struct config *config, const struct route *routes, uint32_t count,
                   struct diagnostics *diagnostics);

#endif

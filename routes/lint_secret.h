/*
 * Secrets written out in what is sent to services: headers, queries, bodies.
 */
#ifndef BRAID_ROUTES_LINT_SECRET_H
#define BRAID_ROUTES_LINT_SECRET_H

#include "routes/route.h"

/* What the calls, rungs and proxies of a route send. */
void lint_route_secrets(const struct route *route, struct diagnostics *diagnostics);

/* What is sent with every request to the service. */
void lint_service_secrets(const struct service *service, struct diagnostics *diagnostics);

#endif

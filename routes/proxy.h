/*
 * `proxy` of a route: a service that the request is passed on to as it is.
 */
#ifndef BRAID_ROUTES_PROXY_H
#define BRAID_ROUTES_PROXY_H

#include "routes/route.h"

/*
 * `node` is what stands behind `proxy:`. `scope` knows what the client sent, but for its body,
 * which is never parsed. false when anything was reported.
 */
bool proxy_compile(const struct config *config, struct reader *reader, const struct node *node,
                   const struct pattern *pattern, struct scope *scope, struct proxy *proxy);

extern const struct schema proxy_schema;

#endif

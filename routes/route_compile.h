/*
 * One route of the file made into a struct route.
 */
#ifndef BRAID_ROUTES_ROUTE_COMPILE_H
#define BRAID_ROUTES_ROUTE_COMPILE_H

#include "routes/route.h"

/*
 * Reports every mistake: false when there was one. Where at least methods and pattern are good,
 * route_has_pattern(), so that a clash with another route is found in the same run.
 */
bool route_compile(struct arena *arena, struct config *config, const struct route_node *source,
                   struct diagnostics *diagnostics, struct route *route);

static inline bool route_has_pattern(const struct route *route)
{
    return route->pattern.count > 0;
}

extern const struct schema route_schema;
extern const struct schema alternative_schema;

#endif

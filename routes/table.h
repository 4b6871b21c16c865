/*
 * All routes by pattern and method: which one takes a request.
 */
#ifndef BRAID_ROUTES_TABLE_H
#define BRAID_ROUTES_TABLE_H

#include "routes/route.h"

struct table; /* in arena; const once all routes are added */

struct table *table_new(struct arena *arena);

/* Keeps the route. One that takes the same requests as an earlier one is reported: false. */
bool table_add(struct table *table, const struct route *route, struct diagnostics *diagnostics);

/* As router_find(). */
enum router_result table_find(const struct table *table, enum method method,
                              const struct path *path, const struct route **ret_route,
                              method_set *ret_allowed);

#endif

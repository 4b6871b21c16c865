/*
 * What `explain` says, for programs.
 */
#ifndef BRAID_ROUTES_EXPLAIN_JSON_H
#define BRAID_ROUTES_EXPLAIN_JSON_H

#include "routes/route.h"

/*
 * {route, file, line, deadline_ms, calls, proxies, longest_path, without_deadline_ms,
 * worst_case_ms, outages}; in arena.
 */
struct json explain_json(struct arena *arena, const struct config *config,
                         const struct route *route);

#endif

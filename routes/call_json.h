/*
 * A call and its ladder for programs: pieces of the documents that describe routes. All in arena;
 * values that hold a secret are null and marked.
 */
#ifndef BRAID_ROUTES_CALL_JSON_H
#define BRAID_ROUTES_CALL_JSON_H

#include "base/json/build.h"
#include "routes/route.h"

/*
 * {name, service, method, target, timeout_ms, required, waits_for, after, unblocks, condition,
 * each, cache, fallback}
 */
struct json call_json(struct arena *arena, const struct config *config, const struct route *route,
                      const struct call *call);

/* {kind, …}: kind is stale, request, value or omit. */
struct json rung_json(struct arena *arena, const struct config *config, const struct route *route,
                      const struct rung *rung);

/* {kind: time, ms} or {kind: standard}; null where answers are not used again. */
struct json cache_json(struct arena *arena, enum call_cache cache, usec time);

/* Sets `value`, or null and `hidden: true` where it holds a secret. */
void shown_value_set(struct json_builder *object, const struct config *config, struct json value);

/* A number of milliseconds, with a fraction where there is one. */
struct json milliseconds_json(struct arena *arena, usec duration);

#endif

/*
 * The pieces of an operation: private to those who write the OpenAPI document. All in arena.
 */
#ifndef BRAID_ROUTES_OPENAPI_PARTS_H
#define BRAID_ROUTES_OPENAPI_PARTS_H

#include "base/json/build.h"
#include "routes/route.h"

/* What stands for `*` at the end of a pattern, which OpenAPI has no word for. */
struct str openapi_rest_name(struct arena *arena, const struct pattern *pattern);

/*
 * Sets `parameters` where there are any. `names`: those of the path's template, in the order of
 * the pattern's parameters, which may be called otherwise in another route of the same path.
 */
void openapi_parameters_set(struct json_builder *operation, const struct route *route,
                            const struct pattern *names);

/* Sets `requestBody` where the route reads it. */
void openapi_request_body_set(struct json_builder *operation, const struct route *route);

void openapi_responses_set(struct json_builder *operation, const struct config *config,
                           const struct route *route);

/* The shared pieces that the others refer to. */
struct json openapi_components(struct arena *arena);

/* Some call has a fallback, or the body an expression: the answer may carry Degraded. */
bool openapi_may_degrade(const struct route *route);

#endif

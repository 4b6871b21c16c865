/*
 * `response` of a route: what the client gets when its calls have ended.
 */
#ifndef BRAID_ROUTES_RESPONSE_H
#define BRAID_ROUTES_RESPONSE_H

#include "routes/route.h"

/* NULL node: nothing is said, the default answer. false when anything was reported. */
bool response_compile(struct reader *reader, const struct node *node, struct scope *scope,
                      struct response_plan *response);

extern const struct schema response_schema;

#endif

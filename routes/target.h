/*
 * The target of a request, as the file writes it: "/users/${path.id}?active=true".
 */
#ifndef BRAID_ROUTES_TARGET_H
#define BRAID_ROUTES_TARGET_H

#include "routes/request.h"

/*
 * `text` is the part of node->text that is the target; `prefix` stands before it. Sets the
 * request's target, target_text and target_has_query. false when anything was reported.
 */
bool target_compile(struct arena *arena, const struct node *node, struct str text,
                    struct str prefix, struct scope *scope, struct request *request);

#endif

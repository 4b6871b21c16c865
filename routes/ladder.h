/*
 * What `fallback` of a call says, as rungs.
 */
#ifndef BRAID_ROUTES_LADDER_H
#define BRAID_ROUTES_LADDER_H

#include "routes/call.h"

/* Sets the call's ladder; what the rungs wait for is left to the plan. false: reported. */
bool ladder_compile(const struct config *config, struct reader *reader, const struct node *node,
                    struct scope *scope, struct call *call);

extern const struct schema rung_schema;

#endif

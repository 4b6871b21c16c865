/*
 * Answers that are spread side by side, and the members that only their order decides.
 */
#ifndef BRAID_ROUTES_LINT_SPREAD_H
#define BRAID_ROUTES_LINT_SPREAD_H

#include "routes/route.h"

/* The response, and what calls and their rungs send. */
void lint_spreads(const struct route *route, struct diagnostics *diagnostics);

#endif

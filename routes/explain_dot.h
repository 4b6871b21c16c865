/*
 * Routes as graphs for Graphviz: a box for each call, an edge from what is waited for.
 */
#ifndef BRAID_ROUTES_EXPLAIN_DOT_H
#define BRAID_ROUTES_EXPLAIN_DOT_H

#include "routes/route.h"

#include <stdio.h>

/* One digraph, a cluster for each route where there are several. */
void explain_dot_print(const struct route *const *routes, uint32_t count, FILE *to);

#endif

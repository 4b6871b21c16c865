/*
 * What only the graph of a route's calls shows: how long its longest path is, and which writes
 * nothing puts in order.
 */
#ifndef BRAID_ROUTES_LINT_GRAPH_H
#define BRAID_ROUTES_LINT_GRAPH_H

#include "routes/linting.h"

/* `linting->call` is NULL. */
void lint_graph(struct linting *linting);

#endif

/*
 * What only the text of the file shows: comparisons that can never be true, secrets in answers.
 */
#ifndef BRAID_ROUTES_LINT_TEXT_H
#define BRAID_ROUTES_LINT_TEXT_H

#include "routes/route.h"

/* Warns about every `${…}` below the route's node. */
void lint_texts(const struct route *route, struct diagnostics *diagnostics);

#endif

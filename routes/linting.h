/*
 * What every linter of a route has: where warnings go, and who may silence them.
 */
#ifndef BRAID_ROUTES_LINTING_H
#define BRAID_ROUTES_LINTING_H

#include "config/warning.h"
#include "routes/route.h"

struct linting {
    struct diagnostics *diagnostics;
    const struct route *route;
    const struct call *call; /* NULL: the response, or the route as a whole */
};

static inline bool linting_is_silenced(const struct linting *linting, enum warning warning)
{
    return warning_is_allowed(linting->route->node, warning) ||
           (linting->call && warning_is_allowed(linting->call->node, warning));
}

#define linting_warn(linting, place, warning, hint, ...)                                           \
    do {                                                                                           \
        if (!linting_is_silenced((linting), (warning)))                                            \
            warning_add((linting)->diagnostics, (warning), (place), (hint), __VA_ARGS__);          \
    } while (0)

#endif

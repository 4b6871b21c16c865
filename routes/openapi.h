/*
 * The composed routes as an OpenAPI 3.1 document: what a client may send, and what it gets, as far
 * as that follows from the file. What services answer is not known, so their values are open.
 *
 * Proxy routes are not described: they are as the service behind them is.
 */
#ifndef BRAID_ROUTES_OPENAPI_H
#define BRAID_ROUTES_OPENAPI_H

#include "routes/route.h"

struct openapi_info {
    struct str title;
    struct str version; /* of the described interface */
};

/* The document; in arena. */
struct json openapi_document(struct arena *arena, const struct config *config,
                             const struct router *router, const struct openapi_info *info);

#endif

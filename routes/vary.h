/*
 * Which fields of the client's request the answer of a route depends on (RFC 9110 12.5.5).
 */
#ifndef BRAID_ROUTES_VARY_H
#define BRAID_ROUTES_VARY_H

#include "routes/route.h"

/*
 * "accept-language, cookie": those that expressions mention and those that services are forwarded,
 * each once; "*" where all headers are read as one. Empty where there are none. Zero-terminated,
 * in arena.
 */
struct str vary_of_route(struct arena *arena, const struct route *route);

#endif

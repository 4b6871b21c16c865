/*
 * How long a composed answer may be kept by others (RFC 9111): the least of its parts. Pure.
 */
#ifndef BRAID_GATEWAY_COMPOSE_FRESHNESS_H
#define BRAID_GATEWAY_COMPOSE_FRESHNESS_H

#include "gateway/compose/outcome.h"

struct freshness {
    uint32_t seconds; /* what is left of it */
    bool is_private;
    bool is_forbidden; /* no-store: nobody may keep it */
};

/* What says nothing: not fresh at all. */
struct freshness freshness_of_part(const struct outcome *outcome);

/* The stricter of both in every respect. */
struct freshness freshness_least(struct freshness a, struct freshness b);

/* The value of Cache-Control; zero-terminated, in arena. */
const char *freshness_text(struct arena *arena, struct freshness freshness);

#endif

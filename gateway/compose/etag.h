/*
 * Entity tags (RFC 9110 8.8.3): making one from a body, and finding it in If-None-Match. Pure.
 */
#ifndef BRAID_GATEWAY_COMPOSE_ETAG_H
#define BRAID_GATEWAY_COMPOSE_ETAG_H

#include "base/slices.h"

/*
 * A strong tag, the same for the same bytes in every process. `suffix` tells encodings of one body
 * apart. Zero-terminated, in arena.
 */
struct str etag_of_body(struct arena *arena, const struct slices *body, const char *suffix);

/* The tag as a weak one: `W/"…"`. Zero-terminated, in arena. */
struct str etag_weaken(struct arena *arena, struct str tag);

/* `field` is If-None-Match: `*`, or a list that holds the tag, weak or strong (13.1.2). */
bool etag_is_in(struct str field, struct str tag);

#endif

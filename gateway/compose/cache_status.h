/*
 * The Cache-Status field (RFC 9211): one member for each call that asked the cache, named
 * `braid/CALL`.
 */
#ifndef BRAID_GATEWAY_COMPOSE_CACHE_STATUS_H
#define BRAID_GATEWAY_COMPOSE_CACHE_STATUS_H

#include "gateway/compose/run.h"

/* Appends the parameters to a member: `;hit;ttl=29`, `;fwd=miss;fwd-status=200;stored`. */
void cache_status_write(struct slices *out, const struct outcome *outcome);

/* Zero-terminated, in arena; empty where no call asked the cache. */
struct str cache_status_text(struct arena *arena, const struct run *run);

#endif

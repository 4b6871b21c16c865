/*
 * Renewing an answer behind the back of the client that was given the stale one (RFC 5861 3). It
 * belongs to nobody: it has memory of its own and ends by itself, at the latest with the worker.
 */
#ifndef BRAID_GATEWAY_COMPOSE_REFRESH_H
#define BRAID_GATEWAY_COMPOSE_REFRESH_H

#include "gateway/compose/fetch.h"

/* Under way at the same time, per worker; beyond, a stale answer waits for its next reader. */
#define REFRESH_MAXIMUM 64

void refreshes_init(struct composer *composer);

/* Nothing where an equal request is in flight. Borrows everything. */
void refresh_start(struct context *context, const struct call *call,
                   const struct question *question);

/* Cancels all of them. */
void refreshes_done(struct composer *composer);

#endif

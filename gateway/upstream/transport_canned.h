/*
 * The way to a service that is not there: its answers were written down before, and its delays
 * are timers of the loop. Together with a virtual loop nothing ever waits.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_TRANSPORT_CANNED_H
#define BRAID_GATEWAY_UPSTREAM_TRANSPORT_CANNED_H

#include "gateway/upstream/canned.h"
#include "gateway/upstream/transport.h"

/* Keeps all three. The caller owns it until a struct transports takes it. */
struct carrier *transport_canned_new(struct loop *loop, const struct canned_service *canned,
                                     struct canned_misses *misses);

#endif

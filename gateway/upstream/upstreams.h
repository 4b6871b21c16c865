/*
 * The services as one worker reaches them: for each a bounded number of transfers in flight, a
 * bounded queue behind it, and a pool of connections. Nothing is shared between workers: each
 * takes its share of a service's `concurrency` and `queue`.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_UPSTREAMS_H
#define BRAID_GATEWAY_UPSTREAM_UPSTREAMS_H

#include "base/loop.h"
#include "config/service.h"

struct carrier; /* how one service is reached (transport.h) */
struct upstreams;

/* Keeps loop and services. `workers`: among how many the places of a service are shared. */
struct upstreams *upstreams_new(struct loop *loop, const struct service *services, uint32_t count,
                                uint32_t workers);

/*
 * For one worker, over carriers that somebody else has made: takes `carriers` (from malloc), which
 * has one for each service, and each of them.
 */
struct upstreams *upstreams_of(struct loop *loop, const struct service *services, uint32_t count,
                               struct carrier **carriers);

/* Every flight has landed or was cancelled. NULL is a no-op. */
void upstreams_free(struct upstreams *upstreams);

/* Once per process, before the first thread: the library's global state. false when it fails. */
bool upstreams_global_init(void);
void upstreams_global_done(void);

#endif

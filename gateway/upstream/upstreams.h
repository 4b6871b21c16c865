/*
 * The services as one worker reaches them: pools of connections of its own, and the guards that
 * all workers share. A call that waits for a place stays with its worker: where another one frees
 * the place, this one is woken and takes it.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_UPSTREAMS_H
#define BRAID_GATEWAY_UPSTREAM_UPSTREAMS_H

#include "base/loop.h"
#include "config/service.h"

struct carrier; /* how one service is reached (transport.h) */
struct guards;
struct nameservers;
struct upstreams;

/* Keeps loop and guards, whose services are the ones. NULL: there is no descriptor left. */
struct upstreams *upstreams_new(struct loop *loop, struct guards *guards);

/*
 * For one worker, with guards of its own, over carriers that somebody else has made: takes
 * `carriers` (from malloc), which has one for each service, and each of them. Its dice are always
 * the same.
 */
struct upstreams *upstreams_of(struct loop *loop, const struct service *services, uint32_t count,
                               struct carrier **carriers);

/* Every flight has landed or was cancelled. NULL is a no-op. */
void upstreams_free(struct upstreams *upstreams);

/* From now on this worker makes the active health checks of all services that want them. */
void upstreams_start_checks(struct upstreams *upstreams);

/* From now on this worker looks up the names of all services; before the first call. */
void upstreams_start_resolver(struct upstreams *upstreams, const struct nameservers *nameservers);

/* For everybody who shows or changes what they know; any thread. */
struct guards *upstreams_guards(const struct upstreams *upstreams);

/* Once per process, before the first thread: the library's global state. false when it fails. */
bool upstreams_global_init(void);
void upstreams_global_done(void);

#endif

/*
 * One thread, one loop: the server in front, the exchanges, the way to the services, all on it.
 * Workers share nothing but the snapshot, the guards of the services and the cache.
 */
#ifndef BRAID_GATEWAY_WORKER_H
#define BRAID_GATEWAY_WORKER_H

#include "gateway/compose/composer.h"
#include "gateway/front/access.h"
#include "gateway/front/inherited.h"
#include "gateway/front/listener.h"
#include "gateway/tide.h"

#include <pthread.h>

struct cache;
struct cache_feed;
struct guards;
struct guard_feed;
struct history;
struct telemetry;

/* How many connections of clients there are and may be, all workers together. */
struct connection_budget {
    atomic_uint count;
    uint32_t limit;
    struct guests *guests; /* and how many of each address */
};

/* What all workers share; the gateway owns it. */
struct commons {
    struct connection_budget budget;
    struct guards *guards;
    struct guard_feed *guard_feed; /* their figures */
    struct telemetry *telemetry;
    struct cache *cache;
    struct cache_feed *cache_feed;
};

struct worker {
    struct loop loop;
    struct composer composer;
    struct access access;
    struct server *server;
    struct server_options options;
    struct listener *listeners; /* one per `listen`, then the admin's where this worker has it */
    uint32_t listener_count;
    uint32_t public_count; /* the first so many are for clients */
    pthread_t thread;
    bool has_thread;
    atomic_bool is_asked_to_drain;
    struct tide tide;
    atomic_bool may_end;     /* worker 0 answers /readyz until the others have drained */
    struct history *history; /* of worker 0, for the admin listener */
    struct timer drain_limit;
    struct timer look; /* worker 0's, after the certificates */
    bool drain_is_over;
};

/*
 * Opens everything; nothing runs yet. Keeps `commons`; worker 0 has the admin listener and makes
 * the health checks and looks up names. Addresses that were passed on as sockets (`inherited`,
 * matched) are not opened but duplicated. 0 or a negative errno; *ret_address is then what could
 * not be listened on, or NULL. The worker must not move in memory, and worker_done() is due in any
 * case.
 */
int worker_init(struct worker *worker, struct snapshot *snapshot, uint32_t index,
                struct commons *commons, const struct inherited *inherited,
                const struct address **ret_address);
void worker_done(struct worker *worker);

/* Runs the loop in a thread of its own until it has drained. 0 or a negative errno. */
int worker_start(struct worker *worker);

/* Stops accepting; the thread ends when what is in flight is answered, at the latest after the
 * settings' `drain`. Any thread. */
void worker_drain(struct worker *worker);

/* Lets a worker that has drained end, and waits for it. */
void worker_join(struct worker *worker);

#endif

/*
 * What all exchanges of one worker share: its loop, its way to the services, its memory.
 */
#ifndef BRAID_GATEWAY_COMPOSE_COMPOSER_H
#define BRAID_GATEWAY_COMPOSE_COMPOSER_H

#include "base/arena.h"
#include "base/loop.h"
#include "base/random.h"
#include "gateway/cache/cache.h"
#include "gateway/compose/gzip.h"
#include "gateway/snapshot.h"
#include "gateway/upstream/upstreams.h"

struct witness; /* of what happens here, for figures and who looks */
struct joint;

/* The requests in flight that others may join, by key; see joint.h. */
struct joints {
    struct joint **buckets; /* NULL before the first one */
    uint32_t mask;
    uint32_t count;
};

struct composer {
    struct loop *loop;
    struct upstreams *upstreams;
    struct guards *guards;     /* of the services, shared by all workers */
    struct cache *cache;       /* of the process; NULL: nothing is kept */
    struct cache_tally *tally; /* this worker's; NULL with it */
    struct joints joints;
    struct list refreshes; /* answers that are renewed behind the back of clients (refresh.h) */
    uint32_t refresh_count;
    struct snapshot *snapshot; /* what the next exchange begins with */
    struct arena_pool pool;
    struct random random;
    struct witness *witness; /* NULL: nobody counts */
    struct gzip gzip;        /* of answers to clients */
    bool is_draining;        /* /readyz says so */
    usec wall;               /* what now() answers; 0: the time of day */
};

#endif

/*
 * What all exchanges of one worker share: its loop, its way to the services, its memory.
 */
#ifndef BRAID_GATEWAY_COMPOSE_COMPOSER_H
#define BRAID_GATEWAY_COMPOSE_COMPOSER_H

#include "base/arena.h"
#include "base/loop.h"
#include "base/random.h"
#include "gateway/compose/gzip.h"
#include "gateway/snapshot.h"
#include "gateway/upstream/upstreams.h"

struct witness; /* of what happens here, for figures and who looks */

struct composer {
    struct loop *loop;
    struct upstreams *upstreams;
    struct guards *guards;     /* of the services, shared by all workers */
    struct snapshot *snapshot; /* what the next exchange begins with */
    struct arena_pool pool;
    struct random random;
    struct witness *witness; /* NULL: nobody counts */
    struct gzip gzip; /* of answers to clients */
    bool is_draining; /* /readyz says so */
    usec wall;        /* what now() answers; 0: the time of day */
};

#endif

/*
 * What the guards know as metrics: the state of breakers, addresses, places and the queue, retries
 * and hedges. Read under each guard's lock, one after the other, when somebody asks.
 */
#ifndef BRAID_GATEWAY_GUARD_FEED_H
#define BRAID_GATEWAY_GUARD_FEED_H

#include "gateway/telemetry/telemetry.h"

struct guards;

struct guard_feed {
    struct metric_feed feed;
    struct guards *guards;
};

/* Keeps the guards; from malloc. */
struct guard_feed *guard_feed_new(struct guards *guards);

#endif

/*
 * What the cache knows of itself: as metrics, and as JSON for /status.
 */
#ifndef BRAID_GATEWAY_CACHE_FEED_H
#define BRAID_GATEWAY_CACHE_FEED_H

#include "gateway/telemetry/telemetry.h"

struct cache;

struct cache_feed {
    struct metric_feed feed;
    struct cache *cache;
};

/* Keeps the cache; from malloc. */
struct cache_feed *cache_feed_new(struct cache *cache);

/* {"bytes", "limit", "entries", "evictions", "hit", "miss", …}; null without a cache. Any thread.
 */
void cache_describe(struct cache *cache, struct slices *out);

#endif

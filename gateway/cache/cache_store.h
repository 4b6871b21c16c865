/*
 * Where answers are kept: one store per process, for all workers. Sharded by service and target,
 * one small lock per shard, bounded in bytes, tables included. What leaves when room is needed is
 * decided by S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi: "FIFO queues are all you need for cache
 * eviction", SOSP 2023): what is asked for once passes through a small queue and never pushes out
 * what is asked for again.
 */
#ifndef BRAID_GATEWAY_CACHE_CACHE_STORE_H
#define BRAID_GATEWAY_CACHE_CACHE_STORE_H

#include "gateway/cache/cache_entry.h"

struct cache_store;

/* What became of a question to the cache; counted per worker. */
enum cache_event {
    CACHE_HIT,       /* fresh: nothing was sent */
    CACHE_MISS,      /* nothing usable was there */
    CACHE_VALIDATED, /* the service said 304 */
    CACHE_STALE,     /* an answer that was no longer fresh was used */
    CACHE_COALESCED, /* an equal request was in flight: nothing was sent */
    CACHE_EVENT_COUNT
};

extern const char *const cache_event_names[CACHE_EVENT_COUNT]; /* "hit", … for metrics */

/* One worker's counts; written by it alone, read by anybody. */
struct cache_tally {
    _Alignas(64) atomic_ullong counts[CACHE_EVENT_COUNT];
};

static inline void cache_tally_count(struct cache_tally *tally, enum cache_event event)
{
    unsigned long long count = atomic_load_explicit(&tally->counts[event], memory_order_relaxed);
    atomic_store_explicit(&tally->counts[event], count + 1, memory_order_relaxed);
}

/* For /status and metrics. */
struct cache_figures {
    uint64_t bytes; /* of entries and tables */
    uint64_t limit;
    uint64_t entries;
    uint64_t evictions; /* for want of room */
    uint64_t events[CACHE_EVENT_COUNT];
};

/* `bytes`: at least 1 MiB. `workers`: how many tallies. Aborts without memory. */
struct cache_store *cache_store_new(uint64_t bytes, uint32_t workers);

/* No thread uses it any more. NULL is a no-op. Entries that others hold live on. */
void cache_store_free(struct cache_store *store);

struct cache_tally *cache_store_tally(struct cache_store *store, uint32_t worker);

/* Gives a reference, or NULL. However old it is: the rules are not the store's. Any thread. */
struct cache_entry *cache_store_find(struct cache_store *store, const struct cache_key *key);

/*
 * Keeps the entry (with a reference of its own) instead of what has the same key. false, and
 * nothing happens, where it is too large for a shard, or was asked for before its target was
 * invalidated. The entry must not be in a store already. Any thread.
 */
bool cache_store_put(struct cache_store *store, struct cache_entry *entry);

/*
 * An unsafe method has changed the target (RFC 9111 4.4): what was asked for before `now` is not
 * found any more, whatever its method and lines. Any thread.
 */
void cache_store_invalidate(struct cache_store *store, struct str service, struct str target,
                            usec now);

/* Any thread. */
void cache_store_read(struct cache_store *store, struct cache_figures *ret_figures);

#endif

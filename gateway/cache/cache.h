/*
 * The cache as the rest of braid sees it: the store in memory, and the file beside it where there
 * is one. One per process, for all workers.
 */
#ifndef BRAID_GATEWAY_CACHE_CACHE_H
#define BRAID_GATEWAY_CACHE_CACHE_H

#include "config/settings.h"
#include "gateway/cache/cache_store.h"

struct cache;

/*
 * As the settings have it; what the file holds is in memory afterwards. A file that cannot be used
 * is said in the log, and there is none then. Before the workers start.
 */
struct cache *cache_open(const struct cache_settings *settings, uint32_t workers);

/* After the workers have ended: what waits is written. NULL is a no-op. */
void cache_close(struct cache *cache);

struct cache_tally *cache_tally(struct cache *cache, uint32_t worker);

/* Gives a reference, or NULL. Any thread. */
struct cache_entry *cache_find(struct cache *cache, const struct cache_key *key);

/* Keeps the entry with a reference of its own; the file too where a ladder may need it. */
bool cache_put(struct cache *cache, struct cache_entry *entry);

/* See cache_store_invalidate(). */
void cache_invalidate(struct cache *cache, struct str service, struct str target, usec now);

/* For /status and metrics. Any thread. */
void cache_read(struct cache *cache, struct cache_figures *ret_figures);

#endif

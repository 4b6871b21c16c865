/* See cache.h. */
#include "gateway/cache/cache.h"

#include "base/log.h"
#include "gateway/cache/cache_archive.h"

#include <stdlib.h>

struct cache {
    struct cache_store *store;
    struct cache_archive *archive; /* or NULL */
};

static void cache_open_file(struct cache *cache, const struct cache_settings *settings)
{
    cache->archive = cache_archive_open(settings->file, settings->file_size);
    if (cache->archive == NULL)
        return;
    uint32_t count = cache_archive_load(cache->archive, cache->store, clock_now(), clock_wall());
    log_write(LOG_INFO, "cache: %u answers from %.*s", count, STR_ARGS(settings->file));
    if (cache_archive_start(cache->archive) == 0)
        return;
    log_write(LOG_ERROR, "cache: cannot start a thread for %.*s", STR_ARGS(settings->file));
    cache_archive_close(cache->archive);
    cache->archive = NULL;
}

struct cache *cache_open(const struct cache_settings *settings, uint32_t workers)
{
    struct cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL)
        abort();
    cache->store = cache_store_new(settings->memory, workers);
    if (settings->file.length > 0)
        cache_open_file(cache, settings);
    return cache;
}

void cache_close(struct cache *cache)
{
    if (cache == NULL)
        return;
    cache_archive_close(cache->archive);
    cache_store_free(cache->store);
    free(cache);
}

struct cache_tally *cache_tally(struct cache *cache, uint32_t worker)
{
    return cache_store_tally(cache->store, worker);
}

struct cache_entry *cache_find(struct cache *cache, const struct cache_key *key)
{
    return cache_store_find(cache->store, key);
}

bool cache_put(struct cache *cache, struct cache_entry *entry)
{
    bool is_in = cache_store_put(cache->store, entry);
    if (is_in && cache->archive != NULL && entry->keep > 0)
        cache_archive_put(cache->archive, entry);
    return is_in;
}

void cache_invalidate(struct cache *cache, struct str service, struct str target, usec now)
{
    cache_store_invalidate(cache->store, service, target, now);
    if (cache->archive != NULL)
        cache_archive_forget(cache->archive, service, target);
}

void cache_read(struct cache *cache, struct cache_figures *ret_figures)
{
    cache_store_read(cache->store, ret_figures);
}

/*
 * A shard: a hash table, the two queues, the ghost. Entries leave a queue only at its tail, by
 * being replaced, or by being found invalid. What is taken out is let go after the lock is.
 *
 * Invalidation does not look for entries, of which a target may have many: it notes the time in a
 * small table, and an entry that was asked for before is not found. Targets that share a place in
 * that table are invalidated together, which is never wrong.
 */
#include "gateway/cache/cache_store.h"

#include "gateway/cache/ghost.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#define SHARD_LEAST      ((uint64_t)4 * 1024 * 1024) /* bytes, so that a large answer has room */
#define SHARDS_MAXIMUM   64
#define BUCKETS_AT_FIRST 256
#define SMALL_SHARE      10   /* the small queue has a tenth of the bytes */
#define FREQUENCY_MOST   3    /* two bits, as in the paper */
#define MARKS            2048 /* times of invalidation per shard */

enum queue { QUEUE_NONE, QUEUE_SMALL, QUEUE_MAIN };

const char *const cache_event_names[CACHE_EVENT_COUNT] = {
    [CACHE_HIT] = "hit",     [CACHE_MISS] = "miss",           [CACHE_VALIDATED] = "validated",
    [CACHE_STALE] = "stale", [CACHE_COALESCED] = "coalesced",
};

struct shard {
    _Alignas(64) pthread_mutex_t lock;
    struct cache_entry **buckets;
    uint32_t mask;
    uint32_t count;
    uint32_t main_count;
    struct list small; /* the newest first */
    struct list main;
    size_t small_bytes;
    size_t main_bytes;
    size_t limit; /* bytes, with the tables */
    struct ghost ghost;
    usec *marks; /* when targets were invalidated */
    uint64_t evictions;
    struct cache_entry *leaving; /* by `chain`; let go when the lock is */
};

struct cache_store {
    struct shard *shards;
    uint32_t mask;
    uint64_t limit;
    struct cache_tally *tallies;
    uint32_t tally_count;
};

/* --- a shard: tables ---------------------------------------------------------------------- */

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL)
        abort();
    return memory;
}

static void shard_init(struct shard *shard, size_t limit)
{
    pthread_mutex_init(&shard->lock, NULL);
    shard->buckets = zeroed(BUCKETS_AT_FIRST, sizeof(*shard->buckets));
    shard->mask = BUCKETS_AT_FIRST - 1;
    list_init(&shard->small);
    list_init(&shard->main);
    shard->limit = limit;
    ghost_init(&shard->ghost, BUCKETS_AT_FIRST / 4);
    shard->marks = zeroed(MARKS, sizeof(*shard->marks));
    for (uint32_t i = 0; i < MARKS; i++)
        shard->marks[i] = INT64_MIN;
}

static size_t shard_table_bytes(const struct shard *shard)
{
    return ((size_t)shard->mask + 1) * sizeof(*shard->buckets) + ghost_bytes(&shard->ghost) +
           MARKS * sizeof(*shard->marks);
}

static size_t shard_room(const struct shard *shard)
{
    size_t tables = shard_table_bytes(shard);
    return shard->limit > tables ? shard->limit - tables : 0;
}

/* The low bits chose the shard. */
static struct cache_entry **shard_bucket(const struct shard *shard, uint64_t hash)
{
    return &shard->buckets[(hash >> 16) & shard->mask];
}

static usec *shard_mark(const struct shard *shard, uint64_t target_hash)
{
    return &shard->marks[(target_hash >> 16) % MARKS];
}

/* Twice the buckets, and a ghost to match; what it knew is forgotten. */
static void shard_grow(struct shard *shard)
{
    struct cache_entry **old = shard->buckets;
    uint32_t old_mask = shard->mask;
    shard->mask = 2 * old_mask + 1;
    shard->buckets = zeroed((size_t)shard->mask + 1, sizeof(*shard->buckets));
    for (uint32_t i = 0; i <= old_mask; i++) {
        struct cache_entry *entry = old[i], *next;
        for (; entry != NULL; entry = next) {
            struct cache_entry **bucket = shard_bucket(shard, entry->hash);
            next = entry->chain;
            entry->chain = *bucket;
            *bucket = entry;
        }
    }
    free(old);
    ghost_done(&shard->ghost);
    ghost_init(&shard->ghost, (shard->mask + 1) / 4);
}

static struct cache_entry *shard_find(const struct shard *shard, const struct cache_key *key)
{
    struct cache_entry *entry = *shard_bucket(shard, key->hash);
    while (entry != NULL && !cache_entry_has_key(entry, key))
        entry = entry->chain;
    return entry;
}

/* --- a shard: queues ---------------------------------------------------------------------- */

static void queue_leave(struct shard *shard, struct cache_entry *entry)
{
    list_remove(&entry->place);
    if (entry->queue == QUEUE_SMALL) {
        shard->small_bytes -= entry->bytes;
    } else {
        shard->main_bytes -= entry->bytes;
        shard->main_count--;
    }
}

static void queue_enter(struct shard *shard, struct cache_entry *entry, enum queue queue)
{
    entry->queue = (uint8_t)queue;
    list_prepend(queue == QUEUE_SMALL ? &shard->small : &shard->main, &entry->place);
    if (queue == QUEUE_SMALL) {
        shard->small_bytes += entry->bytes;
    } else {
        shard->main_bytes += entry->bytes;
        shard->main_count++;
    }
}

static struct cache_entry *queue_tail(struct list *queue)
{
    return list_is_empty(queue) ? NULL : container_of(queue->previous, struct cache_entry, place);
}

static void shard_remove(struct shard *shard, struct cache_entry *entry)
{
    struct cache_entry **at = shard_bucket(shard, entry->hash);
    while (*at != entry)
        at = &(*at)->chain;
    *at = entry->chain;
    queue_leave(shard, entry);
    shard->count--;
    entry->chain = shard->leaving;
    shard->leaving = entry;
}

/* From the tail of the main queue; what was asked for since goes round again. */
static void evict_main(struct shard *shard)
{
    struct cache_entry *entry;
    while ((entry = queue_tail(&shard->main)) != NULL && entry->frequency > 0) {
        entry->frequency--;
        list_remove(&entry->place);
        list_prepend(&shard->main, &entry->place);
    }
    if (entry == NULL)
        return;
    shard->evictions++;
    shard_remove(shard, entry);
}

/* From the tail of the small queue; what was asked for more than once moves to the main one. */
static void evict_small(struct shard *shard)
{
    struct cache_entry *entry = queue_tail(&shard->small);
    if (entry->frequency > 1) {
        entry->frequency = 0;
        queue_leave(shard, entry);
        queue_enter(shard, entry, QUEUE_MAIN);
        return;
    }
    ghost_add(&shard->ghost, entry->hash);
    shard->evictions++;
    shard_remove(shard, entry);
}

/* Each turn frees an entry, moves one out of the small queue, or lowers a frequency. */
static void shard_make_room(struct shard *shard, size_t bytes)
{
    size_t room = shard_room(shard);
    while (shard->small_bytes + shard->main_bytes + bytes > room && shard->count > 0) {
        if (!list_is_empty(&shard->small) &&
            (shard->small_bytes >= room / SMALL_SHARE || list_is_empty(&shard->main)))
            evict_small(shard);
        else
            evict_main(shard);
    }
}

/* Entries that left while the lock was held, for shard_release(). */
static struct cache_entry *shard_unlock(struct shard *shard)
{
    struct cache_entry *leaving = shard->leaving;
    shard->leaving = NULL;
    pthread_mutex_unlock(&shard->lock);
    return leaving;
}

static void entries_release(struct cache_entry *leaving)
{
    while (leaving != NULL) {
        struct cache_entry *next = leaving->chain;
        cache_entry_unref(leaving);
        leaving = next;
    }
}

static void shard_done(struct shard *shard)
{
    struct cache_entry *entry;
    while ((entry = queue_tail(&shard->small)) != NULL ||
           (entry = queue_tail(&shard->main)) != NULL)
        shard_remove(shard, entry);
    entries_release(shard->leaving);
    pthread_mutex_destroy(&shard->lock);
    free(shard->buckets);
    ghost_done(&shard->ghost);
    free(shard->marks);
}

/* --- the store ---------------------------------------------------------------------------- */

struct cache_store *cache_store_new(uint64_t bytes, uint32_t workers)
{
    uint32_t shards = 1;
    while (shards < SHARDS_MAXIMUM && bytes / (2 * shards) >= SHARD_LEAST)
        shards *= 2;
    struct cache_store *store = zeroed(1, sizeof *store);
    store->mask = shards - 1;
    store->limit = bytes;
    store->shards = aligned_alloc(64, shards * sizeof(*store->shards));
    store->tallies = aligned_alloc(64, (workers + 1) * sizeof(*store->tallies));
    if (store->shards == NULL || store->tallies == NULL)
        abort();
    memset(store->shards, 0, shards * sizeof(*store->shards));
    memset(store->tallies, 0, (workers + 1) * sizeof(*store->tallies));
    store->tally_count = workers;
    for (uint32_t i = 0; i < shards; i++)
        shard_init(&store->shards[i], (size_t)(bytes / shards));
    return store;
}

void cache_store_free(struct cache_store *store)
{
    if (store == NULL)
        return;
    for (uint32_t i = 0; i <= store->mask; i++)
        shard_done(&store->shards[i]);
    free(store->shards);
    free(store->tallies);
    free(store);
}

struct cache_tally *cache_store_tally(struct cache_store *store, uint32_t worker)
{
    assert(worker < store->tally_count);
    return &store->tallies[worker];
}

static struct shard *store_shard(struct cache_store *store, uint64_t target_hash)
{
    return &store->shards[target_hash & store->mask];
}

struct cache_entry *cache_store_find(struct cache_store *store, const struct cache_key *key)
{
    struct shard *shard = store_shard(store, key->target_hash);
    pthread_mutex_lock(&shard->lock);
    struct cache_entry *entry = shard_find(shard, key);
    if (entry != NULL && entry->asked <= *shard_mark(shard, key->target_hash)) {
        shard_remove(shard, entry);
        entry = NULL;
    }
    if (entry != NULL) {
        if (entry->frequency < FREQUENCY_MOST)
            entry->frequency++;
        cache_entry_ref(entry);
    }
    entries_release(shard_unlock(shard));
    return entry;
}

/* What was asked for again keeps its rank when its answer is replaced by a newer one. */
static bool shard_put(struct shard *shard, struct cache_entry *entry, const struct cache_key *key)
{
    enum queue queue = QUEUE_SMALL;
    struct cache_entry *old = shard_find(shard, key);
    if (entry->asked <= *shard_mark(shard, key->target_hash))
        return false;
    if (old != NULL) {
        queue = (enum queue)old->queue;
        entry->frequency = old->frequency;
        entry->keep = entry->keep > old->keep ? entry->keep : old->keep;
        shard_remove(shard, old);
    } else if (ghost_take(&shard->ghost, entry->hash, shard->main_count + BUCKETS_AT_FIRST)) {
        queue = QUEUE_MAIN;
    }
    if (shard->count > shard->mask)
        shard_grow(shard);
    shard_make_room(shard, entry->bytes);
    struct cache_entry **bucket = shard_bucket(shard, entry->hash);
    entry->chain = *bucket;
    *bucket = cache_entry_ref(entry);
    queue_enter(shard, entry, queue);
    shard->count++;
    return true;
}

bool cache_store_put(struct cache_store *store, struct cache_entry *entry)
{
    struct cache_key key = cache_entry_key(entry);
    struct shard *shard = store_shard(store, key.target_hash);
    if (entry->bytes > shard->limit / 2)
        return false;
    pthread_mutex_lock(&shard->lock);
    bool is_in = shard_put(shard, entry, &key);
    entries_release(shard_unlock(shard));
    return is_in;
}

void cache_store_invalidate(struct cache_store *store, struct str service, struct str target,
                            usec now)
{
    uint64_t hash = cache_key_hash_target(service, target);
    struct shard *shard = store_shard(store, hash);
    pthread_mutex_lock(&shard->lock);
    usec *mark = shard_mark(shard, hash);
    if (now > *mark)
        *mark = now;
    pthread_mutex_unlock(&shard->lock);
}

void cache_store_read(struct cache_store *store, struct cache_figures *ret_figures)
{
    struct cache_figures figures = {.limit = store->limit};
    for (uint32_t i = 0; i <= store->mask; i++) {
        struct shard *shard = &store->shards[i];
        pthread_mutex_lock(&shard->lock);
        figures.bytes += shard->small_bytes + shard->main_bytes + shard_table_bytes(shard);
        figures.entries += shard->count;
        figures.evictions += shard->evictions;
        pthread_mutex_unlock(&shard->lock);
    }
    for (uint32_t i = 0; i < store->tally_count; i++)
        for (uint32_t k = 0; k < CACHE_EVENT_COUNT; k++)
            figures.events[k] +=
                atomic_load_explicit(&store->tallies[i].counts[k], memory_order_relaxed);
    *ret_figures = figures;
}

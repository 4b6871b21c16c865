/* See feed.h. Sums over the workers are the store's; here they only get their names. */
#include "gateway/cache/feed.h"

#include "gateway/cache/cache.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum row { ROW_BYTES, ROW_LIMIT, ROW_ENTRIES, ROW_EVICTIONS, ROW_EVENTS, ROW_COUNT };

static const struct metric rows[ROW_COUNT] = {
    [ROW_BYTES] = {"braid_cache_bytes", METRIC_GAUGE, "bytes", "Answers in memory.", {NULL}},
    [ROW_LIMIT] =
        {"braid_cache_limit_bytes", METRIC_GAUGE, "bytes", "How many there may be.", {NULL}},
    [ROW_ENTRIES] = {"braid_cache_entries", METRIC_GAUGE, NULL, "Answers in memory.", {NULL}},
    [ROW_EVICTIONS] = {"braid_cache_evictions",
                       METRIC_COUNTER,
                       NULL,
                       "Answers that were dropped for want of room.",
                       {NULL}},
    [ROW_EVENTS] = {"braid_cache_requests",
                    METRIC_COUNTER,
                    NULL,
                    "Requests to services that might be answered from the cache, by what became of "
                    "them; coalesced: an equal one was in flight.",
                    {"result"}},
};

static void feed_write(struct metric_feed *feed, size_t row, struct exposition *to)
{
    struct cache *cache = ((struct cache_feed *)(void *)feed)->cache;
    struct cache_figures figures = {0};
    if (cache != NULL)
        cache_read(cache, &figures);
    const uint64_t numbers[ROW_EVENTS] = {
        [ROW_BYTES] = figures.bytes,
        [ROW_LIMIT] = figures.limit,
        [ROW_ENTRIES] = figures.entries,
        [ROW_EVICTIONS] = figures.evictions,
    };
    if (row != ROW_EVENTS) {
        exposition_number(to, NULL, numbers[row]);
        return;
    }
    for (int i = 0; i < CACHE_EVENT_COUNT; i++)
        exposition_number(to, &(struct label_values){{str_of(cache_event_names[i])}},
                          figures.events[i]);
}

struct cache_feed *cache_feed_new(struct cache *cache)
{
    struct cache_feed *feed = calloc(1, sizeof *feed);
    if (feed == NULL)
        abort();
    feed->cache = cache;
    feed->feed = (struct metric_feed){rows, ROW_COUNT, feed_write};
    return feed;
}

static void member_write(struct slices *out, const char *before, const char *name, uint64_t number)
{
    char text[96];
    int length = snprintf(text, sizeof text, "%s\"%s\":%" PRIu64, before, name, number);
    slices_copy(out, (struct str){text, (size_t)length});
}

void cache_describe(struct cache *cache, struct slices *out)
{
    struct cache_figures figures;
    if (cache == NULL) {
        slices_copy(out, STR("null"));
        return;
    }
    cache_read(cache, &figures);
    member_write(out, "{", "bytes", figures.bytes);
    member_write(out, ",", "limit", figures.limit);
    member_write(out, ",", "entries", figures.entries);
    member_write(out, ",", "evictions", figures.evictions);
    for (int i = 0; i < CACHE_EVENT_COUNT; i++)
        member_write(out, ",", cache_event_names[i], figures.events[i]);
    slices_copy(out, STR("}"));
}

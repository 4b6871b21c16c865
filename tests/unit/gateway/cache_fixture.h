/*
 * Answers for the cache, made of a few words.
 */
#ifndef BRAID_TESTS_CACHE_FIXTURE_H
#define BRAID_TESTS_CACHE_FIXTURE_H

#include "gateway/cache/cache_store.h"

static inline struct cache_key fixture_key(const char *target, const char *lines)
{
    return cache_key_of(CACHE_OF_CALLS, METHOD_GET, STR("users"), str_of(target), str_of(lines));
}

/* A reference is the caller's. */
static inline struct cache_entry *fixture_entry(const struct cache_key *key, struct str body,
                                                usec asked, uint32_t keep)
{
    static struct field fields[] = {{{"Content-Type", 12}, {"application/json", 16}},
                                    {{"ETag", 4}, {"\"1\"", 3}}};
    struct flight_answer answer = {.status = 200, .fields = fields, .field_count = 2, .body = body};
    struct cache_content content = {.answer = &answer,
                                    .ruling = {.may_keep = true, .born = asked},
                                    .asked = asked,
                                    .received = asked,
                                    .keep = keep};
    return cache_entry_new(key, &content);
}

static inline bool fixture_put(struct cache_store *store, const char *target, struct str body,
                               usec asked)
{
    struct cache_key key = fixture_key(target, "");
    struct cache_entry *entry = fixture_entry(&key, body, asked, 0);
    bool is_in = cache_store_put(store, entry);
    cache_entry_unref(entry);
    return is_in;
}

static inline bool fixture_has(struct cache_store *store, const char *target)
{
    struct cache_key key = fixture_key(target, "");
    struct cache_entry *entry = cache_store_find(store, &key);
    cache_entry_unref(entry);
    return entry != NULL;
}

#endif

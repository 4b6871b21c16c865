/*
 * One stored answer: key, head, body and the index of its JSON in one piece of memory, const once
 * it is in the store, reference-counted. Who holds a reference reads it in place; nothing is
 * copied and nothing is parsed again.
 */
#ifndef BRAID_GATEWAY_CACHE_CACHE_ENTRY_H
#define BRAID_GATEWAY_CACHE_CACHE_ENTRY_H

#include "base/json/json.h"
#include "base/list.h"
#include "gateway/cache/cache_key.h"
#include "gateway/cache/cache_rules.h"

#include <stdatomic.h>

struct cache_entry {
    atomic_uint references;
    uint8_t frequency; /* these four are the store's, under its lock */
    uint8_t queue;
    struct list place;
    struct cache_entry *chain;
    uint64_t hash;
    uint64_t target_hash;
    const char *text; /* of the key: service, target, lines */
    uint32_t service_length;
    uint32_t target_length;
    uint32_t lines_length;
    uint32_t bytes; /* of memory, the allocator's share included */
    uint8_t kind;   /* enum cache_kind */
    uint8_t method; /* enum method */
    bool is_read;   /* `value` is the body's; containers may be entered where it is_indexed */
    bool is_indexed;
    bool may_keep;      /* struct cache_ruling's */
    bool is_standard;   /* likewise */
    bool has_validator; /* likewise */
    uint16_t status;
    uint32_t life;
    uint32_t while_revalidate;
    uint32_t if_error;
    uint32_t keep; /* seconds: the longest `stale` that a ladder asks of it, 0: none does */
    usec born;     /* loop time at which its age was 0 */
    usec asked;    /* loop time at which it was asked for */
    usec received;
    uint32_t field_count;
    const struct field *fields; /* end to end only */
    struct str body;
    struct json value;
};

/* What an entry is made of. Everything is copied. */
struct cache_content {
    const struct flight_answer *answer;
    const struct json *value; /* of the body, by json_check or json_read; NULL: not looked at */
    struct cache_ruling ruling;
    usec asked;
    usec received;
    uint32_t keep; /* seconds */
};

/* Bytes beyond which no answer is kept, whatever the memory of the store. */
#define CACHE_ENTRY_MAXIMUM ((size_t)64 * 1024 * 1024)

/* One reference is the caller's. NULL: larger than CACHE_ENTRY_MAXIMUM. */
struct cache_entry *cache_entry_new(const struct cache_key *key,
                                    const struct cache_content *content);

/* Any thread. unref of NULL is a no-op. */
struct cache_entry *cache_entry_ref(struct cache_entry *entry);
void cache_entry_unref(struct cache_entry *entry);

/* Its key; the texts are the entry's. */
struct cache_key cache_entry_key(const struct cache_entry *entry);

bool cache_entry_has_key(const struct cache_entry *entry, const struct cache_key *key);

/* Its head and body as they came. */
struct flight_answer cache_entry_answer(const struct cache_entry *entry);

/*
 * Lines that ask the service whether the entry is still good (RFC 9111 4.3.1), in arena. Empty
 * where it has no validator, or where `lines`, those of the request, ask such a thing themselves.
 */
struct str cache_entry_conditions(const struct cache_entry *entry, struct arena *arena,
                                  struct str lines);

/* RFC 9111 4.2.3. */
static inline usec cache_entry_age(const struct cache_entry *entry, usec now)
{
    return now > entry->born ? now - entry->born : 0;
}

/* The same entry with the index of its body, which was read in vain before. NULL as above. */
struct cache_entry *cache_entry_with_value(const struct cache_entry *entry,
                                           const struct json *value);

/*
 * The entry after a 304 (RFC 9111 3.2, 4.3.4): its body, its fields but for those that `fresh`
 * brings anew, and times and rules worked out again. NULL as above; `arena` is for what is put
 * together on the way.
 */
struct cache_entry *cache_entry_freshen(const struct cache_entry *entry, struct arena *arena,
                                        const struct flight_answer *fresh,
                                        const struct cache_times *times);

#endif

/*
 * The Cache-Control field of answers and requests (RFC 9111 5.2, RFC 5861): a list of directives
 * read into a struct. Pure.
 */
#ifndef BRAID_GATEWAY_CACHE_CACHE_CONTROL_H
#define BRAID_GATEWAY_CACHE_CACHE_CONTROL_H

#include "base/str.h"

/* RFC 9111 1.2.2: what is greater counts as this. */
#define CACHE_SECONDS_MAXIMUM ((uint32_t)1 << 31)

/* How many seconds a directive gives; of two the smaller counts, and none at all is 0. */
struct cache_seconds {
    bool is_given;
    uint32_t seconds;
};

struct cache_control {
    struct cache_seconds max_age;
    struct cache_seconds s_maxage;
    struct cache_seconds stale_while_revalidate;
    struct cache_seconds stale_if_error;
    bool no_store;
    bool no_cache; /* also with field names: stricter than it must be, never laxer */
    bool is_private;
    bool is_public;
    bool must_revalidate;
    bool proxy_revalidate;
};

/* Reads one field line into *control, which begins as zero; further lines may follow. */
void cache_control_read(struct cache_control *control, struct str line);

/* Takes the next member off a list of HTTP, commas within quotes not counted. false: no more. */
bool cache_control_next(struct str *rest, struct str *ret_member);

#endif

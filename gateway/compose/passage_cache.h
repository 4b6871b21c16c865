/*
 * `cache: standard` of a proxy route: an HTTP cache as RFC 9111 has it, in the store that calls
 * use too. Answers are found by method, target, credentials, what the file sets, and those fields
 * of the client that the service's Vary names.
 */
#ifndef BRAID_GATEWAY_COMPOSE_PASSAGE_CACHE_H
#define BRAID_GATEWAY_COMPOSE_PASSAGE_CACHE_H

#include "gateway/compose/context.h"
#include "gateway/compose/outcome.h"
#include "gateway/compose/reply.h"

struct passage_cache {
    bool is_on;         /* the request may be answered from the cache, and its answer kept */
    bool is_answered;   /* by `stored` */
    bool is_validating; /* the service was asked whether `stored` is still good */
    struct str target;
    struct str lines;           /* of the request as it is sent */
    struct str identity;        /* those that are part of the key whatever Vary says */
    struct str vary;            /* as it was known when the request came; empty: nothing */
    struct cache_entry *stored; /* held by the context; NULL: nothing */
    struct cache_key key;       /* of `stored`, or of what would have been there */
    const struct service *service;
    usec asked;
    struct outcome told; /* for Cache-Status */
};

/*
 * Looks for an answer; is_answered says whether there is a fresh one. `lines` and `target` are the
 * request's, kept.
 */
void passage_cache_look(struct passage_cache *cache, struct context *context,
                        const struct proxy *proxy, struct str target, struct str lines);

/* Lines to be added to the request, so that the service may say 304; may be empty; in arena. */
struct str passage_cache_conditions(struct passage_cache *cache, struct context *context);

/*
 * The transfer has ended: its answer is kept, or makes what is stored fresh again, or what is
 * stored stands for it (is_answered).
 */
void passage_cache_land(struct passage_cache *cache, struct context *context, enum reason reason,
                        const struct flight_answer *answer);

/* The reply out of what is stored. */
void passage_cache_write(struct passage_cache *cache, struct context *context, struct reply *reply);

#endif

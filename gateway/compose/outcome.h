/*
 * How a call ended. Everything that can end, ends in one of these: an answer, a rung of the
 * ladder, a failure.
 */
#ifndef BRAID_GATEWAY_COMPOSE_OUTCOME_H
#define BRAID_GATEWAY_COMPOSE_OUTCOME_H

#include "base/json/json.h"
#include "config/reason.h"
#include "gateway/upstream/flight.h"

/* What the cache did for a call; only for calls that may use it. */
enum cache_part {
    CACHE_PART_NONE,  /* it was not asked */
    CACHE_PART_HIT,   /* a stored answer was used */
    CACHE_PART_MISS,  /* the service was: nothing was stored */
    CACHE_PART_STALE, /* the service was: what was stored was no longer fresh */
    CACHE_PART_COUNT
};

struct cache_story {
    enum cache_part part;
    bool is_stored;     /* the answer is in the cache now */
    bool is_collapsed;  /* another request's transfer brought it */
    int forward_status; /* what the service said where it was asked; 0: nothing */
};

struct outcome {
    enum source source;   /* SOURCE_NONE: not ended; SOURCE_FAILED: no value */
    enum reason reason;   /* why the call itself failed; NONE where it answered */
    int status;           /* of the service's answer to the call itself; 0: none */
    bool is_client_fault; /* unresolved for want of what the client sends */
    uint32_t count;       /* `each`: elements that a rung answered; otherwise 0 */
    bool has_age;         /* it was in the cache */
    bool has_life;        /* the cache knows how long it may be used */
    bool is_read;         /* `value` is the body of an answer */
    uint32_t age;         /* seconds */
    uint32_t life;        /* seconds that are left */
    struct cache_story cache;
    struct json value;
    const struct field *fields; /* of the answer that counts */
    uint32_t field_count;
};

static inline bool outcome_is_degraded(const struct outcome *outcome)
{
    return outcome->source == SOURCE_STALE || outcome->source == SOURCE_REQUEST ||
           outcome->source == SOURCE_VALUE || outcome->source == SOURCE_OMIT;
}

/* The first field of that name; at == NULL: none. */
struct str outcome_field(const struct outcome *outcome, struct str name);

#endif

/*
 * A call of a route: what is asked, when, how its answer is judged, and the ladder of fallbacks.
 */
#ifndef BRAID_ROUTES_CALL_H
#define BRAID_ROUTES_CALL_H

#include "config/schema.h"
#include "routes/request.h"

enum rung_kind { RUNG_STALE, RUNG_REQUEST, RUNG_VALUE, RUNG_OMIT, RUNG_KIND_COUNT };

struct rung {
    enum rung_kind kind;
    struct place place;
    usec stale;                   /* RUNG_STALE: how old at the most */
    struct request request;       /* RUNG_REQUEST */
    const struct template *value; /* RUNG_VALUE */
    uint32_t *waits_for;          /* calls that this rung mentions; the call itself does not wait */
    uint32_t waits_for_count;
};

/* How long an answer may be used again without asking. */
enum call_cache {
    CALL_CACHE_OFF,
    CALL_CACHE_FIXED,    /* for so long, whatever the service says, unless it forbids to keep it */
    CALL_CACHE_STANDARD, /* as the service's own Cache-Control has it (RFC 9111) */
    CALL_CACHE_COUNT
};

struct call {
    struct str name;
    struct place place;      /* of its name */
    const struct node *node; /* what the file says of it: text or a mapping */
    uint32_t index;
    uint32_t slot;      /* of its value */
    uint32_t meta_slot; /* of meta.NAME; UINT32_MAX: nobody asks */
    bool is_entered;    /* something looks inside its answers: index them */

    bool has_when;
    struct text when;

    bool has_each; /* one request per element */
    struct text each;
    uint32_t each_slot;   /* of the loop variable; set for each element before it is evaluated */
    uint32_t concurrency; /* requests in flight */
    uint32_t limit;       /* elements at the most */
    uint32_t batch; /* different elements per request; 0: one, and the answers are not joined */

    uint32_t *after; /* calls that must have ended, though none of their values is needed */
    uint32_t after_count;

    struct request request;
    usec timeout; /* the whole call; 0: none of its own */
    struct status_set absent;
    enum call_cache cache;
    usec cache_time; /* CALL_CACHE_FIXED */
    usec stale;      /* the oldest answer that a rung of its ladder takes; 0: none does */

    struct rung *ladder;
    uint32_t rung_count; /* 0: required */

    /* The graph, made from the references alone. */
    uint32_t *waits_for; /* calls that must have ended, `after` included, each once */
    uint32_t waits_for_count;
    uint32_t *unblocks; /* calls that wait for this one */
    uint32_t unblocks_count;
    bool target_mentions_call; /* a 4xx of its service is then 502 (the client did not choose it) */
};

static inline bool call_is_required(const struct call *call)
{
    return call->rung_count == 0;
}

/*
 * Reads `name: …` of a route's calls. `scope` knows the names of all of them; `reader` reads the
 * settings. The graph is left to plan_build(). false when anything was reported.
 */
bool call_compile(const struct config *config, struct reader *reader, const struct node *key,
                  const struct node *node, struct scope *scope, struct call *call);

extern const struct schema call_schema;

#endif

/*
 * The requests of the last minutes that somebody may want to look at, a bounded number of each
 * kind: those that were asked for, failed, degraded, slow, and some of the others. One per worker.
 *
 * The worker writes, any thread may read. Whoever reads holds a lock; the worker only tries it, and
 * where it is held the request is not kept: it never waits. Under load a few per second of each
 * kind are kept, so that a busy worker nearly never comes here, and a second of trouble does not
 * wash a minute of it away.
 */
#ifndef BRAID_GATEWAY_TELEMETRY_RECENT_H
#define BRAID_GATEWAY_TELEMETRY_RECENT_H

#include "base/clock.h"
#include "base/str.h"
#include "config/reason.h"

#include <pthread.h>

#define RECENT_KEPT  32 /* of each kind */
#define RECENT_CALLS 16 /* of each request */
#define RECENT_NAME  48
#define RECENT_TEXT  192
#define RECENT_ID    132
#define RECENT_TRACE 33

#define RECENT_PACE       (100 * MILLISECOND) /* one more may be kept each time; RECENT_KEPT at once */
#define RECENT_SLOW       (5 * MINUTE)        /* how long one of the slowest is remembered */
#define RECENT_SLOW_LEAST MILLISECOND         /* what is faster is not called slow */

enum recent_kind {
    RECENT_ASKED, /* by the secret of `debug` */
    RECENT_FAILED,
    RECENT_DEGRADED,
    RECENT_SLOWEST,
    RECENT_ORDINARY,
    RECENT_KIND_COUNT
};

extern const char *const recent_kind_names[RECENT_KIND_COUNT];

/* Texts are zero-terminated, and cut where they are longer. */
struct recent_call {
    char name[RECENT_NAME]; /* "" where the route is passed on */
    char service[RECENT_NAME];
    enum source source;
    enum reason reason;
    int status;
    usec start; /* since the request began */
    usec wait;  /* for a place */
    usec took;
    uint32_t requests; /* more than one: `each`, or rungs that ask */
    uint32_t tries;
};

struct recent_request {
    char id[RECENT_ID];
    char trace[RECENT_TRACE];
    char method[16];
    char path[RECENT_TEXT];
    char route[RECENT_TEXT]; /* "" where there was none */
    char degraded[RECENT_TEXT];
    enum recent_kind kind;
    enum reason reason;
    int status;
    uint64_t bytes;
    usec ended; /* wall clock; 0: an empty place */
    usec took;
    uint32_t call_count; /* of `calls`; more are not kept */
    struct recent_call calls[RECENT_CALLS];
};

struct recent_ring {
    struct recent_request list[RECENT_KEPT];
    uint32_t next;
    uint32_t allowance; /* how many may be kept now */
    usec paid;          /* loop time when the allowance was last raised */
};

struct recent {
    pthread_mutex_t lock;
    struct recent_ring rings[RECENT_KIND_COUNT];
    usec slow_from; /* what takes longer is among the slowest */
    usec slow_until;
};

struct recent *recent_new(void);
void recent_free(struct recent *recent);

/* Whether a request that took so long belongs to the slowest. The worker's thread. */
bool recent_is_slow(const struct recent *recent, usec took, usec now);

/*
 * A place for a request, zeroed but for its kind, or NULL; recent_end() is due then. `now` is loop
 * time, `wall` the time of day. The worker's thread; never waits.
 */
struct recent_request *recent_begin(struct recent *recent, enum recent_kind kind, usec took,
                                    usec now, usec wall);
void recent_end(struct recent *recent);

/* Copies as much as there is room for, zero-terminated. */
void recent_copy(char *to, size_t room, struct str from);

/* Between these nothing changes. Any thread. */
void recent_lock(struct recent *recent);
void recent_unlock(struct recent *recent);

#endif

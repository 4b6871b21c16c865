/*
 * One request of a call and its answer, wherever that comes from: out of the cache, from a
 * transfer that is under way for somebody else, or from the service. What the service says is
 * judged, and kept where the call may use it again.
 *
 *   fetch_start -> … -> done, exactly once; never before fetch_start has returned
 */
#ifndef BRAID_GATEWAY_COMPOSE_FETCH_H
#define BRAID_GATEWAY_COMPOSE_FETCH_H

#include "gateway/compose/joint.h"
#include "gateway/compose/outcome.h"

/* A rendered request and what finds equal ones. */
struct question {
    const struct request *request;
    struct str target;
    struct str lines; /* those that the answer may depend on */
    bool has_body;
    struct str body;
    bool has_key;
    struct cache_key key;
    struct str hash; /* what chooses the address, where the service says so */
};

struct fetch {
    struct context *context;
    const struct call *call;
    void (*done)(struct fetch *fetch);
    struct outcome outcome; /* valid in done and afterwards; source LIVE, CACHE or STALE, or a
                               reason and SOURCE_NONE */
    bool wants_refresh;     /* the answer is stale, and should be renewed behind its back */
    /* private */
    const struct question *question;
    bool is_call; /* the call's own request: its `cache` and ladder are meant */
    usec deadline;
    usec patience; /* loop time until which one who joined tries again where the first gave up */
    struct cache_entry *stored; /* no longer fresh; the context holds it */
    bool is_first;              /* the transfer is ours */
    struct hop *hop;            /* of that transfer; NULL: there was none of ours */
    struct joint_waiter waiter;
    struct timer timer; /* of who has joined and has less time than the one who flies */
};

struct fetch_order {
    const struct call *call;
    const struct question *question; /* kept */
    bool is_call;
    usec deadline; /* loop time at which it has failed with TIMEOUT */
};

/* The question that a rendered request is; the texts are in the context's arena. */
void question_init(struct question *question, struct context *context,
                   const struct request *request, const struct rendered_request *rendered);

/* true: the outcome is there already, and done will not be called. Keeps context and call. */
bool fetch_start(struct fetch *fetch, struct context *context, const struct fetch_order *order,
                 void (*done)(struct fetch *fetch));

/*
 * Asks the service again about an entry that is stale, whoever knows what it says. Done as above;
 * where an equal request is in flight it is joined.
 */
void fetch_renew(struct fetch *fetch, struct context *context, const struct fetch_order *order,
                 struct cache_entry *stored, void (*done)(struct fetch *fetch));

/* Nothing where it is not under way. */
void fetch_cancel(struct fetch *fetch);

/* The same, because its time is over: that may speak against the service. */
void fetch_expire(struct fetch *fetch);

/*
 * The last good answer to the question, if it is not older than `oldest`: source STALE. false:
 * there is none.
 */
bool fetch_stale(struct context *context, const struct call *call, const struct question *question,
                 usec oldest, struct outcome *ret_outcome);

#endif

/*
 * What everything that happens for one client request may use: the request, its route, the values
 * so far, memory and time. Owned by the exchange; all below it borrow.
 */
#ifndef BRAID_GATEWAY_COMPOSE_CONTEXT_H
#define BRAID_GATEWAY_COMPOSE_CONTEXT_H

#include "gateway/cache/cache_entry.h"
#include "gateway/compose/client_request.h"
#include "gateway/compose/composer.h"
#include "gateway/compose/envelope.h"
#include "gateway/telemetry/trail.h"
#include "routes/evaluation.h"

/*
 * Bytes that one exchange may hold: heads, bodies, indexes and the page. Eight answers of the
 * default max_response; what comes beyond is `too_large`.
 */
#define CONTEXT_MEMORY ((size_t)64 * 1024 * 1024)

struct context_hold;

/*
 * The memory (arena, snapshot) is counted: an exchange that gets what another one's transfer has
 * brought holds that one's memory, and reads it there.
 */
struct context {
    struct composer *composer;
    struct snapshot *snapshot;
    struct arena arena; /* the context itself lies in it, or in what does */
    uint32_t references;
    struct context_hold *holds;
    struct client_request request;
    struct path path; /* normalised */
    const struct route *route;
    struct pattern_match match;
    struct evaluation evaluation;
    struct envelope envelope;
    struct trail trail;
    bool is_asked; /* the client has sent the secret of `debug` */
    usec began;    /* loop time */
    usec deadline; /* loop time at which the answer leaves */
};

/* Takes the arena; one reference is the caller's. Zero but for that, composer and snapshot. */
void context_init(struct context *context, struct composer *composer, struct snapshot *snapshot,
                  struct arena arena);

/* For as long as its owner lives: takes the reference to the entry; takes one to the other. */
void context_hold_entry(struct context *context, struct cache_entry *entry);
void context_hold_memory(struct context *context, struct context *other);

/* The owner's life is over: what it held is let go. Its own memory may live on. */
void context_release(struct context *context);

static inline void context_ref(struct context *context)
{
    context->references++;
}

/* The last one frees the arena. */
void context_unref(struct context *context);

static inline usec context_now(const struct context *context)
{
    return loop_now(context->composer->loop);
}

/* Microseconds since 1970. */
static inline usec context_wall(const struct context *context)
{
    return context->composer->wall != 0 ? context->composer->wall : clock_wall();
}

#endif

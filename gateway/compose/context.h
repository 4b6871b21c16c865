/*
 * What everything that happens for one client request may use: the request, its route, the values
 * so far, memory and time. Owned by the exchange; all below it borrow.
 */
#ifndef BRAID_GATEWAY_COMPOSE_CONTEXT_H
#define BRAID_GATEWAY_COMPOSE_CONTEXT_H

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

struct context {
    struct composer *composer;
    struct snapshot *snapshot;
    struct arena arena;
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

static inline usec context_now(const struct context *context)
{
    return loop_now(context->composer->loop);
}

#endif

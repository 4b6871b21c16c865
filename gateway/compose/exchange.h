/*
 * One client request from its head to its reply. The front feeds it; it knows nothing of sockets.
 *
 *   exchange_new -> exchange_begin -> (body) -> exchange_start -> … -> done -> exchange_free
 */
#ifndef BRAID_GATEWAY_COMPOSE_EXCHANGE_H
#define BRAID_GATEWAY_COMPOSE_EXCHANGE_H

#include "gateway/compose/passage.h"
#include "gateway/compose/run.h"

struct visit; /* the front's side of it */

struct exchange {
    struct visit *visit; /* the front's own, untouched here */
    struct context context;
    struct reply reply;
    void (*done)(struct exchange *exchange);
    union {
        struct run run;
        struct passage passage;
    };
    const struct proxy *proxy; /* the alternative that was chosen */
    bool is_running;
    /* for the access log */
    struct str degraded;
    enum reason reason;
};

/* In an arena of its own, with a reference to the snapshot. */
struct exchange *exchange_new(struct composer *composer, void (*done)(struct exchange *exchange));

/* Cancels what still runs. NULL is a no-op. */
void exchange_free(struct exchange *exchange);

/*
 * The head is complete: context.request is filled (but for the body), all of it borrowed for the
 * life of the exchange. false: the reply is written already. Otherwise *ret_body_limit: how many
 * bytes of body are accepted, and *ret_keeps_body: whether anybody will read them.
 */
bool exchange_begin(struct exchange *exchange, uint64_t announced, uint64_t *ret_body_limit,
                    bool *ret_keeps_body);

/* The body grew beyond its limit, or did not come in time: the reply is a problem document. */
void exchange_refuse(struct exchange *exchange, int status);

/*
 * The body is complete, in context.request.body. true: the reply is written already and done will
 * not be called; otherwise done is called once, later.
 */
bool exchange_start(struct exchange *exchange);

/* The client has left: calls are cancelled, done will not be called. */
void exchange_cancel(struct exchange *exchange);

#endif

/*
 * One request on a connection, between the library's callbacks: which of them has been, and the
 * exchange that they feed.
 */
#ifndef BRAID_GATEWAY_FRONT_VISIT_H
#define BRAID_GATEWAY_FRONT_VISIT_H

#include "base/buffer.h"
#include "gateway/compose/exchange.h"

#include <microhttpd.h>

struct client;
struct desk;

enum visit_state {
    VISIT_HEAD,      /* the head has not been seen as a whole */
    VISIT_BODY,      /* the body is coming */
    VISIT_WAITING,   /* it is whole, but others of this turn come first; suspended too */
    VISIT_SUSPENDED, /* calls are under way; the library leaves the connection alone */
    VISIT_REPLY,     /* the reply is written, not yet queued */
    VISIT_QUEUED,
    VISIT_SAID,     /* the reply was sent past the library, the connection ends with it */
    VISIT_FAREWELL, /* the same, and suspended until the client has read it */
    VISIT_LOST,     /* the client has left: no reply any more */
    VISIT_STATE_COUNT
};

struct visit {
    struct desk *desk;
    struct client *client;
    struct MHD_Connection *connection;
    struct exchange *exchange;
    enum visit_state state;
    const char *raw_target; /* where the target lies in the head; it is taken apart later */
    struct str target;      /* a copy */
    size_t pool_used;       /* of the connection's pool, by the request's head */
    struct list place;      /* among those that wait for their turn */
    uint64_t body_limit;
    uint64_t body_room; /* where it was announced */
    uint64_t body_seen;
    bool keeps_body;
    bool is_chunked;
    bool is_said;       /* the reply has been sent past the library, and is in the access log */
    struct buffer body; /* where it is not announced how long it will be */
};

/* The request line is there. In the arena of its exchange. */
struct visit *visit_new(struct desk *desk, struct client *client, struct MHD_Connection *connection,
                        const char *raw_target);
void visit_free(struct visit *visit);

/* One turn of the library's access handler; `data` is a piece of body, or nothing. */
enum MHD_Result visit_handle(struct visit *visit, const char *method, const char *version,
                             const char *data, size_t *data_size);

/* A new turn: the oldest of those that wait for theirs are begun. */
void visits_begin(struct desk *desk);

/* The client has closed its side, or its time is over. */
void visit_on_client_left(struct visit *visit);

/*
 * The gate has refused what comes of the message at work: the client is told, unless its answer has
 * begun already. Not in a call of the handler.
 */
void visit_on_refused(struct visit *visit, int status);

#endif

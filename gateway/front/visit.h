/*
 * One request on a connection, between the library's callbacks: which of them has been, and the
 * exchange that they feed.
 */
#ifndef BRAID_GATEWAY_FRONT_VISIT_H
#define BRAID_GATEWAY_FRONT_VISIT_H

#include "gateway/compose/exchange.h"

#include <microhttpd.h>

struct client;
struct desk;

enum visit_state {
    VISIT_HEAD,      /* the head has not been seen as a whole */
    VISIT_BODY,      /* the body is coming */
    VISIT_SUSPENDED, /* calls are under way; the library leaves the connection alone */
    VISIT_REPLY,     /* the reply is written, not yet queued */
    VISIT_QUEUED,
    VISIT_LOST, /* the client has left: no reply any more */
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
    uint64_t body_limit;
    uint64_t body_room;
    uint64_t body_seen;
    bool keeps_body;
};

/* The request line is there. In the arena of its exchange. */
struct visit *visit_new(struct desk *desk, struct client *client, struct MHD_Connection *connection,
                        const char *raw_target);
void visit_free(struct visit *visit);

/* One turn of the library's access handler; `data` is a piece of body, or nothing. */
enum MHD_Result visit_handle(struct visit *visit, const char *method, const char *version,
                             const char *data, size_t *data_size);

/* The client has closed its side. */
void visit_on_client_left(struct visit *visit);

#endif

/*
 * One request on the wire: its head in one piece, its body where the caller has it, and how much
 * of both the socket has taken.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_LEAN_REQUEST_H
#define BRAID_GATEWAY_UPSTREAM_LEAN_REQUEST_H

#include "base/str.h"

struct flight_request;

struct lean_request {
    struct str head; /* in arena */
    struct str body; /* borrowed */
    size_t sent;     /* bytes of both */
};

/* `head_tail` is what follows the target: version and Host. */
void lean_request_build(struct lean_request *request, struct arena *arena,
                        const struct flight_request *what, struct str head_tail);

/* Sends what the socket takes; 0, or a negative errno. */
int lean_request_send(struct lean_request *request, int fd);

static inline bool lean_request_is_sent(const struct lean_request *request)
{
    return request->sent == request->head.length + request->body.length;
}

/* A part of the body has left, but not all of it. */
static inline bool lean_request_is_torn(const struct lean_request *request)
{
    return request->sent > request->head.length && !lean_request_is_sent(request);
}

#endif

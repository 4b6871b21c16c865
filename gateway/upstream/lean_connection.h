/*
 * One connection of the lean client: connecting, sending, reading one answer after the other. Its
 * descriptor is registered once and stays so while it is idle; whatever happens on an idle
 * connection ends it, so that no answer nobody asked for is ever taken for the next one.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_LEAN_CONNECTION_H
#define BRAID_GATEWAY_UPSTREAM_LEAN_CONNECTION_H

#include "base/buffer.h"
#include "base/loop.h"
#include "gateway/upstream/answer_reader.h"
#include "gateway/upstream/lean_request.h"
#include "gateway/upstream/transport.h"

struct attempt;
struct lean_service;

enum lean_state {
    LEAN_WAITING, /* until the queue of a Unix socket has room */
    LEAN_CONNECTING,
    LEAN_ACTIVE, /* sending, or reading the answer, or both */
    LEAN_IDLE,
};

struct lean_connection {
    struct transfer transfer;
    const struct lean_service *service;
    /* The answer, or what became of it; the connection is the owner's again. */
    void (*finished)(struct lean_connection *connection, enum reason reason, bool is_reusable);
    struct list entry; /* among the idle ones */
    struct watch watch;
    struct timer timer; /* of connecting */
    enum lean_state state;
    unsigned address; /* the one that is tried */
    usec connect_due;
    usec idle_since;
    /* of the request at work */
    bool was_idle;       /* the connection was kept from an earlier request */
    bool is_deaf;        /* the other side takes nothing more */
    bool has_half_ended; /* the other side sends nothing more */
    struct attempt *attempt;
    struct lean_request request;
    struct buffer early; /* the beginning of a head that came in pieces */
    struct answer_reader reader;
};

/* Keeps carrier and service; not connected. Aborts without memory. */
struct lean_connection *lean_connection_new(struct carrier *carrier,
                                            const struct lean_service *service,
                                            void (*finished)(struct lean_connection *connection,
                                                             enum reason reason, bool is_reusable));

/* Closes it, at work or idle; it may not be touched afterwards. */
void lean_connection_free(struct lean_connection *connection);

/* Connects, then sends attempt->request. false: there is no way to any address. */
bool lean_connection_open(struct lean_connection *connection, struct attempt *attempt);

/*
 * Sends attempt->request on an idle connection. false: the connection has ended, and not a byte of
 * the request has left.
 */
bool lean_connection_resume(struct lean_connection *connection, struct attempt *attempt);

/* To be called before it is kept among the idle ones. */
void lean_connection_rest(struct lean_connection *connection);

#endif

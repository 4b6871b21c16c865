/*
 * A listening socket on a worker's loop: accepts a bounded number per turn, pauses where there is
 * no room and where descriptors have run out.
 */
#ifndef BRAID_GATEWAY_FRONT_LISTENER_H
#define BRAID_GATEWAY_FRONT_LISTENER_H

#include "base/loop.h"
#include "config/settings.h"
#include "gateway/front/server.h"

struct listener {
    struct loop *loop;
    struct server *server;
    bool is_admin;
    struct tls_identity *tls; /* NULL: plain text */
    bool is_shared;           /* other workers accept from the same socket */
    bool is_open;
    bool is_short; /* of descriptors: has been said */
    int reserve;   /* a descriptor kept for that case; -1: none */
    struct watch watch;
    struct timer pause; /* no room, no descriptor: a level-triggered listen socket would spin */
};

/*
 * A bound, listening, non-blocking socket or a negative errno. Several workers may each open the
 * same TCP address (SO_REUSEPORT); listener_probe() has made sure that nobody else has it.
 */
int listener_open(const struct address *address);

/* 0 where the address can be listened on, otherwise a negative errno. Leaves nothing behind. */
int listener_probe(const struct address *address);

/*
 * Takes the socket; keeps loop and server. `is_shared`: other workers have duplicates of it. A
 * listener for TLS is given its identity before the next turn of the loop.
 */
void listener_start(struct listener *listener, struct loop *loop, struct server *server, int fd,
                    bool is_admin, bool is_shared);

/* Keeps the identity, for connections that come from now on; NULL: they are plain text. */
void listener_set_tls(struct listener *listener, struct tls_identity *identity);

/* What waits to be accepted is accepted (a backlog at most), then the socket is closed. */
void listener_close(struct listener *listener);

#endif

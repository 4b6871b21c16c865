/*
 * The HTTP server of one worker: libmicrohttpd in external epoll mode on the worker's loop. It
 * turns connections into exchanges and replies into bytes, and owns every clock of a client.
 */
#ifndef BRAID_GATEWAY_FRONT_SERVER_H
#define BRAID_GATEWAY_FRONT_SERVER_H

#include "gateway/compose/composer.h"
#include "gateway/front/access.h"
#include "gateway/front/guests.h"
#include "gateway/front/socket_place.h"

struct server;
struct tls_identity;

struct server_options {
    const struct limits *limits;
    atomic_uint *connection_count; /* of all workers */
    uint32_t connection_limit;     /* for all of them; at most limits->connections */
    struct guests *guests;         /* of all workers */
};

/* Keeps composer, access and options. NULL where the library cannot start. */
struct server *server_new(struct composer *composer, struct access *access,
                          struct server_options *options);

/* What is in flight is cancelled, connections are closed. NULL is a no-op. */
void server_free(struct server *server);

/* Where a connection comes from. */
struct arrival {
    struct socket_place peer;
    bool is_admin;
    struct tls_identity *tls; /* NULL: plain text */
};

/* Takes the socket, also when it fails (it is closed then). */
void server_add(struct server *server, int fd, const struct arrival *arrival);

/* Takes the socket, tells it 503 (where it is plain text) and closes it at once: there are no
 * descriptors for more. */
void server_shed(struct server *server, int fd, bool is_tls);

bool server_has_room(const struct server *server);

/* What the library has to do after events, resumes and timeouts; once per turn of the loop. */
void server_turn(struct server *server);

/* How long the loop may wait before server_turn() is needed again; 0: at once. */
usec server_most_wait(struct server *server);

/* From now on connections end with their request; idle ones end at once, unless a request waits
 * in them. */
void server_drain(struct server *server);

/* Connections of clients that are still there; those of the admin listener do not count. */
uint32_t server_client_count(const struct server *server);

#endif

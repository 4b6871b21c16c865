/*
 * One connection: who is at its other end, whether they are still there, and how long they may
 * take. All clocks are absolute: a byte now and then does not extend them.
 */
#ifndef BRAID_GATEWAY_FRONT_CLIENT_H
#define BRAID_GATEWAY_FRONT_CLIENT_H

#include "base/list.h"
#include "base/loop.h"
#include "base/str.h"

#include <netinet/in.h>
#include <sys/socket.h>

struct desk;
struct visit;

struct client {
    const struct desk *desk;
    struct list entry; /* among the server's clients */
    int fd;
    bool is_admin;
    bool has_left;       /* the other end has closed its side */
    bool has_asked;      /* has sent a request line */
    struct visit *visit; /* the request at work, or NULL */
    bool is_idle;        /* its clock is that of a kept connection, not of a head */
    struct watch watch;  /* tells who leaves while suspended, and the first byte of a head */
    struct timer clock;
    struct str peer;
    char peer_text[INET6_ADDRSTRLEN];
};

/* Keeps the desk; `ready` is called when bytes arrive and when the other end closes. */
struct client *client_new(const struct desk *desk, int fd, const struct sockaddr *peer,
                          bool is_admin, void (*ready)(struct watch *watch, uint32_t events));

/* Does not close the descriptor: it is the library's. */
void client_free(struct client *client, struct loop *loop);

/* The connection is shut down at `now + time` unless another clock replaces this one. */
void client_set_clock(struct client *client, struct loop *loop, usec time);
void client_stop_clock(struct client *client, struct loop *loop);

/* Both directions, at once; the library notices and cleans up. */
void client_shut(struct client *client);

#endif

/*
 * One connection: who is at its other end, whether they are still there, and how long they may
 * take. All clocks are absolute: a byte now and then does not extend them.
 */
#ifndef BRAID_GATEWAY_FRONT_CLIENT_H
#define BRAID_GATEWAY_FRONT_CLIENT_H

#include "base/list.h"
#include "base/loop.h"
#include "base/str.h"
#include "gateway/front/gate.h"
#include "gateway/front/guests.h"

#include <netinet/in.h>
#include <sys/socket.h>

struct desk;
struct visit;

enum client_clock {
    CLIENT_CLOCK_END,     /* it is over when it fires */
    CLIENT_CLOCK_IDLE,    /* first what the connection does not need is given back */
    CLIENT_CLOCK_SENDING, /* looks from time to time whether the client reads */
    CLIENT_CLOCK_COUNT
};

struct client {
    struct desk *desk;
    struct guest guest; /* how it is counted */
    struct list entry;  /* among the server's clients */
    int fd;
    bool is_admin;
    bool has_left;       /* the other end has closed its side */
    bool has_asked;      /* has sent a request line */
    struct visit *visit; /* the request at work, or NULL */
    bool is_idle;        /* its clock is that of a kept connection, not of a head */
    struct gate gate;
    struct watch watch; /* tells who leaves while suspended */
    void (*over)(struct client *client);
    struct timer clock;
    enum client_clock clock_kind;
    usec clock_end;        /* of the kinds that fire before it, too */
    uint64_t acknowledged; /* bytes of ours, when it was looked at last */
    struct str peer;
    char peer_text[INET6_ADDRSTRLEN];
};

struct client_calls {
    void (*left)(struct watch *watch, uint32_t events); /* the other end has closed its side */
    void (*over)(struct client *client);                /* its time */
    void (*begin)(struct gate *gate);
    void (*refuse)(struct gate *gate, int status);
};

/* Keeps the desk. NULL where the descriptor cannot be watched. */
struct client *client_new(struct desk *desk, int fd, const struct sockaddr *peer, bool is_admin,
                          const struct client_calls *calls);

/* Does not close the descriptor: it is the library's. */
void client_free(struct client *client, struct loop *loop);

/* Its time is over at `now + time` unless another clock replaces this one. */
void client_set_clock(struct client *client, struct loop *loop, usec time);

/* The same of a connection that waits for its next request. */
void client_set_idle_clock(struct client *client, struct loop *loop, usec time);

/* The same of one that is being answered; it is over earlier when the client reads nothing. */
void client_set_sending_clock(struct client *client, struct loop *loop, usec time);
void client_stop_clock(struct client *client, struct loop *loop);

/* Both directions, at once; the library notices and cleans up. */
void client_shut(struct client *client);

/* The same where nothing is missing: TLS says so before. */
void client_end(struct client *client);

/* Both directions, at once, and what it has not read yet is thrown away. */
void client_reset(struct client *client);

#endif

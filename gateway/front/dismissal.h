/*
 * Connections that are told 503 or 400 instead of being taken in. They are kept for a moment, so
 * that the client can read it before its connection is closed, but never more than a few.
 */
#ifndef BRAID_GATEWAY_FRONT_DISMISSAL_H
#define BRAID_GATEWAY_FRONT_DISMISSAL_H

#include "gateway/front/desk.h"

#define DISMISSED_MAXIMUM 32

struct dismissal {
    struct desk *desk;
    struct timer timer;
    uint32_t next;
    int fds[DISMISSED_MAXIMUM]; /* -1: none; a ring, the oldest at `next` */
};

/* Keeps the desk. Must not move in memory. */
void dismissal_init(struct dismissal *dismissal, struct desk *desk);

/* Closes all. */
void dismissal_done(struct dismissal *dismissal);

/* Takes the socket. With `at_once` it is closed at once, where descriptors are short. */
void dismissal_add(struct dismissal *dismissal, int fd, bool at_once);

/* Takes the socket of a client that does not speak TLS, and tells it 400. */
void dismissal_add_plain(struct dismissal *dismissal, int fd);

#endif

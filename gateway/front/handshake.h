/*
 * Connections on their way to TLS: accepted, counted, not yet the library's. Each has its time, and
 * what they cost the processor in one turn of the loop is bounded, so that clients who are there do
 * not wait for those who come.
 */
#ifndef BRAID_GATEWAY_FRONT_HANDSHAKE_H
#define BRAID_GATEWAY_FRONT_HANDSHAKE_H

#include "base/list.h"
#include "base/loop.h"
#include "gateway/front/guests.h"
#include "gateway/front/socket_place.h"
#include "gateway/front/tls_session.h"

/* Steps in one turn; the costly one is a signature, up to a millisecond with RSA. */
#define HANDSHAKE_STEPS 8

struct handshakes {
    struct loop *loop;
    struct list list;
    usec turn; /* the turn of the loop in which `steps` were made */
    uint32_t steps;
};

struct handshake {
    struct handshakes *all;
    struct list entry;
    struct watch watch;
    struct timer clock;
    struct tls_session *tls;
    struct socket_place peer;
    struct guest guest; /* how it is counted */
    bool is_admin;
    /* TLS_STEP_DONE: takes descriptor and session; otherwise the descriptor only. Not later. */
    void (*over)(struct handshake *handshake, enum tls_step step);
    void *closure;
};

void handshakes_init(struct handshakes *handshakes, struct loop *loop);

/* All are over, failed. */
void handshakes_end(struct handshakes *handshakes);

/* From now on each has at most that time. */
void handshakes_hurry(struct handshakes *handshakes, usec time);

/*
 * Takes a copy, the descriptor and the session; it is over `time` from now at the latest, and never
 * before this returns. false: the descriptor cannot be watched, all is the caller's still.
 */
bool handshake_start(struct handshakes *handshakes, const struct handshake *begun, int fd,
                     usec time);

#endif

/*
 * What carries requests: the one room that knows sockets. One `struct transports` per worker, for
 * all of its services. It opens, keeps and closes connections and reads answers strictly; places,
 * queues, deadlines, tries and landing are the flight's.
 *
 *   transfer_start -> … -> attempt->ended, exactly once; never before transfer_start has returned
 *   transfer_cancel -> ended will not be called; the connection is closed
 *
 * There are two ways to carry, chosen for each address when it is used first. With `transport:
 * auto` the lean client of ours takes plain http where nobody must be asked for an address: one
 * that is resolved, an IP literal, `localhost` (127.0.0.1, then ::1), a Unix socket. Everything
 * else is libcurl's: https, since it brings TLS, and names that nobody has resolved (`resolver:
 * off`), since its resolver does not stop the worker. `transport: curl` leaves all of it to
 * libcurl, which takes the addresses that were resolved.
 *
 * Connections are kept for each slot of a service; where a slot has become another address (its
 * generation differs), those of the old one end as soon as nothing flies over them.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_TRANSPORT_H
#define BRAID_GATEWAY_UPSTREAM_TRANSPORT_H

#include "config/reason.h"

#include <stdbool.h>
#include <stdint.h>

struct attempt;
struct loop;
struct transfer;
struct transports;

/* One address as one of the ways carries requests to it; embedded in what the way needs. */
struct carrier {
    struct transfer *(*start)(struct carrier *carrier, struct attempt *attempt);
    void (*cancel)(struct transfer *transfer);
    void (*free)(struct carrier *carrier);
    /* the transports' own */
    uint32_t generation; /* of the endpoint; 0: of any */
    uint32_t transfers;  /* in flight */
    struct carrier *next_retired;
};

/* What of a transfer every way has; embedded too. */
struct transfer {
    struct carrier *carrier;
};

/* Once per process, before the first thread; false when the library cannot be used. */
bool transport_global_init(void);
void transport_global_done(void);

/* For `count` services, found by their index. Keeps the loop. */
struct transports *transports_new(struct loop *loop, uint32_t count);

/*
 * Other ways than those: takes `list`, which has one carrier per service for all of its addresses,
 * and what is in it.
 */
struct transports *transports_of(struct carrier **list, uint32_t count);

/* Every transfer has ended or was cancelled. NULL is a no-op. */
void transports_free(struct transports *transports);

/*
 * Sends attempt->request to attempt->endpoint. `ended` is told the reason; with REASON_NONE
 * attempt->answer holds the whole answer, in attempt->arena, its body still coded. false when it
 * cannot even be begun: `ended` is not called then.
 */
bool transfer_start(struct transports *transports, struct attempt *attempt);

/* Somebody else of this thread has opened a descriptor that its loop may have known. */
void transports_forget(struct transports *transports, int fd);

/* Nothing where it is not in the air. */
void transfer_cancel(struct attempt *attempt);

/* For carriers: the transfer of the attempt is gone; tells it. */
void transfer_finish(struct attempt *attempt, enum reason reason);

#endif

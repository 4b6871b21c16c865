/*
 * What carries requests: the one room that knows sockets. One `struct transports` per worker, for
 * all of its services. It opens, keeps and closes connections and reads answers strictly; places,
 * queues, deadlines and landing are the flight's.
 *
 *   transfer_start -> … -> ended, exactly once; never before transfer_start has returned
 *   transfer_cancel -> ended will not be called; the connection is closed
 *
 * There are two ways to carry, chosen for each service when the worker starts. With `transport:
 * auto` the lean client of ours takes plain http where nobody must be asked for an address: an IP
 * literal, `localhost` (127.0.0.1, then ::1), a Unix socket. Everything else is libcurl's: https,
 * since it brings TLS, and names, since its resolver does not stop the worker. `transport: curl`
 * leaves all of it to libcurl.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_TRANSPORT_H
#define BRAID_GATEWAY_UPSTREAM_TRANSPORT_H

#include "config/reason.h"

#include <stdbool.h>
#include <stdint.h>

struct flight;
struct loop;
struct service;
struct transfer;
struct transports;

/* One service as one of the ways carries requests to it; embedded in what the way needs. */
struct carrier {
    struct transfer *(*start)(struct carrier *carrier, struct flight *flight,
                              void (*ended)(struct flight *flight, enum reason reason));
    void (*cancel)(struct transfer *transfer);
    void (*free)(struct carrier *carrier);
};

/* What of a transfer every way has; embedded too. */
struct transfer {
    struct carrier *carrier;
};

/* Once per process, before the first thread; false when the library cannot be used. */
bool transport_global_init(void);
void transport_global_done(void);

/* Keeps loop and services; a request's service is found by its index. */
struct transports *transports_new(struct loop *loop, const struct service *services,
                                  uint32_t count);

/* Other ways than those: takes `list`, which has one carrier per service, and what is in it. */
struct transports *transports_of(struct carrier **list, uint32_t count);

/* Every transfer has ended or was cancelled. NULL is a no-op. */
void transports_free(struct transports *transports);

/*
 * Sends flight->request. `ended` is told the reason; with REASON_NONE flight->answer holds the
 * whole answer, in flight->arena, its body still coded. The transfer is the transport's own and
 * is gone when `ended` is called. NULL when it cannot even be begun.
 */
struct transfer *transfer_start(struct transports *transports, struct flight *flight,
                                void (*ended)(struct flight *flight, enum reason reason));

void transfer_cancel(struct transfer *transfer);

#endif

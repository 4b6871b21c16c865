/*
 * What carries requests: the one room that knows sockets. One `struct transports` per worker, for
 * all of its services. It opens, keeps and closes connections and reads answers strictly; places,
 * queues, deadlines and landing are the flight's.
 *
 *   transfer_start -> … -> ended, exactly once; never before transfer_start has returned
 *   transfer_cancel -> ended will not be called; the connection is closed
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

/* Once per process, before the first thread; false when the library cannot be used. */
bool transport_global_init(void);
void transport_global_done(void);

/* Keeps loop and services; a request's service is found by its index. */
struct transports *transports_new(struct loop *loop, const struct service *services,
                                  uint32_t count);

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

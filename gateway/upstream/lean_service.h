/*
 * What the lean client must know of one endpoint of a service, worked out once: where it is and
 * the part of a request's head that never changes. No name is ever resolved here: see transport.h.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_LEAN_SERVICE_H
#define BRAID_GATEWAY_UPSTREAM_LEAN_SERVICE_H

#include "base/str.h"

#include <sys/socket.h>

#define LEAN_ADDRESSES     2
#define LEAN_SCRATCH_BYTES ((size_t)64 * 1024)

struct endpoint;
struct loop;
struct service;

/* What the connections of one worker share. */
struct lean_worker {
    struct loop *loop;
    char *scratch; /* LEAN_SCRATCH_BYTES; what is received lies here until the call returns */
    /* Told of each descriptor before it is watched: the loop may have known its number. */
    void (*opened)(struct lean_worker *worker, int fd);
};

struct lean_address {
    struct sockaddr_storage at;
    socklen_t length;
};

struct lean_service {
    struct lean_worker *worker;
    const struct service *service;
    struct lean_address addresses[LEAN_ADDRESSES]; /* tried in this order, see lean_connection */
    unsigned address_count;
    struct str head_tail; /* " HTTP/1.1\r\nHost: …\r\n", on the heap */
};

/* Keeps the loop; aborts without memory. */
void lean_worker_init(struct lean_worker *worker, struct loop *loop,
                      void (*opened)(struct lean_worker *worker, int fd));
void lean_worker_done(struct lean_worker *worker);

/* Plain http to a resolved address, an IP literal, `localhost` or a Unix socket. */
bool lean_service_takes(const struct endpoint *endpoint);

/* Keeps worker and service; aborts without memory. The endpoint is one that is taken. */
void lean_service_init(struct lean_service *lean_service, struct lean_worker *worker,
                       const struct service *service, const struct endpoint *endpoint);
void lean_service_done(struct lean_service *lean_service);

#endif

/*
 * One service as one worker reaches it: how many may fly, who waits. Private to this room.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_UPSTREAM_H
#define BRAID_GATEWAY_UPSTREAM_UPSTREAM_H

#include "base/list.h"

#include <stdint.h>

struct flight_request;
struct loop;
struct transports;

struct upstream {
    uint32_t places; /* this worker's share, at least 1 */
    uint32_t flying;
    uint32_t queue; /* how many may wait */
    uint32_t waiting_count;
    struct list waiting; /* flights by their entry, the oldest first */
};

struct upstreams {
    struct loop *loop;
    struct transports *transports;
    struct upstream *list; /* by the service's index */
    uint32_t count;
};

/* The service's upstream. */
struct upstream *upstreams_find(struct upstreams *upstreams, const struct flight_request *request);

#endif

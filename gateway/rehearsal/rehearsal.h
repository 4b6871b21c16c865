/*
 * A route played without an audience: one request through the real composer, on a virtual loop,
 * against services whose answers were written down. No socket, no clock, no waiting; the same
 * request on the same stage always has the same reply, request id included.
 */
#ifndef BRAID_GATEWAY_REHEARSAL_REHEARSAL_H
#define BRAID_GATEWAY_REHEARSAL_REHEARSAL_H

#include "gateway/compose/client_request.h"
#include "gateway/snapshot.h"
#include "gateway/upstream/canned.h"

/* What is on stage. */
struct stage {
    struct snapshot *snapshot;             /* usable */
    const struct canned_service *services; /* one per service of the file, by its index */
    usec wall;                             /* what now() answers; not 0 */
    /* NULL: nothing came before. Or what services answered to the same request `earlier` ago, so
       that what may be kept of it is kept. */
    const struct canned_service *services_earlier;
    usec earlier;
};

/* What the client got. In the arena that rehearsal_run was given. */
struct rehearsal {
    int status;
    const struct field *fields;
    uint32_t field_count;
    struct str body;
    usec took;                        /* virtual time from the request to the reply */
    const struct canned_miss *misses; /* requests that no rule answered, in order; or NULL */
};

#define REHEARSAL_WALL ((usec)1767225600 * SECOND) /* 2026-01-01T00:00:00Z */

/* Each run is a worker of its own: nothing is left of it for the next one. */
void rehearsal_run(const struct stage *stage, const struct client_request *request,
                   struct arena *arena, struct rehearsal *ret_rehearsal);

/* The first field of that name (case ignored); at == NULL: none. */
struct str rehearsal_field(const struct rehearsal *rehearsal, struct str name);

#endif

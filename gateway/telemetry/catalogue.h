/*
 * The names that figures are kept for: the routes, services and calls of the file, each with a
 * number for the life of the process, so that a figure goes on when a new file is loaded. Bounded:
 * what comes beyond, and requests without a route, are number 0, "other". A client cannot make a
 * name.
 */
#ifndef BRAID_GATEWAY_TELEMETRY_CATALOGUE_H
#define BRAID_GATEWAY_TELEMETRY_CATALOGUE_H

#include "gateway/snapshot.h"

#include <pthread.h>

#define CATALOGUE_ROUTES   1024
#define CATALOGUE_SERVICES 512
#define CATALOGUE_CALLS    4096

enum catalogue_kind {
    CATALOGUE_ROUTE,
    CATALOGUE_SERVICE,
    CATALOGUE_CALL, /* of a route: two names */
    CATALOGUE_KIND_COUNT
};

struct catalogue_name {
    struct str name;
    struct str route; /* CATALOGUE_CALL */
};

/* Names are only ever added; those below a count that was read stay as they are. */
struct catalogue {
    pthread_mutex_t lock;
    struct arena arena;
    struct catalogue_name *names[CATALOGUE_KIND_COUNT]; /* of a fixed length */
    uint32_t counts[CATALOGUE_KIND_COUNT];
};

/* The numbers of what a snapshot has, by its own indexes. */
struct series {
    const uint32_t *routes;
    const uint32_t *services;
    const uint32_t *const *calls; /* by route, then by call */
};

void catalogue_init(struct catalogue *catalogue);
void catalogue_done(struct catalogue *catalogue);

/*
 * Gives every name of the snapshot its number; the result is in the snapshot's arena. Before any
 * exchange begins with the snapshot. Any thread.
 */
const struct series *catalogue_learn(struct catalogue *catalogue, struct snapshot *snapshot);

/* How many numbers there are, 0 included. Any thread. */
uint32_t catalogue_count(struct catalogue *catalogue, enum catalogue_kind kind);

/* `number` is below a count that was read. */
struct catalogue_name catalogue_name(const struct catalogue *catalogue, enum catalogue_kind kind,
                                     uint32_t number);

#endif

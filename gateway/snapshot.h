/*
 * One loaded file: configuration, services and routes, built once in one arena and never changed.
 * Workers and exchanges hold references; the last one to let go frees it.
 */
#ifndef BRAID_GATEWAY_SNAPSHOT_H
#define BRAID_GATEWAY_SNAPSHOT_H

#include "base/arena.h"
#include "config/config.h"
#include "routes/route.h"

#include <stdatomic.h>

struct series;
struct tls_identity;

struct snapshot {
    struct arena arena;
    struct diagnostics diagnostics;
    struct config *config;            /* NULL: the file could not be used at all */
    const struct router *router;      /* NULL with it */
    struct tls_identity **identities; /* one per `listen`, then the admin's; NULL: plain text */
    uint32_t identity_count;
    const struct series *series; /* what its names are counted as; NULL: not counted */
    atomic_uint references;
};

/*
 * Reads and checks a file; never NULL, the caller owns one reference. What is wrong is in its
 * diagnostics; it may run only where snapshot_is_usable().
 */
struct snapshot *snapshot_load(struct str path);

bool snapshot_is_usable(const struct snapshot *snapshot);

/* Looks whether the files of certificates are others; one thread. */
void snapshot_look(struct snapshot *snapshot, usec now);

/* Thread-safe. */
struct snapshot *snapshot_ref(struct snapshot *snapshot);
void snapshot_unref(struct snapshot *snapshot);

#endif

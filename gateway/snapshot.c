/*
 * Loading: text, tree, structs, routes, all in the snapshot's own arena. The configuration is
 * trusted to be of human size, but its quota is stated all the same.
 */
#include "gateway/snapshot.h"

#include <stdlib.h>

/* A file has at most 1 MiB and 100,000 nodes; what is compiled from it is a small multiple. */
#define SNAPSHOT_MEMORY ((size_t)512 * 1024 * 1024)

struct snapshot *snapshot_load(struct str path)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (snapshot == NULL)
        abort();
    atomic_init(&snapshot->references, 1);
    arena_init(&snapshot->arena, NULL, SNAPSHOT_MEMORY);
    diagnostics_init(&snapshot->diagnostics, &snapshot->arena);
    snapshot->config = config_read(&snapshot->arena, path, &snapshot->diagnostics);
    if (snapshot->config != NULL)
        snapshot->router =
            router_compile(&snapshot->arena, snapshot->config, &snapshot->diagnostics);
    return snapshot;
}

bool snapshot_is_usable(const struct snapshot *snapshot)
{
    return snapshot->config != NULL && snapshot->router != NULL &&
           !diagnostics_has_errors(&snapshot->diagnostics);
}

struct snapshot *snapshot_ref(struct snapshot *snapshot)
{
    atomic_fetch_add_explicit(&snapshot->references, 1, memory_order_relaxed);
    return snapshot;
}

void snapshot_unref(struct snapshot *snapshot)
{
    if (snapshot == NULL ||
        atomic_fetch_sub_explicit(&snapshot->references, 1, memory_order_acq_rel) > 1)
        return;
    arena_done(&snapshot->arena);
    free(snapshot);
}

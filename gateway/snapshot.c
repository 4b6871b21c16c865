/*
 * Loading: text, tree, structs, routes, all in the snapshot's own arena. The configuration is
 * trusted to be of human size, but its quota is stated all the same.
 */
#include "gateway/snapshot.h"

#include "gateway/front/tls_identity.h"

#include <stdlib.h>

/* A file has at most 1 MiB and 100,000 nodes; what is compiled from it is a small multiple. */
#define SNAPSHOT_MEMORY ((size_t)512 * 1024 * 1024)

static struct tls_identity *identity_open(struct snapshot *snapshot, const struct address *address)
{
    struct tls_mistake mistake;
    if (address->tls == NULL)
        return NULL;
    struct tls_identity *identity = tls_identity_new(address->tls, &mistake);
    if (identity == NULL)
        diagnostics_error(&snapshot->diagnostics, mistake.place, STR_NONE, "%s", mistake.text);
    return identity;
}

static void snapshot_open_identities(struct snapshot *snapshot)
{
    const struct settings *settings = &snapshot->config->settings;
    snapshot->identity_count = settings->listen_count + 1;
    snapshot->identities =
        arena_array(&snapshot->arena, struct tls_identity *, snapshot->identity_count);
    for (uint32_t i = 0; i < settings->listen_count; i++)
        snapshot->identities[i] = identity_open(snapshot, &settings->listen[i]);
    if (settings->has_admin)
        snapshot->identities[settings->listen_count] = identity_open(snapshot, &settings->admin);
}

struct snapshot *snapshot_load(struct str path)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (snapshot == NULL)
        abort();
    atomic_init(&snapshot->references, 1);
    arena_init(&snapshot->arena, NULL, SNAPSHOT_MEMORY);
    diagnostics_init(&snapshot->diagnostics, &snapshot->arena);
    snapshot->config = config_read(&snapshot->arena, path, &snapshot->diagnostics);
    if (snapshot->config == NULL)
        return snapshot;
    snapshot->router = router_compile(&snapshot->arena, snapshot->config, &snapshot->diagnostics);
    snapshot_open_identities(snapshot);
    return snapshot;
}

bool snapshot_is_usable(const struct snapshot *snapshot)
{
    return snapshot->config != NULL && snapshot->router != NULL &&
           !diagnostics_has_errors(&snapshot->diagnostics);
}

void snapshot_look(struct snapshot *snapshot, usec now)
{
    for (uint32_t i = 0; i < snapshot->identity_count; i++)
        if (snapshot->identities[i] != NULL)
            tls_identity_look(snapshot->identities[i], now);
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
    for (uint32_t i = 0; i < snapshot->identity_count; i++)
        tls_identity_free(snapshot->identities[i]);
    arena_done(&snapshot->arena);
    free(snapshot);
}

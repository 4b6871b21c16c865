/*
 * A kept connection where there is one that lives, otherwise a new one; back among the kept when
 * its answer ended exactly where it should.
 */
#include "gateway/upstream/transport_lean.h"

#include "gateway/upstream/lean_connection.h"
#include "gateway/upstream/lean_pool.h"
#include "gateway/upstream/lean_service.h"

#include <stdlib.h>

struct lean_transport {
    struct carrier carrier;
    struct lean_service service;
    struct lean_pool pool;
};

static struct lean_transport *lean_of(struct carrier *carrier)
{
    return container_of(carrier, struct lean_transport, carrier);
}

static struct lean_connection *connection_of(struct transfer *transfer)
{
    return container_of(transfer, struct lean_connection, transfer);
}

static void lean_on_finished(struct lean_connection *connection, enum reason reason,
                             bool is_reusable)
{
    struct lean_transport *lean = lean_of(connection->transfer.carrier);
    struct attempt *attempt = connection->attempt;
    if (is_reusable)
        lean_pool_put(&lean->pool, connection);
    else
        lean_connection_free(connection);
    transfer_finish(attempt, reason);
}

static struct lean_connection *lean_resume(struct lean_transport *lean, struct attempt *attempt)
{
    struct lean_connection *connection;
    while ((connection = lean_pool_take(&lean->pool)) != NULL) {
        if (lean_connection_resume(connection, attempt))
            return connection;
        lean_connection_free(connection);
    }
    return NULL;
}

static struct lean_connection *lean_open(struct lean_transport *lean, struct attempt *attempt)
{
    struct lean_connection *connection =
        lean_connection_new(&lean->carrier, &lean->service, lean_on_finished);
    if (lean_connection_open(connection, attempt))
        return connection;
    lean_connection_free(connection);
    return NULL;
}

static struct transfer *lean_start(struct carrier *carrier, struct attempt *attempt)
{
    struct lean_transport *lean = lean_of(carrier);
    struct lean_connection *connection = lean_resume(lean, attempt);
    if (!connection)
        connection = lean_open(lean, attempt);
    return connection ? &connection->transfer : NULL;
}

static void lean_cancel(struct transfer *transfer)
{
    lean_connection_free(connection_of(transfer));
}

static void lean_free(struct carrier *carrier)
{
    struct lean_transport *lean = lean_of(carrier);
    lean_pool_done(&lean->pool);
    lean_service_done(&lean->service);
    free(lean);
}

struct carrier *transport_lean_new(struct lean_worker *worker, const struct service *service,
                                   const struct endpoint *endpoint)
{
    struct lean_transport *lean = calloc(1, sizeof(*lean));
    if (!lean)
        abort();
    lean->carrier = (struct carrier){.start = lean_start, .cancel = lean_cancel, .free = lean_free};
    lean_service_init(&lean->service, worker, service, endpoint);
    lean_pool_init(&lean->pool, worker->loop);
    return &lean->carrier;
}

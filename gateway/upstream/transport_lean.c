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
    struct flight *flight = connection->flight;
    void (*ended)(struct flight *, enum reason) = connection->ended;
    if (is_reusable)
        lean_pool_put(&lean->pool, connection);
    else
        lean_connection_free(connection);
    ended(flight, reason);
}

static struct lean_connection *lean_resume(struct lean_transport *lean, struct flight *flight)
{
    struct lean_connection *connection;
    while ((connection = lean_pool_take(&lean->pool)) != NULL) {
        if (lean_connection_resume(connection, flight))
            return connection;
        lean_connection_free(connection);
    }
    return NULL;
}

static struct lean_connection *lean_open(struct lean_transport *lean, struct flight *flight)
{
    struct lean_connection *connection =
        lean_connection_new(&lean->carrier, &lean->service, lean_on_finished);
    if (lean_connection_open(connection, flight))
        return connection;
    lean_connection_free(connection);
    return NULL;
}

static struct transfer *lean_start(struct carrier *carrier, struct flight *flight,
                                   void (*ended)(struct flight *flight, enum reason reason))
{
    struct lean_transport *lean = lean_of(carrier);
    struct lean_connection *connection = lean_resume(lean, flight);
    if (!connection)
        connection = lean_open(lean, flight);
    if (!connection)
        return NULL;
    connection->ended = ended;
    return &connection->transfer;
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

struct carrier *transport_lean_new(struct lean_worker *worker, const struct service *service)
{
    struct lean_transport *lean = calloc(1, sizeof(*lean));
    if (!lean)
        abort();
    lean->carrier = (struct carrier){lean_start, lean_cancel, lean_free};
    lean_service_init(&lean->service, worker, service);
    lean_pool_init(&lean->pool, worker->loop);
    return &lean->carrier;
}

/*
 * Which way each service is reached, and what the connections of one worker share.
 */
#include "config/service.h"
#include "gateway/upstream/curl_lane.h"
#include "gateway/upstream/curl_sockets.h"
#include "gateway/upstream/flight.h"
#include "gateway/upstream/lean_service.h"
#include "gateway/upstream/transport.h"
#include "gateway/upstream/transport_curl.h"
#include "gateway/upstream/transport_lean.h"

#include <assert.h>
#include <stdlib.h>

struct transports {
    bool has_sockets;
    struct curl_sockets sockets; /* where has_sockets, like `lean` */
    struct lean_worker lean;
    struct carrier **list; /* by the service's index */
    uint32_t count;
};

/* libcurl closes some descriptors unseen and speaks of them later (see curl_sockets.c). */
static void transports_on_opened(struct lean_worker *lean, int fd)
{
    struct transports *transports = container_of(lean, struct transports, lean);
    curl_sockets_forget(&transports->sockets, fd);
}

static struct carrier *transports_choose(struct transports *transports,
                                         const struct service *service)
{
    if (service->transport == TRANSPORT_AUTO && lean_service_takes(service))
        return transport_lean_new(&transports->lean, service);
    return transport_curl_new(&transports->sockets, service);
}

struct transports *transports_of(struct carrier **list, uint32_t count)
{
    struct transports *transports = calloc(1, sizeof(*transports));
    if (!transports)
        abort();
    transports->list = list;
    transports->count = count;
    return transports;
}

struct transports *transports_new(struct loop *loop, const struct service *services, uint32_t count)
{
    struct carrier **list = calloc(count > 0 ? count : 1, sizeof(*list));
    if (!list)
        abort();
    struct transports *transports = transports_of(list, count);
    transports->has_sockets = true;
    curl_sockets_init(&transports->sockets, loop, curl_lane_ready);
    lean_worker_init(&transports->lean, loop, transports_on_opened);
    for (uint32_t i = 0; i < count; i++)
        list[i] = transports_choose(transports, &services[i]);
    return transports;
}

void transports_free(struct transports *transports)
{
    if (!transports)
        return;
    for (uint32_t i = 0; i < transports->count; i++)
        transports->list[i]->free(transports->list[i]);
    if (transports->has_sockets) {
        lean_worker_done(&transports->lean);
        curl_sockets_done(&transports->sockets);
    }
    free(transports->list);
    free(transports);
}

struct transfer *transfer_start(struct transports *transports, struct flight *flight,
                                void (*ended)(struct flight *flight, enum reason reason))
{
    assert(flight->request.service->index < transports->count);
    struct carrier *carrier = transports->list[flight->request.service->index];
    return carrier->start(carrier, flight, ended);
}

void transfer_cancel(struct transfer *transfer)
{
    transfer->carrier->cancel(transfer);
}

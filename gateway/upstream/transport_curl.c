/*
 * The transport that is libcurl: for each service lanes of connections, and idle handles that are
 * borrowed for one transfer at a time.
 */
#include "gateway/upstream/curl_lane.h"
#include "gateway/upstream/curl_service.h"
#include "gateway/upstream/curl_sockets.h"
#include "gateway/upstream/curl_transfer.h"
#include "gateway/upstream/flight.h"
#include "gateway/upstream/transport.h"

#include <assert.h>
#include <stdlib.h>

#define IDLE_HANDLES 64 /* kept per service; each holds some 10 KB */

struct curl_pool {
    struct curl_service service;
    struct list idle; /* transfers by their entry, the last used first */
    uint32_t idle_count;
    struct curl_lane **lanes;
    uint32_t lane_count;
};

struct transports {
    struct loop *loop;
    struct curl_sockets sockets;
    struct curl_pool *pools; /* by the service's index */
    uint32_t count;
};

bool transport_global_init(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

void transport_global_done(void)
{
    curl_global_cleanup();
}

struct transports *transports_new(struct loop *loop, const struct service *services, uint32_t count)
{
    struct transports *transports = calloc(1, sizeof(*transports));
    struct curl_pool *pools = calloc(count > 0 ? count : 1, sizeof(*pools));
    if (!transports || !pools)
        abort();
    transports->loop = loop;
    transports->pools = pools;
    transports->count = count;
    curl_sockets_init(&transports->sockets, loop, curl_lane_ready);
    for (uint32_t i = 0; i < count; i++) {
        curl_service_init(&pools[i].service, &services[i], &transports->sockets);
        list_init(&pools[i].idle);
    }
    return transports;
}

static void pool_done(struct curl_pool *pool)
{
    struct list *entry;
    while ((entry = list_shift(&pool->idle)) != NULL)
        transfer_free(container_of(entry, struct transfer, entry));
    for (uint32_t i = 0; i < pool->lane_count; i++)
        curl_lane_free(pool->lanes[i]);
    free(pool->lanes);
    curl_service_done(&pool->service);
}

void transports_free(struct transports *transports)
{
    if (!transports)
        return;
    for (uint32_t i = 0; i < transports->count; i++)
        pool_done(&transports->pools[i]);
    curl_sockets_done(&transports->sockets);
    free(transports->pools);
    free(transports);
}

static struct transfer *pool_borrow(struct curl_pool *pool)
{
    struct list *entry = list_shift(&pool->idle);
    if (!entry)
        return transfer_new(&pool->service);
    pool->idle_count--;
    return container_of(entry, struct transfer, entry);
}

static void pool_give_back(struct curl_pool *pool, struct transfer *transfer)
{
    transfer->flight = NULL;
    transfer->lane = NULL;
    if (pool->idle_count >= IDLE_HANDLES || transfer_is_worn(transfer)) {
        transfer_free(transfer);
        return;
    }
    list_prepend(&pool->idle, &transfer->entry);
    pool->idle_count++;
}

static struct curl_pool *pool_of(struct transfer *transfer)
{
    return container_of(transfer->service, struct curl_pool, service);
}

static void transfer_ended(struct transfer *transfer, CURLcode code)
{
    struct flight *flight = transfer->flight;
    void (*ended)(struct flight *, enum reason) = transfer->ended;
    enum reason reason = transfer_conclude(transfer, code);
    pool_give_back(pool_of(transfer), transfer);
    ended(flight, reason);
}

/* The first lane with room, so that as few connections as possible are kept warm. */
static struct curl_lane *transports_find_lane(struct transports *transports, struct curl_pool *pool)
{
    for (uint32_t i = 0; i < pool->lane_count; i++) {
        if (curl_lane_has_room(pool->lanes[i]))
            return pool->lanes[i];
    }
    struct curl_lane **lanes = reallocarray(pool->lanes, pool->lane_count + 1, sizeof(*lanes));
    if (!lanes)
        abort();
    pool->lanes = lanes;
    lanes[pool->lane_count] = curl_lane_new(transports->loop, &transports->sockets, transfer_ended);
    return lanes[pool->lane_count++];
}

struct transfer *transfer_start(struct transports *transports, struct flight *flight,
                                void (*ended)(struct flight *flight, enum reason reason))
{
    assert(flight->request.service->index < transports->count);
    struct curl_pool *pool = &transports->pools[flight->request.service->index];
    struct transfer *transfer = pool_borrow(pool);
    transfer->ended = ended;
    transfer->lane = transports_find_lane(transports, pool);
    if (!transfer_prepare(transfer, flight) || !curl_lane_add(transfer->lane, transfer->easy)) {
        pool_give_back(pool, transfer);
        return NULL;
    }
    return transfer;
}

void transfer_cancel(struct transfer *transfer)
{
    curl_lane_remove(transfer->lane, transfer->easy);
    pool_give_back(pool_of(transfer), transfer);
}

/*
 * The transport that is libcurl: for each address lanes of connections, and idle handles that are
 * borrowed for one transfer at a time.
 */
#include "gateway/upstream/transport_curl.h"

#include "gateway/upstream/curl_lane.h"
#include "gateway/upstream/curl_service.h"
#include "gateway/upstream/curl_sockets.h"
#include "gateway/upstream/curl_transfer.h"
#include "gateway/upstream/transport.h"

#include <stdlib.h>

#define IDLE_HANDLES 64 /* kept per address; each holds some 10 KB */

struct curl_pool {
    struct carrier carrier;
    struct curl_service service;
    struct list idle; /* transfers by their entry, the last used first */
    uint32_t idle_count;
    struct curl_lane **lanes;
    uint32_t lane_count;
};

bool transport_global_init(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

void transport_global_done(void)
{
    curl_global_cleanup();
}

static struct curl_pool *pool_of(struct carrier *carrier)
{
    return container_of(carrier, struct curl_pool, carrier);
}

static void pool_free(struct carrier *carrier)
{
    struct curl_pool *pool = pool_of(carrier);
    struct list *entry;
    while ((entry = list_shift(&pool->idle)) != NULL)
        curl_transfer_free(container_of(entry, struct curl_transfer, entry));
    for (uint32_t i = 0; i < pool->lane_count; i++)
        curl_lane_free(pool->lanes[i]);
    free(pool->lanes);
    curl_service_done(&pool->service);
    free(pool);
}

static struct curl_transfer *pool_borrow(struct curl_pool *pool)
{
    struct list *entry = list_shift(&pool->idle);
    if (!entry)
        return curl_transfer_new(&pool->carrier, &pool->service);
    pool->idle_count--;
    return container_of(entry, struct curl_transfer, entry);
}

static void pool_give_back(struct curl_transfer *transfer)
{
    struct curl_pool *pool = pool_of(transfer->transfer.carrier);
    transfer->attempt = NULL;
    transfer->lane = NULL;
    if (pool->idle_count >= IDLE_HANDLES || curl_transfer_is_worn(transfer)) {
        curl_transfer_free(transfer);
        return;
    }
    list_prepend(&pool->idle, &transfer->entry);
    pool->idle_count++;
}

static void pool_on_ended(struct curl_transfer *transfer, CURLcode code)
{
    struct attempt *attempt = transfer->attempt;
    enum reason reason = curl_transfer_conclude(transfer, code);
    pool_give_back(transfer);
    transfer_finish(attempt, reason);
}

/* The first lane with room, so that as few connections as possible are kept warm. */
static struct curl_lane *pool_find_lane(struct curl_pool *pool)
{
    for (uint32_t i = 0; i < pool->lane_count; i++) {
        if (curl_lane_has_room(pool->lanes[i]))
            return pool->lanes[i];
    }
    struct curl_lane **lanes = reallocarray(pool->lanes, pool->lane_count + 1, sizeof(*lanes));
    if (!lanes)
        abort();
    pool->lanes = lanes;
    lanes[pool->lane_count] = curl_lane_new(pool->service.sockets, pool_on_ended);
    return lanes[pool->lane_count++];
}

static struct transfer *pool_start(struct carrier *carrier, struct attempt *attempt)
{
    struct curl_pool *pool = pool_of(carrier);
    struct curl_transfer *transfer = pool_borrow(pool);
    transfer->lane = pool_find_lane(pool);
    if (!curl_transfer_prepare(transfer, attempt) ||
        !curl_lane_add(transfer->lane, transfer->easy)) {
        pool_give_back(transfer);
        return NULL;
    }
    return &transfer->transfer;
}

static void pool_cancel(struct transfer *base)
{
    struct curl_transfer *transfer = container_of(base, struct curl_transfer, transfer);
    /* libcurl closes a connection that is not made yet without a word. */
    if (transfer->sent == 0)
        curl_sockets_forget(transfer->service->sockets, transfer->fd);
    curl_lane_remove(transfer->lane, transfer->easy);
    pool_give_back(transfer);
}

struct carrier *transport_curl_new(struct curl_sockets *sockets, const struct service *service,
                                   const struct endpoint *endpoint)
{
    struct curl_pool *pool = calloc(1, sizeof(*pool));
    if (!pool)
        abort();
    pool->carrier = (struct carrier){.start = pool_start, .cancel = pool_cancel, .free = pool_free};
    curl_service_init(&pool->service, service, endpoint, sockets);
    list_init(&pool->idle);
    return &pool->carrier;
}

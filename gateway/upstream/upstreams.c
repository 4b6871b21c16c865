/*
 * The shares of one worker: so many places and so long a queue for each service.
 */
#include "gateway/upstream/upstreams.h"

#include "gateway/upstream/flight.h"
#include "gateway/upstream/transport.h"
#include "gateway/upstream/upstream.h"

#include <assert.h>
#include <stdlib.h>

/* Rounded up, so that every worker can fly something. */
static uint32_t share_of(uint32_t whole, uint32_t workers)
{
    return whole / workers + (whole % workers > 0);
}

static void upstream_init(struct upstream *upstream, const struct service *service,
                          uint32_t workers)
{
    upstream->places = share_of(service->concurrency, workers);
    if (upstream->places == 0)
        upstream->places = 1;
    upstream->queue = share_of(service->queue, workers);
    list_init(&upstream->waiting);
}

/* Takes the transports. */
static struct upstreams *upstreams_over(struct transports *transports, struct loop *loop,
                                        const struct service *services, uint32_t count,
                                        uint32_t workers)
{
    assert(workers > 0);
    struct upstreams *upstreams = calloc(1, sizeof(*upstreams));
    struct upstream *list = calloc(count > 0 ? count : 1, sizeof(*list));
    if (!upstreams || !list)
        abort();
    for (uint32_t i = 0; i < count; i++)
        upstream_init(&list[i], &services[i], workers);
    *upstreams = (struct upstreams){
        .loop = loop,
        .transports = transports,
        .list = list,
        .count = count,
    };
    return upstreams;
}

struct upstreams *upstreams_new(struct loop *loop, const struct service *services, uint32_t count,
                                uint32_t workers)
{
    return upstreams_over(transports_new(loop, count), loop, services, count, workers);
}

struct upstreams *upstreams_of(struct loop *loop, const struct service *services, uint32_t count,
                               struct carrier **carriers)
{
    return upstreams_over(transports_of(carriers, count), loop, services, count, 1);
}

void upstreams_free(struct upstreams *upstreams)
{
    if (!upstreams)
        return;
    for (uint32_t i = 0; i < upstreams->count; i++)
        assert(upstreams->list[i].flying == 0 && upstreams->list[i].waiting_count == 0);
    transports_free(upstreams->transports);
    free(upstreams->list);
    free(upstreams);
}

struct upstream *upstreams_find(struct upstreams *upstreams, const struct flight_request *request)
{
    assert(request->service->index < upstreams->count);
    return &upstreams->list[request->service->index];
}

bool upstreams_global_init(void)
{
    return transport_global_init();
}

void upstreams_global_done(void)
{
    transport_global_done();
}

/*
 * A worker without its front: the exchange is driven as front/visit.c does it, head, body, reply.
 */
#include "gateway/rehearsal/rehearsal.h"

#include "gateway/compose/exchange.h"
#include "gateway/compose/refresh.h"
#include "gateway/upstream/transport_canned.h"

#include <assert.h>
#include <stdlib.h>

#define POOL_BLOCKS 16

/* Of one request: more than any has. */
#define CACHE_MEMORY ((uint64_t)64 * 1024 * 1024)

struct theatre {
    struct loop loop;
    struct composer composer;
    struct canned_misses misses;
    struct canned_service *services; /* what they answer in this act */
    bool is_later;                   /* the time between the acts is over */
    struct timer interval;
};

static struct carrier **carriers_new(struct theatre *theatre, uint32_t count)
{
    struct carrier **list = calloc(count + 1, sizeof(*list));
    if (list == NULL)
        abort();
    for (uint32_t i = 0; i < count; i++)
        list[i] = transport_canned_new(&theatre->loop, &theatre->services[i], &theatre->misses);
    return list;
}

/* Without an earlier act there is no cache: it is always the first request. */
static struct cache *cache_for(const struct stage *stage)
{
    const struct cache_settings settings = {.memory = CACHE_MEMORY};
    return stage->services_earlier != NULL ? cache_open(&settings, 1) : NULL;
}

static void theatre_init(struct theatre *theatre, const struct stage *stage, struct arena *arena)
{
    const struct config *config = stage->snapshot->config;
    loop_init_virtual(&theatre->loop);
    theatre->services = arena_array(arena, struct canned_service, config->service_count + 1);
    theatre->misses.arena = arena;
    struct composer *composer = &theatre->composer;
    composer->loop = &theatre->loop;
    composer->snapshot = snapshot_ref(stage->snapshot);
    composer->wall = stage->wall;
    refreshes_init(composer);
    composer->cache = cache_for(stage);
    composer->tally = composer->cache != NULL ? cache_tally(composer->cache, 0) : NULL;
    /* always the same dice */
    composer->random = (struct random){.state = {1, 2, 3, 4}};
    arena_pool_init(&composer->pool, POOL_BLOCKS);
    composer->upstreams = upstreams_of(&theatre->loop, config->services, config->service_count,
                                       carriers_new(theatre, config->service_count));
    composer->guards = upstreams_guards(composer->upstreams);
}

static void theatre_done(struct theatre *theatre)
{
    refreshes_done(&theatre->composer);
    joints_done(&theatre->composer.joints);
    upstreams_free(theatre->composer.upstreams);
    loop_done(&theatre->loop);
    arena_pool_done(&theatre->composer.pool);
    gzip_done(&theatre->composer.gzip);
    cache_close(theatre->composer.cache);
    snapshot_unref(theatre->composer.snapshot);
}

/* It is looked at from outside, when the turn has ended. */
static void exchange_on_done(struct exchange *exchange)
{
    (void)exchange;
}

static void exchange_play(struct exchange *exchange, struct loop *loop)
{
    struct client_request *request = &exchange->context.request;
    uint64_t announced = request->has_body ? request->body.length : 0;
    uint64_t limit = 0;
    bool keeps_body = false;
    exchange->context.envelope.client = request->peer;
    if (!exchange_begin(exchange, announced, &limit, &keeps_body))
        return;
    if (!keeps_body)
        request->body = STR_NONE;
    if (exchange_start(exchange))
        return;
    while (exchange->is_running) {
        assert(timers_next(&loop->timers) != USEC_NEVER || !list_is_empty(&loop->tasks));
        loop_turn(loop, USEC_NEVER);
    }
}

static void reply_copy(const struct reply *reply, struct arena *arena, struct rehearsal *rehearsal)
{
    struct field *fields = arena_array(arena, struct field, reply->field_count + 1);
    for (uint32_t i = 0; i < reply->field_count; i++)
        fields[i] = (struct field){str_copy(arena, str_of(reply->fields[i].name)),
                                   str_copy(arena, str_of(reply->fields[i].value))};
    char *body = arena_bytes(arena, reply->body.bytes + 1);
    slices_flatten(&reply->body, body);
    rehearsal->status = reply->status;
    rehearsal->fields = fields;
    rehearsal->field_count = reply->field_count;
    rehearsal->body = (struct str){body, reply->body.bytes};
}

static void theatre_set(struct theatre *theatre, const struct canned_service *services)
{
    for (uint32_t i = 0; i < theatre->composer.snapshot->config->service_count; i++)
        theatre->services[i] = services[i];
}

static void theatre_on_interval(struct timer *timer)
{
    container_of(timer, struct theatre, interval)->is_later = true;
}

/* The same request while nothing was wrong, and then time that passes. */
static void theatre_play_earlier(struct theatre *theatre, const struct stage *stage,
                                 const struct client_request *request)
{
    struct loop *loop = &theatre->loop;
    struct exchange *exchange = exchange_new(&theatre->composer, exchange_on_done);
    theatre_set(theatre, stage->services_earlier);
    exchange->context.request = *request;
    usec began = loop_now(loop);
    exchange_play(exchange, loop);
    exchange_free(exchange);
    timer_init(&theatre->interval, theatre_on_interval);
    timer_start(&loop->timers, &theatre->interval, began + stage->earlier);
    while (!theatre->is_later)
        loop_turn(loop, USEC_NEVER);
}

void rehearsal_run(const struct stage *stage, const struct client_request *request,
                   struct arena *arena, struct rehearsal *ret_rehearsal)
{
    struct theatre theatre = {0};
    theatre_init(&theatre, stage, arena);
    if (stage->services_earlier != NULL)
        theatre_play_earlier(&theatre, stage, request);
    theatre_set(&theatre, stage->services);
    struct exchange *exchange = exchange_new(&theatre.composer, exchange_on_done);
    exchange->context.request = *request;
    usec began = loop_now(&theatre.loop);
    exchange_play(exchange, &theatre.loop);
    *ret_rehearsal =
        (struct rehearsal){.took = loop_now(&theatre.loop) - began, .misses = theatre.misses.first};
    reply_copy(&exchange->reply, arena, ret_rehearsal);
    exchange_free(exchange);
    theatre_done(&theatre);
}

struct str rehearsal_field(const struct rehearsal *rehearsal, struct str name)
{
    for (uint32_t i = 0; i < rehearsal->field_count; i++) {
        if (str_equal_ignore_case(rehearsal->fields[i].name, name))
            return rehearsal->fields[i].value;
    }
    return STR_NONE;
}

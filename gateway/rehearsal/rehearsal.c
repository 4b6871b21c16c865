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

struct theatre {
    struct loop loop;
    struct composer composer;
    struct canned_misses misses;
};

static struct carrier **carriers_new(struct theatre *theatre, const struct stage *stage)
{
    uint32_t count = stage->snapshot->config->service_count;
    struct carrier **list = calloc(count + 1, sizeof(*list));
    if (list == NULL)
        abort();
    for (uint32_t i = 0; i < count; i++)
        list[i] = transport_canned_new(&theatre->loop, &stage->services[i], &theatre->misses);
    return list;
}

static void theatre_init(struct theatre *theatre, const struct stage *stage, struct arena *arena)
{
    const struct config *config = stage->snapshot->config;
    loop_init_virtual(&theatre->loop);
    theatre->misses.arena = arena;
    struct composer *composer = &theatre->composer;
    composer->loop = &theatre->loop;
    composer->snapshot = snapshot_ref(stage->snapshot);
    composer->wall = stage->wall;
    refreshes_init(composer); /* and no cache: it is always the first request */
    /* always the same dice */
    composer->random = (struct random){.state = {1, 2, 3, 4}};
    arena_pool_init(&composer->pool, POOL_BLOCKS);
    composer->upstreams = upstreams_of(&theatre->loop, config->services, config->service_count,
                                       carriers_new(theatre, stage));
    composer->guards = upstreams_guards(composer->upstreams);
}

static void theatre_done(struct theatre *theatre)
{
    joints_done(&theatre->composer.joints);
    upstreams_free(theatre->composer.upstreams);
    loop_done(&theatre->loop);
    arena_pool_done(&theatre->composer.pool);
    gzip_done(&theatre->composer.gzip);
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

void rehearsal_run(const struct stage *stage, const struct client_request *request,
                   struct arena *arena, struct rehearsal *ret_rehearsal)
{
    struct theatre theatre = {0};
    theatre_init(&theatre, stage, arena);
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

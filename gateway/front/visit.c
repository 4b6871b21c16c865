/*
 * The library calls the handler at least twice: with the head, then with each piece of body, then
 * with nothing. A reply that is queued in the first of these closes the connection behind it
 * (connection.c: discard_request), which is right for what is refused and wrong for all else.
 */
#include "gateway/front/visit.h"

#include "gateway/compose/cors.h"
#include "gateway/compose/problem.h"
#include "gateway/front/client.h"
#include "gateway/front/desk.h"
#include "gateway/front/head.h"
#include "gateway/front/queue.h"

#include <assert.h>

static void visit_on_done(struct exchange *exchange)
{
    struct visit *visit = exchange->visit;
    visit->state = VISIT_REPLY;
    desk_resume(visit->desk, visit->connection);
}

struct visit *visit_new(struct desk *desk, struct client *client, struct MHD_Connection *connection,
                        const char *raw_target)
{
    struct exchange *exchange = exchange_new(desk->composer, visit_on_done);
    struct visit *visit = arena_new(&exchange->context.arena, struct visit);
    visit->desk = desk;
    visit->client = client;
    visit->connection = connection;
    visit->exchange = exchange;
    exchange->visit = visit;
    exchange->context.envelope.client = client->peer;
    visit->raw_target = raw_target;
    visit->target = str_copy(&visit->exchange->context.arena, str_of(raw_target));
    client->visit = visit;
    return visit;
}

void visit_free(struct visit *visit)
{
    visit->client->visit = NULL;
    exchange_free(visit->exchange); /* and with its arena the visit */
}

/* A reader may be slow, but not for ever: this much beyond `idle_timeout` (RFC 9110 has no say). */
#define SLOWEST_READER ((usec)16 * 1024) /* bytes per second */

static usec sending_time(const struct visit *visit)
{
    usec bytes = (usec)visit->exchange->reply.body.bytes;
    return visit->desk->limits->idle_timeout + bytes * SECOND / SLOWEST_READER;
}

/* A head that the library cannot hold would end in silence. */
static void visit_check_head(struct visit *visit)
{
    struct reply *reply = &visit->exchange->reply;
    if (visit->pool_used + queue_head_bytes(reply) <= visit->desk->pool)
        return;
    visit->exchange->reason = REASON_TOO_LARGE;
    problem_write(&(struct problem){.status = 502,
                                    .reason = reason_name(REASON_TOO_LARGE),
                                    .id = visit->exchange->context.envelope.id},
                  reply);
    cors_write(&visit->exchange->context, reply);
}

static enum MHD_Result visit_queue(struct visit *visit)
{
    visit->state = VISIT_QUEUED;
    visit_check_head(visit);
    client_set_clock(visit->client, visit->desk->composer->loop, sending_time(visit));
    return queue_reply(visit->connection, &visit->exchange->reply, desk_date(visit->desk),
                       visit->desk->composer->is_draining);
}

/* Queued in the first call of the handler, so the connection ends with it. */
static enum MHD_Result visit_refuse(struct visit *visit, int status)
{
    struct context *context = &visit->exchange->context;
    context->envelope.id = envelope_new_id(context->composer, &context->arena);
    problem_write(&(struct problem){.status = status, .id = context->envelope.id},
                  &visit->exchange->reply);
    visit->exchange->reply.closes = true;
    return visit_queue(visit);
}

static enum MHD_Result visit_head(struct visit *visit, const char *method, const char *version)
{
    struct exchange *exchange = visit->exchange;
    struct loop *loop = visit->desk->composer->loop;
    struct head head = {.request = &exchange->context.request, .limit = visit->desk->limits->head};
    int status = head_read(&head, &exchange->context.arena, visit->connection, method,
                           visit->raw_target, visit->target, version);
    visit->pool_used = head.pool_used;
    if (status != 0)
        return visit_refuse(visit, status);
    head.request->peer = visit->client->peer;
    head.request->is_admin = visit->client->is_admin;
    visit->body_limit = visit->desk->limits->body;
    visit->state = VISIT_BODY;
    if (!exchange_begin(exchange, head.announced, &visit->body_limit, &visit->keeps_body)) {
        visit->state = VISIT_REPLY;
        visit->keeps_body = false;
    }
    if (head.announced > visit->body_limit)
        return visit_queue(visit); /* nobody will read it: the connection cannot go on */
    visit->body_room = head.announced;
    if (visit->keeps_body && !arena_has_room(&exchange->context.arena, head.announced)) {
        exchange_refuse(exchange, 413);
        return visit_queue(visit);
    }
    if (head.announced > 0)
        client_set_clock(visit->client, loop, visit->desk->limits->body_timeout);
    else
        client_stop_clock(visit->client, loop);
    return MHD_YES;
}

/* The library delivers no more than Content-Length says, which head_read has checked. */
static void visit_body(struct visit *visit, const char *data, size_t size)
{
    struct client_request *request = &visit->exchange->context.request;
    if (visit->keeps_body) {
        if (request->body.at == NULL)
            request->body.at =
                arena_bytes(&visit->exchange->context.arena, (size_t)visit->body_room);
        assert(visit->body_seen + size <= visit->body_room);
        memcpy((char *)(uintptr_t)request->body.at + visit->body_seen, data, size);
        request->body.length += size;
    }
    visit->body_seen += size;
}

static enum MHD_Result visit_start(struct visit *visit)
{
    client_stop_clock(visit->client, visit->desk->composer->loop);
    if (exchange_start(visit->exchange))
        return visit_queue(visit);
    if (visit->client->has_left) {
        exchange_cancel(visit->exchange);
        visit->state = VISIT_LOST;
        return MHD_NO;
    }
    visit->state = VISIT_SUSPENDED;
    MHD_suspend_connection(visit->connection);
    return MHD_YES;
}

enum MHD_Result visit_handle(struct visit *visit, const char *method, const char *version,
                             const char *data, size_t *data_size)
{
    if (visit->state == VISIT_HEAD)
        return visit_head(visit, method, version);
    if (*data_size > 0) {
        visit_body(visit, data, *data_size);
        *data_size = 0;
        return MHD_YES;
    }
    switch (visit->state) {
    case VISIT_BODY:
        return visit_start(visit);
    case VISIT_REPLY:
        return visit_queue(visit);
    case VISIT_LOST:
        return MHD_NO;
    default:
        return MHD_YES;
    }
}

void visit_on_client_left(struct visit *visit)
{
    if (visit->state != VISIT_SUSPENDED)
        return;
    exchange_cancel(visit->exchange);
    visit->state = VISIT_LOST;
    desk_resume(visit->desk, visit->connection);
}

/*
 * The library calls the handler at least twice: with the head, then with each piece of body, then
 * with nothing. What is refused before its body has come is answered past the library, since a
 * reply that is queued in the first of these calls closes the connection at once, bytes unread or
 * not.
 */
#include "gateway/front/visit.h"

#include "gateway/compose/cors.h"
#include "gateway/compose/problem.h"
#include "gateway/front/client.h"
#include "gateway/front/desk.h"
#include "gateway/front/farewell.h"
#include "gateway/front/head.h"
#include "gateway/front/queue.h"

#include <assert.h>

static void visit_on_done(struct exchange *exchange)
{
    struct visit *visit = exchange->visit;
    visit->state = VISIT_REPLY;
    desk_resume(visit->desk, visit->connection);
}

/*
 * The library would index every argument of the query in the connection's pool, and give up where
 * they do not fit. It is taken apart by us, from the copy: the library is shown an empty one. The
 * text lies in the connection's own buffer, which the library itself writes in.
 */
static void visit_hide_query(const char *raw_target)
{
    const char *question = strchr(raw_target, '?');
    if (question != NULL)
        *(char *)(uintptr_t)(question + 1) = '\0';
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
    exchange->context.request.is_admin = client->is_admin;
    exchange->context.request.is_tls = client->gate.tls != NULL;
    visit->raw_target = raw_target;
    visit->target = str_copy(&visit->exchange->context.arena, str_of(raw_target));
    client->visit = visit;
    visit_hide_query(raw_target);
    return visit;
}

void visit_free(struct visit *visit)
{
    visit->client->visit = NULL;
    buffer_done(&visit->body);
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
    client_set_sending_clock(visit->client, visit->desk->composer->loop, sending_time(visit));
    return queue_reply(visit->connection, &visit->exchange->reply, desk_date(visit->desk),
                       visit->desk->composer->is_draining);
}

/* Sends the reply past the library; the connection ends with it. */
static void visit_say(struct visit *visit)
{
    struct client *client = visit->client;
    visit->is_said = true;
    visit->state = VISIT_SAID;
    farewell_send(client->fd, &visit->exchange->reply, desk_date(visit->desk));
    desk_record(visit->desk, visit->exchange, visit->exchange->reply.status);
    gate_shut(&client->gate);
    client_set_clock(client, visit->desk->composer->loop, FAREWELL_TIME);
}

/*
 * The same in a call of the handler. Nobody reads what the client still sends, so the library must
 * not close before the client has read: that would reset the connection (RFC 9112 9.6).
 */
static enum MHD_Result visit_say_farewell(struct visit *visit)
{
    visit_say(visit);
    visit->state = VISIT_FAREWELL;
    MHD_suspend_connection(visit->connection);
    return MHD_YES;
}

static void visit_write_refusal(struct visit *visit, int status)
{
    struct context *context = &visit->exchange->context;
    if (context->envelope.id.length == 0)
        context->envelope.id = envelope_new_id(context->composer, &context->arena);
    problem_write(&(struct problem){.status = status, .id = context->envelope.id},
                  &visit->exchange->reply);
}

static enum MHD_Result visit_refuse(struct visit *visit, int status)
{
    visit_write_refusal(visit, status);
    return visit_say_farewell(visit);
}

void visit_on_refused(struct visit *visit, int status)
{
    if (visit->state > VISIT_BODY && visit->state != VISIT_REPLY)
        return;
    if (visit->state != VISIT_REPLY)
        visit_write_refusal(visit, status);
    visit_say(visit);
}

/* How long the body may be, now that it is known whom it is for. false: it is longer. */
static bool visit_limit_body(struct visit *visit, const struct head *head)
{
    struct arena *arena = &visit->exchange->context.arena;
    uint64_t least = head->is_chunked ? gate_announced(&visit->client->gate) : head->announced;
    if (least > visit->body_limit)
        return false;
    if (visit->keeps_body && !arena_has_room(arena, (size_t)least))
        return false;
    visit->is_chunked = head->is_chunked;
    visit->body_room = head->announced;
    if (!head->is_chunked)
        return true;
    if (visit->keeps_body && visit->body_limit > arena->quota - arena->used)
        visit->body_limit = arena->quota - arena->used;
    buffer_init(&visit->body, (size_t)visit->body_limit);
    return gate_limit_body(&visit->client->gate, visit->body_limit);
}

static bool expects_word(const struct client_request *request)
{
    for (uint32_t i = 0; i < request->field_count; i++)
        if (str_equal_ignore_case(request->fields[i].name, STR("expect")))
            return true;
    return false;
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
    bool has_body = head.announced > 0 || head.is_chunked;
    head.request->peer = visit->client->peer;
    head.request->is_admin = visit->client->is_admin;
    head.request->is_tls = visit->client->gate.tls != NULL;
    visit->body_limit = visit->desk->limits->body;
    visit->state = VISIT_BODY;
    /* of a body in chunks nobody knows yet that it is empty */
    if (!exchange_begin(exchange, head.is_chunked ? 1 : head.announced, &visit->body_limit,
                        &visit->keeps_body)) {
        visit->state = VISIT_REPLY;
        visit->keeps_body = false;
    }
    if (!visit_limit_body(visit, &head)) {
        if (visit->state == VISIT_BODY)
            exchange_refuse(exchange, 413);
        return visit_say_farewell(visit);
    }
    /* who waits to be asked for the body is told the end of it instead (RFC 9110 10.1.1) */
    if (visit->state == VISIT_REPLY && has_body && expects_word(head.request))
        return visit_say_farewell(visit);
    if (has_body)
        client_set_clock(visit->client, loop, visit->desk->limits->body_timeout);
    else
        client_stop_clock(visit->client, loop);
    return MHD_YES;
}

static void visit_keep_announced(struct visit *visit, const char *data, size_t size)
{
    struct client_request *request = &visit->exchange->context.request;
    if (request->body.at == NULL)
        request->body.at = arena_bytes(&visit->exchange->context.arena, (size_t)visit->body_room);
    /* the library delivers no more than Content-Length says, which head_read has checked */
    assert(visit->body_seen + size <= visit->body_room);
    memcpy((char *)(uintptr_t)request->body.at + visit->body_seen, data, size);
    request->body.length += size;
}

/* false: there is more of it than may be. */
static bool visit_keep_chunk(struct visit *visit, const char *data, size_t size)
{
    bool fits = buffer_append(&visit->body, (struct str){data, size});
    visit->exchange->context.request.body = buffer_text(&visit->body);
    return fits;
}

static enum MHD_Result visit_body(struct visit *visit, const char *data, size_t size)
{
    bool fits = size <= visit->body_limit - visit->body_seen;
    if (fits && visit->keeps_body && visit->is_chunked)
        fits = visit_keep_chunk(visit, data, size);
    else if (fits && visit->keeps_body)
        visit_keep_announced(visit, data, size);
    visit->body_seen += size;
    if (fits)
        return MHD_YES;
    if (visit->state == VISIT_BODY)
        exchange_refuse(visit->exchange, 413);
    return visit_say_farewell(visit);
}

/*
 * In a burst the library hands over thousands in one turn, and until its end no timer fires and no
 * answer is read. So a turn begins so many, and the rest wait: their deadlines have not begun.
 */
#define BEGUN_PER_TURN 128

static enum MHD_Result visit_wait(struct visit *visit)
{
    visit->state = VISIT_WAITING;
    list_append(&visit->desk->waiting, &visit->place);
    MHD_suspend_connection(visit->connection);
    return MHD_YES;
}

/* false: it is answered already. */
static bool visit_begin(struct visit *visit)
{
    visit->desk->begun++;
    return !exchange_start(visit->exchange);
}

void visits_begin(struct desk *desk)
{
    struct list *place;
    desk->begun = 0;
    while (desk->begun < BEGUN_PER_TURN && (place = list_shift(&desk->waiting)) != NULL) {
        struct visit *visit = container_of(place, struct visit, place);
        loop_refresh(desk->composer->loop); /* the deadline runs from here */
        visit->state = VISIT_SUSPENDED;
        if (!visit_begin(visit))
            visit_on_done(visit->exchange);
    }
}

static enum MHD_Result visit_start(struct visit *visit)
{
    client_stop_clock(visit->client, visit->desk->composer->loop);
    if (visit->desk->begun >= BEGUN_PER_TURN && !visit->client->has_left)
        return visit_wait(visit);
    if (visit->body_seen > 0)
        loop_refresh(visit->desk->composer->loop); /* the deadline runs from here */
    if (!visit_begin(visit))
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
    if (*data_size > 0 && (visit->state == VISIT_BODY || visit->state == VISIT_REPLY)) {
        size_t size = *data_size;
        *data_size = 0;
        return visit_body(visit, data, size);
    }
    switch (visit->state) {
    case VISIT_BODY:
        return visit_start(visit);
    case VISIT_REPLY:
        return visit_queue(visit);
    case VISIT_SAID:
    case VISIT_LOST:
        return MHD_NO;
    default:
        return MHD_YES;
    }
}

void visit_on_client_left(struct visit *visit)
{
    if (visit->state == VISIT_FAREWELL)
        gate_drain(&visit->client->gate);
    else if (visit->state == VISIT_SUSPENDED)
        exchange_cancel(visit->exchange);
    else if (visit->state == VISIT_WAITING)
        list_remove(&visit->place);
    else
        return;
    visit->state = VISIT_LOST;
    desk_resume(visit->desk, visit->connection);
}

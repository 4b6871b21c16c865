/*
 * Finding out what a request is for, and ending in exactly one reply.
 */
#include "gateway/compose/exchange.h"

#include "gateway/compose/answer.h"
#include "gateway/compose/cors.h"
#include "gateway/compose/exposure.h"
#include "gateway/compose/health.h"
#include "gateway/compose/inputs.h"
#include "gateway/compose/pages.h"
#include "gateway/compose/problem.h"
#include "gateway/compose/representation.h"
#include "gateway/compose/status.h"

struct exchange *exchange_new(struct composer *composer, void (*done)(struct exchange *exchange))
{
    struct arena arena;
    arena_init(&arena, &composer->pool, CONTEXT_MEMORY);
    struct exchange *exchange = arena_new(&arena, struct exchange);
    exchange->done = done;
    context_init(&exchange->context, composer, snapshot_ref(composer->snapshot), arena);
    exchange->context.began = loop_now(composer->loop);
    exchange->context.request.method = METHOD_COUNT;
    reply_init(&exchange->reply, &exchange->context.arena);
    return exchange;
}

void exchange_free(struct exchange *exchange)
{
    if (exchange == NULL)
        return;
    exchange_cancel(exchange);
    context_release(&exchange->context);
    context_unref(&exchange->context);
}

void exchange_refuse(struct exchange *exchange, int status)
{
    problem_write(&(struct problem){.status = status, .id = exchange->context.envelope.id},
                  &exchange->reply);
    cors_write(&exchange->context, &exchange->reply);
    exchange->reply.closes = status == 413 || status == 408;
}

static void exchange_list_methods(struct exchange *exchange, method_set allowed, bool is_asked)
{
    struct reply *reply = &exchange->reply;
    if (is_asked) {
        reply_clear(reply);
        reply->status = 204;
        cors_write(&exchange->context, reply);
    } else {
        exchange_refuse(exchange, 405);
    }
    reply_add_text(reply, STR("Allow"), method_set_text(&exchange->context.arena, allowed));
}

/* The route, or the reply of a request that has none. */
static bool exchange_find_route(struct exchange *exchange)
{
    struct context *context = &exchange->context;
    struct client_request *request = &context->request;
    method_set allowed = 0;
    if (request->method == METHOD_COUNT) {
        exchange_refuse(exchange, 501);
        return false;
    }
    if (cors_answer_preflight(context, &exchange->reply))
        return false;
    enum router_result result = router_find(context->snapshot->router, request->method,
                                            &context->path, &context->route, &allowed);
    if (result == ROUTER_FOUND)
        return true;
    context->route = NULL;
    if (result != ROUTER_NOT_FOUND)
        exchange_list_methods(exchange, allowed, request->method == METHOD_OPTIONS);
    else if (!context->snapshot->config->settings.health ||
             !health_write(context->composer, request->method, context->path.text,
                           &exchange->reply))
        exchange_refuse(exchange, 404);
    return false;
}

/*
 * A page in a browser may resolve its own name to our address (DNS rebinding): the admin listener
 * answers to addresses, to localhost and to the name it was given, and to no other.
 */
static bool host_is_ours(const struct settings *settings, struct str host)
{
    bool is_v6 = host.length > 0 && host.at[0] == '[';
    struct str name = {host.at, str_find(host, ':')};
    bool is_v4 = name.length > 0;
    for (size_t i = 0; i < name.length; i++)
        is_v4 = is_v4 && (name.at[i] == '.' || (name.at[i] >= '0' && name.at[i] <= '9'));
    return is_v6 || is_v4 || str_equal_ignore_case(name, STR("localhost")) ||
           str_equal_ignore_case(name, settings->admin.host);
}

static bool exchange_begin_admin(struct exchange *exchange)
{
    struct context *context = &exchange->context;
    if (!host_is_ours(&context->snapshot->config->settings, context->request.host)) {
        exchange_refuse(exchange, 421);
        return false;
    }
    if (!health_write(context->composer, context->request.method, context->path.text,
                      &exchange->reply) &&
        !status_write(context->composer, context->request.method, context->path.text,
                      &exchange->reply) &&
        !pages_write(context, &exchange->reply))
        exchange_refuse(exchange, 404);
    return false;
}

/* application/json and every type whose structure is JSON (RFC 6839 3.1), with any parameters. */
static bool type_is_json(struct str type)
{
    type.length = str_find(type, ';');
    type = str_trim(type);
    if (str_equal_ignore_case(type, STR("application/json")))
        return true;
    return type.length > 5 && str_equal_ignore_case(str_from(type, type.length - 5), STR("+json"));
}

static void exchange_open(struct exchange *exchange)
{
    struct context *context = &exchange->context;
    static const uint8_t no_sources[1];
    const uint8_t *sources = no_sources;
    pattern_extract(&context->arena, &context->route->pattern, &context->path, &context->match);
    if (!route_is_proxy(context->route)) {
        run_init(&exchange->run, context, NULL);
        sources = exchange->run.sources;
    }
    evaluation_init(&context->evaluation, context->route, &context->arena, sources,
                    context_wall(context));
}

/* A proxy route chooses its alternative before the body comes: it may be long. */
static bool exchange_begin_proxy(struct exchange *exchange, uint64_t announced,
                                 uint64_t *ret_body_limit, bool *ret_keeps_body)
{
    if (inputs_fill(&exchange->context) != INPUTS_OK) {
        exchange_refuse(exchange, 400);
        return false;
    }
    exchange->proxy = passage_choose(&exchange->context);
    if (exchange->proxy == NULL) {
        exchange_refuse(exchange, 404);
        return false;
    }
    *ret_body_limit = exchange->proxy->max_body;
    *ret_keeps_body = true;
    if (announced > *ret_body_limit)
        exchange_refuse(exchange, 413);
    return announced <= *ret_body_limit;
}

static bool exchange_begin_composed(struct exchange *exchange, uint64_t announced,
                                    uint64_t *ret_body_limit, bool *ret_keeps_body)
{
    struct context *context = &exchange->context;
    *ret_body_limit = context->snapshot->config->settings.limits.body;
    *ret_keeps_body = context->route->reads_body;
    if (announced > *ret_body_limit) {
        exchange_refuse(exchange, 413);
        return false;
    }
    struct str type = client_request_field(&context->arena, &context->request, STR("content-type"));
    if (context->route->reads_body && announced > 0 && (type.at == NULL || !type_is_json(type))) {
        exchange_refuse(exchange, 415);
        return false;
    }
    return true;
}

bool exchange_begin(struct exchange *exchange, uint64_t announced, uint64_t *ret_body_limit,
                    bool *ret_keeps_body)
{
    struct context *context = &exchange->context;
    envelope_init(&context->envelope, context->composer, &context->arena, &context->request);
    context->is_asked = exposure_is_asked(context);
    if (context->is_asked)
        envelope_sample(&context->envelope);
    if (!path_normalise(&context->arena, context->request.path, &context->path)) {
        exchange_refuse(exchange, 400);
        return false;
    }
    if (context->request.is_admin)
        return exchange_begin_admin(exchange);
    if (!exchange_find_route(exchange))
        return false;
    exchange_open(exchange);
    return route_is_proxy(context->route)
               ? exchange_begin_proxy(exchange, announced, ret_body_limit, ret_keeps_body)
               : exchange_begin_composed(exchange, announced, ret_body_limit, ret_keeps_body);
}

static void exchange_answer(struct exchange *exchange)
{
    struct run *run = &exchange->run;
    exchange->is_running = false;
    exchange->reason = answer_write(&exchange->context, run, &exchange->reply, &exchange->degraded);
    representation_choose(&exchange->context, &exchange->reply,
                          exchange->reason == REASON_NONE && exchange->degraded.length == 0);
    cors_write(&exchange->context, &exchange->reply);
    exposure_write(&exchange->context, run, &exchange->reply);
}

static void exchange_on_run(struct run *run)
{
    struct exchange *exchange = container_of(run, struct exchange, run);
    exchange_answer(exchange);
    exchange->done(exchange);
}

static void exchange_on_passage(struct passage *passage)
{
    struct exchange *exchange = container_of(passage, struct exchange, passage);
    exchange->is_running = false;
    passage_write(passage, &exchange->reply, &exchange->reason);
    cors_write(&exchange->context, &exchange->reply);
    exposure_write(&exchange->context, NULL, &exchange->reply);
    exchange->done(exchange);
}

static bool exchange_start_proxy(struct exchange *exchange)
{
    bool is_over = false;
    exchange->reason = passage_start(&exchange->passage, &exchange->context, exchange->proxy,
                                     exchange_on_passage, &is_over);
    exchange->is_running = exchange->reason == REASON_NONE && !is_over;
    if (exchange->reason != REASON_NONE)
        exchange_refuse(exchange, 400);
    else if (is_over)
        passage_write(&exchange->passage, &exchange->reply, &exchange->reason);
    return !exchange->is_running;
}

bool exchange_start(struct exchange *exchange)
{
    struct context *context = &exchange->context;
    if (route_is_proxy(context->route))
        return exchange_start_proxy(exchange);
    if (inputs_fill(context) != INPUTS_OK) {
        exchange_refuse(exchange, 400);
        return true;
    }
    usec time = context->route->deadline;
    if (context->envelope.timeout < time)
        time = context->envelope.timeout;
    context->deadline = context_now(context) + time;
    exchange->run.done = exchange_on_run;
    exchange->is_running = !run_start(&exchange->run);
    if (!exchange->is_running)
        exchange_answer(exchange);
    return !exchange->is_running;
}

void exchange_cancel(struct exchange *exchange)
{
    if (!exchange->is_running)
        return;
    exchange->is_running = false;
    exchange->reason = REASON_CANCELLED;
    if (route_is_proxy(exchange->context.route))
        passage_cancel(&exchange->passage);
    else
        run_cancel(&exchange->run);
}

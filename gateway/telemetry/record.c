/* See record.h. */
#include "gateway/telemetry/record.h"

#include "gateway/telemetry/spans.h"

/* --- counting ----------------------------------------------------------------------------- */

static void count_calls(struct tally *tally, const uint32_t *numbers, const struct account *account)
{
    for (uint32_t i = 0; i < account->call_count; i++) {
        const struct call_account *call = &account->calls[i];
        struct call_tally *figures = tally_call(tally, numbers[i]);
        count_add(&figures->sources[call->source], 1);
        if (call->source >= SOURCE_STALE && call->source <= SOURCE_OMIT)
            count_add(&figures->partial[call->reason], 1);
    }
}

static void count_exchange(struct tally *tally, const struct exchange *exchange,
                           const struct account *account)
{
    const struct context *context = &exchange->context;
    const struct series *series = context->snapshot->series;
    const struct route *route = series != NULL ? context->route : NULL;
    struct route_tally *figures =
        tally_route(tally, route != NULL ? series->routes[route->index] : 0);
    count_add(&figures->statuses[tally_status_place(account->status)], 1);
    histogram_add(&figures->duration, account->ended - account->began);
    count_add(&figures->degraded, exchange->degraded.length > 0);
    count_add(&figures->received, context->request.body.length);
    if (account->status != 0)
        count_add(&figures->sent, exchange->reply.body.bytes);
    if (route != NULL && !route_is_proxy(route))
        count_calls(tally, series->calls[route->index], account);
}

/* --- keeping ------------------------------------------------------------------------------ */

static enum recent_kind kind_of(const struct recent *recent, const struct exchange *exchange,
                                const struct account *account)
{
    if (exchange->context.is_asked)
        return RECENT_ASKED;
    if (account->status >= 500 || account->status == 0)
        return RECENT_FAILED;
    if (exchange->degraded.length > 0)
        return RECENT_DEGRADED;
    return recent_is_slow(recent, account->ended - account->began, account->ended)
               ? RECENT_SLOWEST
               : RECENT_ORDINARY;
}

static void call_keep(struct recent_call *kept, const struct call_account *call, usec began)
{
    recent_copy(kept->name, sizeof kept->name, call->name);
    recent_copy(kept->service, sizeof kept->service, call->service->name);
    kept->source = call->source;
    kept->reason = call->reason;
    kept->status = call->status;
    kept->start = call->began - began;
    kept->wait = call->wait;
    kept->took = call->ended - call->began;
    kept->requests = call->requests;
    kept->tries = call->tries;
}

static void request_keep(struct recent_request *kept, const struct exchange *exchange,
                         const struct account *account)
{
    const struct context *context = &exchange->context;
    recent_copy(kept->id, sizeof kept->id, context->envelope.id);
    recent_copy(kept->trace, sizeof kept->trace, envelope_trace_id(&context->envelope));
    if (context->request.method < METHOD_COUNT)
        recent_copy(kept->method, sizeof kept->method, method_name(context->request.method));
    recent_copy(kept->path, sizeof kept->path, context->request.path);
    if (context->route != NULL)
        recent_copy(kept->route, sizeof kept->route, context->route->key);
    recent_copy(kept->degraded, sizeof kept->degraded, exchange->degraded);
    kept->reason = exchange->reason;
    kept->status = account->status;
    kept->bytes = exchange->reply.body.bytes;
    for (uint32_t i = 0; i < account->call_count && kept->call_count < RECENT_CALLS; i++)
        if (account->calls[i].is_begun)
            call_keep(&kept->calls[kept->call_count++], &account->calls[i], account->began);
}

static void keep_exchange(struct recent *recent, const struct exchange *exchange,
                          const struct account *account)
{
    usec took = account->ended - account->began;
    struct recent_request *kept = recent_begin(recent, kind_of(recent, exchange, account), took,
                                               account->ended, clock_wall());
    if (kept == NULL)
        return;
    request_keep(kept, exchange, account);
    recent_end(recent);
}

/* --- exporting ---------------------------------------------------------------------------- */

static void export_exchange(struct exporter *exporter, const struct exchange *exchange,
                            const struct account *account)
{
    struct buffer text;
    size_t length;
    buffer_init(&text, SPANS_MAXIMUM);
    uint32_t count =
        spans_write(&text, exchange, account, &exchange->context.composer->random, clock_wall());
    if (text.is_over) { /* 128 requests of the longest names: cannot be, but would be no JSON */
        buffer_done(&text);
        exporter_drop(exporter, count);
        return;
    }
    char *taken = buffer_take(&text, &length);
    exporter_give(exporter, taken, length, count);
}

void record_exchange(struct witness *witness, struct exchange *exchange,
                     const struct account *account)
{
    if (exchange->context.request.is_admin)
        return;
    count_add(&witness->tally->requests_ended, 1);
    count_exchange(witness->tally, exchange, account);
    keep_exchange(witness->recent, exchange, account);
    struct exporter *exporter = witness->telemetry->exporter;
    if (exporter != NULL && exchange->context.envelope.is_sampled)
        export_exchange(exporter, exchange, account);
}

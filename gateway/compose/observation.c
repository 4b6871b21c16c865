/* See observation.h. */
#include "gateway/compose/observation.h"

#include "gateway/telemetry/telemetry.h"
#include "routes/call.h"

static struct service_tally *tally_of(const struct context *context, const struct service *service)
{
    const struct series *series = context->snapshot->series;
    if (context->composer->witness == NULL || series == NULL)
        return NULL;
    return tally_service(context->composer->witness->tally, series->services[service->index]);
}

struct hop *observation_begin(struct context *context, const struct call *call,
                              const struct request *request, const struct service *service)
{
    struct hop *hop = arena_new(&context->arena, struct hop);
    hop->call = call;
    hop->service = service;
    hop->method = request != NULL ? request->method : context->request.method;
    hop->is_rung = call != NULL && request != &call->request;
    hop->span = random_next(&context->composer->random) | 1;
    hop->began = context_now(context);
    trail_add(&context->trail, hop);
    context->envelope.span = hop->span;
    struct service_tally *tally = tally_of(context, service);
    if (tally != NULL)
        count_add(&tally->begun, 1);
    return hop;
}

void observation_end(struct context *context, struct hop *hop, const struct flight *flight,
                     enum reason reason, int status)
{
    if (hop == NULL || hop->ended != 0)
        return;
    hop->ended = context_now(context);
    hop->took_off = flight->took_off;
    hop->tries = flight->tries;
    hop->reason = reason;
    hop->status = status;
    struct service_tally *tally = tally_of(context, hop->service);
    if (tally == NULL)
        return;
    count_add(&tally->ended, 1);
    count_add(&tally->reasons[reason], 1);
    histogram_add(&tally->duration, hop->ended - hop->began);
}

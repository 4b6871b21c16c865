/*
 * Server-Timing (W3C): one metric for the whole, one per call that was begun, in milliseconds. A
 * call's description is its source, and the reason where it has one.
 */
#include "gateway/compose/exposure.h"

#include "config/expose.h"

/* More calls than anybody looks at; the head of a reply has its bounds. */
#define TIMINGS 64

bool exposure_owns_field(const struct settings *settings, struct str name)
{
    return settings->debug_header.length > 0 && str_equal_ignore_case(settings->debug_header, name);
}

bool exposure_is_asked(struct context *context)
{
    const struct settings *settings = &context->snapshot->config->settings;
    if (settings->debug_header.length == 0 || settings->debug_secret.length == 0)
        return false;
    struct str given =
        client_request_field(&context->arena, &context->request, settings->debug_header);
    return given.at != NULL && str_equal_in_constant_time(given, settings->debug_secret);
}

static void timing_add(struct slices *out, struct arena *arena, struct str name, usec time)
{
    slices_copy(out, name);
    slices_copy(out, str_format(arena, ";dur=%lld.%03lld", (long long)(time / MILLISECOND),
                                (long long)(time % MILLISECOND)));
}

static void timing_describe(struct slices *out, enum source source, enum reason reason)
{
    slices_copy(out, STR(";desc=\""));
    slices_copy_literal(out, source_name(source));
    if (reason != REASON_NONE) {
        slices_copy(out, STR(" "));
        slices_copy_literal(out, reason_name(reason));
    }
    slices_copy(out, STR("\""));
}

static void timings_of_run(struct slices *out, struct context *context, const struct run *run)
{
    for (uint32_t i = 0; i < run->count && i < TIMINGS; i++) {
        const struct step *step = &run->steps[i];
        bool has_ended = step->outcome.source != SOURCE_NONE;
        if (!step->is_started)
            continue;
        slices_copy(out, STR(", "));
        timing_add(out, &context->arena, step->call->name,
                   (has_ended ? step->ended : context_now(context)) - step->began);
        timing_describe(out, step->outcome.source,
                        has_ended ? step->outcome.reason : REASON_CANCELLED);
    }
}

static void timing_of_passage(struct slices *out, struct context *context)
{
    const struct hop *hop = context->trail.first;
    if (hop == NULL || hop->ended == 0)
        return;
    slices_copy(out, STR(", "));
    timing_add(out, &context->arena, STR("service"), hop->ended - hop->began);
    timing_describe(out, hop->reason == REASON_NONE ? SOURCE_LIVE : SOURCE_FAILED, hop->reason);
}

void exposure_write(struct context *context, const struct run *run, struct reply *reply)
{
    struct slices out;
    if (!context->is_asked && (context->route->expose & EXPOSE_SERVER_TIMING) == 0)
        return;
    slices_init(&out, &context->arena);
    timing_add(&out, &context->arena, STR("total"), context_now(context) - context->began);
    if (run == NULL)
        timing_of_passage(&out, context);
    else
        timings_of_run(&out, context, run);
    reply_add_text(reply, STR("Server-Timing"), slices_join(&out));
    if (context->is_asked)
        reply_add_text(reply, STR("X-Trace-Id"), envelope_trace_id(&context->envelope));
}

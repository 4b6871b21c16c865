/*
 * Down one rung per failure. The first reason is the one that is told; the outcome's source is
 * the rung's. A ladder that runs out is a failed call.
 */
#include "gateway/compose/ladder.h"

#include "gateway/compose/observation.h"
#include "gateway/compose/verdict.h"

static void ladder_climb(struct ladder *ladder);

static void ladder_end(struct ladder *ladder, enum source source, struct json value)
{
    ladder->outcome.source = source;
    ladder->outcome.value = value;
    if (ladder->is_starting)
        loop_defer(ladder->context->composer->loop, &ladder->landing);
    else
        ladder->done(ladder);
}

static void ladder_land(struct task *task)
{
    struct ladder *ladder = container_of(task, struct ladder, landing);
    ladder->done(ladder);
}

void ladder_init(struct ladder *ladder, struct context *context, const struct call *call,
                 const struct json *element, void (*done)(struct ladder *ladder))
{
    *ladder = (struct ladder){.context = context, .call = call, .done = done, .is_online = true};
    if (element != NULL) {
        ladder->has_element = true;
        ladder->element = *element;
    }
    task_init(&ladder->landing, ladder_land);
}

/* The first failure is the call's; what a rung's own request meets is not told. */
static void ladder_note_failure(struct ladder *ladder, const struct outcome *failure)
{
    if (ladder->outcome.reason != REASON_NONE)
        return;
    ladder->outcome.reason = failure->reason;
    ladder->outcome.status = failure->status;
    ladder->outcome.is_client_fault = failure->is_client_fault;
    ladder->outcome.fields = failure->fields;
    ladder->outcome.field_count = failure->field_count;
}

static void ladder_judge(struct ladder *ladder, const struct request *request, enum source source)
{
    struct outcome verdict =
        verdict_of_flight(&ladder->context->arena, &ladder->flight, request, ladder->call);
    observation_end(ladder->context, ladder->hop, &ladder->flight, verdict.reason, verdict.status);
    if (verdict.reason != REASON_NONE) {
        ladder_note_failure(ladder, &verdict);
        ladder_climb(ladder);
        return;
    }
    ladder->outcome.status = verdict.status;
    ladder->outcome.fields = verdict.fields;
    ladder->outcome.field_count = verdict.field_count;
    ladder_end(ladder, source, verdict.value);
}

static void ladder_on_answer(struct flight *flight)
{
    struct ladder *ladder = container_of(flight, struct ladder, flight);
    ladder_judge(ladder, &ladder->call->request, SOURCE_LIVE);
}

static void ladder_on_rung_answer(struct flight *flight)
{
    struct ladder *ladder = container_of(flight, struct ladder, flight);
    ladder_judge(ladder, &ladder->call->ladder[ladder->next_rung - 1].request, SOURCE_REQUEST);
}

static void ladder_bind_element(struct ladder *ladder)
{
    if (ladder->has_element)
        ladder->context->evaluation.slots[ladder->call->each_slot] = ladder->element;
}

/* Half of what the call gives the service: who is cut off earlier has not failed yet. */
static usec ladder_patience(const struct ladder *ladder, const struct service *service)
{
    usec most = service->timeout;
    if (ladder->call->timeout > 0 && ladder->call->timeout < most)
        most = ladder->call->timeout;
    if (ladder->context->route->deadline < most)
        most = ladder->context->route->deadline;
    return most / 2;
}

/* The field with which a service recognises a request that it has carried out already. */
static bool lines_have_key(struct str header_lines)
{
    struct str name = STR("idempotency-key:");
    struct str rest = header_lines, line;
    while (rest.length > name.length && str_cut(&rest, '\n', &line))
        if (line.length > name.length &&
            str_equal_ignore_case((struct str){line.at, name.length}, name))
            return true;
    return false;
}

static void ladder_fly(struct ladder *ladder, const struct request *request,
                       const struct rendered_request *rendered, usec deadline,
                       void (*done)(struct flight *))
{
    struct context *context = ladder->context;
    const struct service *service = request->service;
    usec now = context_now(context);
    usec latest = deadline < context->deadline ? deadline : context->deadline;
    usec left = latest - now < service->timeout ? latest - now : service->timeout;
    ladder->hop = observation_begin(context, ladder->call, request, service);
    struct flight_request flight = {
        .service = service,
        .method = method_name(request->method),
        .target = rendered->target,
        .header_lines = envelope_lines(&context->envelope, context->composer, &context->arena,
                                       &context->request, service, rendered->header_lines,
                                       rendered->has_body, left),
        .has_body = rendered->has_body,
        .body = rendered->body,
        .max_response = service->max_response,
        /* the route's own timer is `deadline`, not `timeout` */
        .deadline = deadline < context->deadline ? deadline : USEC_NEVER,
        .latest = latest,
        .patience = ladder_patience(ladder, service),
        .may_hedge = method_is_safe(request->method),
        .hash = rendered->hash,
        .accept = &request->accept,
        .absent = &ladder->call->absent,
    };
    flight.is_idempotent =
        method_is_idempotent(request->method) || lines_have_key(flight.header_lines);
    flight_start(&ladder->flight, context->composer->upstreams, &context->arena, &flight, done);
}

static usec request_timeout(const struct request *request)
{
    return request->timeout > 0 ? request->timeout : request->service->timeout;
}

enum reason ladder_render(struct ladder *ladder, struct rendered_request *ret_rendered,
                          bool *ret_skipped)
{
    bool is_client_fault = false;
    ladder_bind_element(ladder);
    enum reason reason = request_render(&ladder->call->request, &ladder->context->evaluation,
                                        ret_rendered, ret_skipped, &is_client_fault);
    ladder->outcome.is_client_fault = reason != REASON_NONE && is_client_fault;
    return reason;
}

static void ladder_send(struct ladder *ladder, const struct rendered_request *rendered,
                        usec call_deadline)
{
    ladder_fly(ladder, &ladder->call->request, rendered, call_deadline, ladder_on_answer);
}

void ladder_start(struct ladder *ladder, usec call_deadline,
                  const struct rendered_request *rendered)
{
    struct rendered_request own;
    bool is_skipped = false;
    enum reason reason = REASON_NONE;
    ladder->is_starting = true;
    if (rendered == NULL) {
        reason = ladder_render(ladder, &own, &is_skipped);
        rendered = &own;
    }
    if (is_skipped) {
        ladder_end(ladder, SOURCE_SKIPPED, json_null());
    } else if (reason != REASON_NONE) {
        struct outcome failure = {.reason = reason,
                                  .is_client_fault = ladder->outcome.is_client_fault};
        ladder_note_failure(ladder, &failure);
        ladder_climb(ladder);
    } else {
        ladder_send(ladder, rendered, call_deadline);
    }
    ladder->is_starting = false;
}

/* A rung's request that cannot be built is passed over like one that fails. */
static bool ladder_try_request(struct ladder *ladder, const struct rung *rung)
{
    struct rendered_request rendered;
    bool is_skipped = false, is_client_fault = false;
    ladder_bind_element(ladder);
    if (!ladder->is_online ||
        request_render(&rung->request, &ladder->context->evaluation, &rendered, &is_skipped,
                       &is_client_fault) != REASON_NONE ||
        is_skipped)
        return false;
    usec deadline = context_now(ladder->context) + request_timeout(&rung->request);
    ladder_fly(ladder, &rung->request, &rendered, deadline, ladder_on_rung_answer);
    return true;
}

/* After the deadline nobody is waited for: a rung takes what is there. */
static bool rung_must_wait(const struct ladder *ladder, const struct rung *rung)
{
    if (!ladder->is_online)
        return false;
    for (uint32_t i = 0; i < rung->waits_for_count; i++)
        if (ladder->context->evaluation.sources[rung->waits_for[i]] == SOURCE_NONE)
            return true;
    return false;
}

static struct json rung_value(struct ladder *ladder, const struct rung *rung)
{
    struct json value;
    if (template_is_constant(rung->value, &value))
        return value;
    ladder_bind_element(ladder);
    return template_value(rung->value, &ladder->context->evaluation);
}

static void ladder_climb(struct ladder *ladder)
{
    const struct call *call = ladder->call;
    while (ladder->next_rung < call->rung_count) {
        const struct rung *rung = &call->ladder[ladder->next_rung];
        if (rung_must_wait(ladder, rung)) {
            ladder->is_waiting = true;
            return;
        }
        ladder->next_rung++;
        switch (rung->kind) {
        case RUNG_REQUEST:
            if (ladder_try_request(ladder, rung))
                return;
            break;
        case RUNG_VALUE:
            ladder_end(ladder, SOURCE_VALUE, rung_value(ladder, rung));
            return;
        case RUNG_OMIT:
            ladder_end(ladder, SOURCE_OMIT, json_null());
            return;
        default: /* stale: there is no store of answers, so there is never one */
            break;
        }
    }
    ladder_end(ladder, SOURCE_FAILED, json_null());
}

void ladder_fail(struct ladder *ladder, const struct outcome *failure, bool is_online)
{
    ladder->is_online = is_online;
    ladder->is_starting = true;
    ladder_note_failure(ladder, failure);
    ladder_climb(ladder);
    ladder->is_starting = false;
}

void ladder_expire(struct ladder *ladder)
{
    struct outcome failure = {.reason = REASON_DEADLINE};
    if (task_is_waiting(&ladder->landing))
        return; /* it has ended already and is about to say so */
    observation_end(ladder->context, ladder->hop, &ladder->flight, REASON_DEADLINE, 0);
    flight_expire(&ladder->flight);
    ladder->is_online = false;
    ladder->is_waiting = false;
    ladder_note_failure(ladder, &failure);
    ladder_climb(ladder);
}

void ladder_poke(struct ladder *ladder)
{
    if (!ladder->is_waiting)
        return;
    ladder->is_waiting = false;
    ladder_climb(ladder);
}

void ladder_cancel(struct ladder *ladder)
{
    observation_end(ladder->context, ladder->hop, &ladder->flight, REASON_CANCELLED, 0);
    flight_cancel(&ladder->flight);
    task_cancel(&ladder->landing);
    ladder->is_waiting = false;
}

/*
 * Down one rung per failure. The first reason is the one that is told; the outcome's source is
 * the rung's. A ladder that runs out is a failed call.
 */
#include "gateway/compose/ladder.h"

#include "gateway/compose/refresh.h"

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
    /* what is large begins its life later */
    memset(ladder, 0, offsetof(struct ladder, question));
    ladder->question.request = NULL;
    ladder->fetch.waiter.joint = NULL;
    ladder->context = context;
    ladder->call = call;
    ladder->done = done;
    ladder->is_online = true;
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

static void ladder_take(struct ladder *ladder, const struct outcome *answer, enum source source)
{
    struct outcome failure = ladder->outcome;
    ladder->outcome = *answer;
    ladder->outcome.reason = failure.reason != REASON_NONE ? failure.reason : answer->reason;
    ladder_end(ladder, source, answer->value);
}

/* The fetch has ended; its verdict is an answer or a reason to go on. */
static void ladder_judge(struct ladder *ladder, bool is_rung)
{
    const struct outcome *outcome = &ladder->fetch.outcome;
    if (outcome->source == SOURCE_NONE) {
        ladder_note_failure(ladder, outcome);
        ladder_climb(ladder);
        return;
    }
    if (ladder->fetch.wants_refresh)
        refresh_start(ladder->context, ladder->call, &ladder->question);
    ladder_take(ladder, outcome, is_rung ? SOURCE_REQUEST : outcome->source);
}

static void ladder_on_answer(struct fetch *fetch)
{
    ladder_judge(container_of(fetch, struct ladder, fetch), false);
}

static void ladder_on_rung_answer(struct fetch *fetch)
{
    ladder_judge(container_of(fetch, struct ladder, fetch), true);
}

static void ladder_bind_element(struct ladder *ladder)
{
    if (ladder->has_element)
        ladder->context->evaluation.slots[ladder->call->each_slot] = ladder->element;
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
    question_init(&ladder->question, ladder->context, &ladder->call->request, rendered);
    struct fetch_order order = {.call = ladder->call,
                                .question = &ladder->question,
                                .is_call = true,
                                .deadline = call_deadline};
    if (fetch_start(&ladder->fetch, ladder->context, &order, ladder_on_answer))
        ladder_judge(ladder, false);
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
    struct question *question = arena_new(&ladder->context->arena, struct question);
    question_init(question, ladder->context, &rung->request, &rendered);
    struct fetch_order order = {
        .call = ladder->call,
        .question = question,
        .deadline = context_now(ladder->context) + request_timeout(&rung->request),
    };
    /* what only the call's own request may use is not looked for, so it never ends at once */
    (void)fetch_start(&ladder->fetch, ladder->context, &order, ladder_on_rung_answer);
    return true;
}

/* A call that was not even begun when its time was over may have a stale answer all the same. */
static bool ladder_has_question(struct ladder *ladder)
{
    struct rendered_request rendered;
    bool is_skipped = false;
    bool is_client_fault = ladder->outcome.is_client_fault;
    if (ladder->question.request != NULL)
        return true;
    if (ladder->outcome.reason != REASON_DEADLINE ||
        (ladder->call->has_each && !ladder->has_element))
        return false;
    bool is_rendered = ladder_render(ladder, &rendered, &is_skipped) == REASON_NONE && !is_skipped;
    ladder->outcome.is_client_fault = is_client_fault;
    if (is_rendered)
        question_init(&ladder->question, ladder->context, &ladder->call->request, &rendered);
    return is_rendered;
}

/* Gone is gone: what the service says of the request itself is not covered up. */
static bool ladder_try_stale(struct ladder *ladder, const struct rung *rung)
{
    struct outcome answer;
    if (ladder->outcome.reason == REASON_STATUS && !cache_rules_allow_stale(ladder->outcome.status))
        return false;
    if (!ladder_has_question(ladder) ||
        !fetch_stale(ladder->context, ladder->call, &ladder->question, rung->stale, &answer))
        return false;
    answer.cache.forward_status = ladder->outcome.status;
    ladder_take(ladder, &answer, SOURCE_STALE);
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
        case RUNG_STALE:
            if (ladder_try_stale(ladder, rung))
                return;
            break;
        default:
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
    fetch_expire(&ladder->fetch);
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
    fetch_cancel(&ladder->fetch);
    task_cancel(&ladder->landing);
    ladder->is_waiting = false;
}

/*
 * The plan is static: each call knows how many it waits for and whom it unblocks. Running it is
 * counting down. Failure of a required call cancels the rest at once: nobody will read it.
 */
#include "gateway/compose/run.h"

#include "base/json/make.h"
#include "gateway/compose/meta.h"

static void step_start(struct step *step);

static void run_finish(struct run *run)
{
    run->is_over = true;
    timer_cancel(&run->context->composer->loop->timers, &run->deadline);
    if (!run->is_starting)
        run->done(run);
}

static void run_fail(struct run *run, const struct step *step)
{
    run->failed = step;
    run_cancel(run);
    run_finish(run);
}

/* Rungs that wait for other calls look again whenever one ends. */
static void run_poke(struct run *run)
{
    for (uint32_t i = 0; i < run->count && !run->is_over; i++) {
        struct step *step = &run->steps[i];
        if (!step->is_started || step->outcome.source != SOURCE_NONE)
            continue;
        if (step->is_fanout)
            fanout_poke(&step->fanout);
        else
            ladder_poke(&step->ladder);
    }
}

static void step_publish(struct step *step)
{
    struct context *context = step->run->context;
    struct json *slots = context->evaluation.slots;
    slots[step->call->slot] = step->outcome.value;
    if (step->call->meta_slot != UINT32_MAX)
        slots[step->call->meta_slot] = meta_of_outcome(&context->arena, &step->outcome);
}

static void step_end(struct step *step, const struct outcome *outcome)
{
    struct run *run = step->run;
    step->outcome = *outcome;
    step->ended = context_now(run->context);
    if (outcome->source == SOURCE_FAILED) {
        run_fail(run, step);
        return;
    }
    run->sources[step->call->index] = (uint8_t)outcome->source;
    step_publish(step);
    run->left--;
    for (uint32_t i = 0; i < step->call->unblocks_count && !run->is_over; i++) {
        struct step *next = &run->steps[step->call->unblocks[i]];
        if (--next->waits_left == 0 && !next->is_started)
            step_start(next);
    }
    if (!run->is_over)
        run_poke(run);
    if (!run->is_over && run->left == 0)
        run_finish(run);
}

static void step_on_ladder(struct ladder *ladder)
{
    struct step *step = container_of(ladder, struct step, ladder);
    step_end(step, &ladder->outcome);
}

static void step_on_fanout(struct fanout *fanout)
{
    struct step *step = container_of(fanout, struct step, fanout);
    step_end(step, &fanout->outcome);
}

static void step_skip(struct step *step)
{
    struct outcome outcome = {.source = SOURCE_SKIPPED, .value = json_null()};
    step_end(step, &outcome);
}

static usec step_deadline(const struct step *step)
{
    if (step->call->timeout == 0)
        return USEC_NEVER;
    return context_now(step->run->context) + step->call->timeout;
}

/* null counts as no elements; what is neither null nor an array cannot be looped over. */
static void step_start_each(struct step *step)
{
    struct context *context = step->run->context;
    struct outcome failure = {0};
    struct json array;
    bool is_skipped = false;
    bool is_evaluated = text_evaluate(&step->call->each, &context->evaluation.frame, &array);
    bool is_array = is_evaluated && json_type(array) == JSON_ARRAY;
    if (!is_array)
        failure.reason = evaluation_blame(&context->evaluation, &step->call->each, &is_skipped,
                                          &failure.is_client_fault);
    if (is_skipped) {
        step_skip(step);
        return;
    }
    if (is_evaluated && json_is_null(array)) {
        array = json_array(NULL, 0);
        failure.reason = REASON_NONE;
    }
    if (is_array && array.size > step->call->limit)
        failure.reason = REASON_LIMIT;
    if (failure.reason != REASON_NONE) {
        ladder_init(&step->ladder, context, step->call, NULL, step_on_ladder);
        ladder_fail(&step->ladder, &failure, true);
        return;
    }
    step->is_fanout = true;
    fanout_start(&step->fanout, context, step->call, array, step_deadline(step), step_on_fanout);
}

static void step_expire(struct step *step)
{
    step->is_started = true;
    step->began = context_now(step->run->context);
    ladder_init(&step->ladder, step->run->context, step->call, NULL, step_on_ladder);
    ladder_fail(&step->ladder, &(struct outcome){.reason = REASON_DEADLINE}, false);
}

/*
 * A skipped call may end inside this, and with it the run. Loops in the graph do not exist, so
 * the chain of skipped calls is at most as long as the route has calls.
 */
static void step_start(struct step *step)
{
    struct context *context = step->run->context;
    struct json truth;
    step->is_started = true;
    step->began = context_now(context);
    if (step->call->has_when &&
        (!text_evaluate(&step->call->when, &context->evaluation.frame, &truth) ||
         !jmespath_truth(truth))) {
        step_skip(step);
        return;
    }
    if (step->run->is_expired) {
        step_expire(step);
        return;
    }
    if (step->call->has_each) {
        step_start_each(step);
        return;
    }
    ladder_init(&step->ladder, context, step->call, NULL, step_on_ladder);
    ladder_start(&step->ladder, step_deadline(step), NULL);
}

/* Every call that has not ended takes what its ladder has without the network, and we leave. */
static void run_on_deadline(struct timer *timer)
{
    struct run *run = container_of(timer, struct run, deadline);
    run->is_expired = true;
    for (uint32_t i = 0; i < run->count && !run->is_over; i++) {
        struct step *step = &run->steps[i];
        if (step->outcome.source != SOURCE_NONE)
            continue;
        if (!step->is_started)
            step_expire(step);
        else if (step->is_fanout)
            fanout_expire(&step->fanout);
        else
            ladder_expire(&step->ladder);
    }
}

void run_init(struct run *run, struct context *context, void (*done)(struct run *run))
{
    const struct route *route = context->route;
    *run = (struct run){
        .context = context, .done = done, .count = route->call_count, .left = route->call_count};
    run->steps = arena_array(&context->arena, struct step, run->count + 1);
    run->sources = arena_array(&context->arena, uint8_t, run->count + 1);
    timer_init(&run->deadline, run_on_deadline);
    for (uint32_t i = 0; i < run->count; i++) {
        run->steps[i].run = run;
        run->steps[i].call = &route->calls[i];
        run->steps[i].waits_left = route->calls[i].waits_for_count;
    }
}

bool run_start(struct run *run)
{
    if (run->count == 0) {
        run->is_over = true;
        return true;
    }
    run->is_starting = true;
    timer_start(&run->context->composer->loop->timers, &run->deadline, run->context->deadline);
    for (uint32_t i = 0; i < run->count && !run->is_over; i++)
        if (run->steps[i].waits_left == 0 && !run->steps[i].is_started)
            step_start(&run->steps[i]);
    run->is_starting = false;
    return run->is_over;
}

void run_cancel(struct run *run)
{
    run->is_over = true;
    timer_cancel(&run->context->composer->loop->timers, &run->deadline);
    for (uint32_t i = 0; i < run->count; i++) {
        struct step *step = &run->steps[i];
        if (!step->is_started || step->outcome.source != SOURCE_NONE)
            continue;
        if (step->is_fanout)
            fanout_cancel(&step->fanout);
        else
            ladder_cancel(&step->ladder);
    }
}

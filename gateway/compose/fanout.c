/*
 * Elements are started in order. One whose request equals an earlier one's follows it: it takes
 * that one's outcome and sends nothing. The first element without a value fails the call.
 */
#include "gateway/compose/fanout.h"

#include "base/json/make.h"
#include "routes/batch.h"

/* What an element's request and answer take of the arena at the least, beside the element. */
#define ELEMENT_TRAFFIC ((size_t)512)

struct fanout_element {
    struct fanout *fanout;
    struct ladder ladder;
    struct fanout_element *leader; /* of an equal request, or NULL */
    struct fanout_element *chain;  /* the next in its bucket */
    uint64_t hash;
    struct rendered_request rendered;
    bool has_ended;
};

static void fanout_fill(struct fanout *fanout);

static const struct outcome *element_outcome(const struct fanout_element *element)
{
    return element->leader != NULL ? &element->leader->ladder.outcome : &element->ladder.outcome;
}

/* What is told of all: the first that is degraded, the greatest age, the least life. */
static void total_add(struct outcome *total, const struct outcome *one, bool is_first)
{
    total->has_life = one->has_life && (is_first || total->has_life);
    total->life = is_first || one->life < total->life ? one->life : total->life;
    total->has_age = total->has_age || one->has_age;
    total->age = one->has_age && one->age > total->age ? one->age : total->age;
    if (is_first || one->cache.part > total->cache.part)
        total->cache = one->cache;
    if (one->source == SOURCE_LIVE && total->source == SOURCE_CACHE)
        total->source = SOURCE_LIVE;
    if (!outcome_is_degraded(one))
        return;
    if (total->count++ == 0) {
        total->source = one->source;
        total->reason = one->reason;
    }
}

static void fanout_finish(struct fanout *fanout)
{
    struct json *values = arena_array(&fanout->context->arena, struct json, fanout->count + 1);
    struct outcome *total = &fanout->outcome;
    uint32_t skipped = 0;
    fanout->is_over = true;
    total->source = fanout->count > 0 ? SOURCE_CACHE : SOURCE_LIVE;
    for (uint32_t i = 0; i < fanout->count; i++) {
        const struct outcome *one = element_outcome(&fanout->elements[i]);
        values[i] = one->value;
        skipped += one->source == SOURCE_SKIPPED;
        total_add(total, one, i == 0);
    }
    total->value = json_array(values, fanout->count);
    if (fanout->call->batch > 0 &&
        !batch_join(&fanout->context->arena, values, fanout->count, &total->value))
        *total = (struct outcome){
            .source = SOURCE_FAILED, .reason = REASON_TOO_LARGE, .value = json_null()};
    if (skipped == fanout->count && skipped > 0) { /* what all of them need was skipped */
        total->source = SOURCE_SKIPPED;
        total->value = json_null();
    }
    fanout->done(fanout);
}

static void fanout_fail(struct fanout *fanout, const struct outcome *failure)
{
    fanout_cancel(fanout);
    fanout->outcome = *failure;
    fanout->outcome.value = json_null();
    fanout->done(fanout);
}

static void element_on_done(struct ladder *ladder)
{
    struct fanout_element *element = container_of(ladder, struct fanout_element, ladder);
    struct fanout *fanout = element->fanout;
    element->has_ended = true;
    fanout->running--;
    fanout->ended++;
    if (ladder->outcome.source == SOURCE_FAILED) {
        fanout_fail(fanout, &ladder->outcome);
        return;
    }
    fanout_fill(fanout);
    if (!fanout->is_over && fanout->ended == fanout->count)
        fanout_finish(fanout);
}

static bool requests_are_equal(const struct fanout_element *a, const struct fanout_element *b)
{
    return a->hash == b->hash && str_equal(a->rendered.target, b->rendered.target) &&
           str_equal(a->rendered.header_lines, b->rendered.header_lines);
}

/*
 * An earlier element with the same request; only safe methods may share an answer. Where there is
 * none the element stands for its request from now on.
 */
static struct fanout_element *fanout_leader(struct fanout *fanout, struct fanout_element *element)
{
    element->hash = str_hash(element->rendered.target);
    struct fanout_element **bucket = &fanout->buckets[element->hash % fanout->count];
    for (struct fanout_element *other = *bucket; other != NULL; other = other->chain)
        if (requests_are_equal(other, element))
            return other;
    element->chain = *bucket;
    *bucket = element;
    return NULL;
}

static void fanout_start_element(struct fanout *fanout, struct fanout_element *element)
{
    bool is_skipped = false;
    bool is_ready =
        ladder_render(&element->ladder, &element->rendered, &is_skipped) == REASON_NONE &&
        !is_skipped;
    if (is_ready && method_is_safe(fanout->call->request.method))
        element->leader = fanout_leader(fanout, element);
    if (element->leader != NULL) {
        fanout->ended++;
        return;
    }
    fanout->running++;
    ladder_start(&element->ladder, fanout->call_deadline, is_ready ? &element->rendered : NULL);
}

static void fanout_land(struct task *task)
{
    struct fanout *fanout = container_of(task, struct fanout, landing);
    if (fanout->outcome.source == SOURCE_FAILED)
        fanout->done(fanout);
    else
        fanout_finish(fanout);
}

/* There is no memory for what is to be done: nothing of it is. */
static void fanout_give_up(struct fanout *fanout)
{
    fanout_cancel(fanout);
    fanout->outcome =
        (struct outcome){.source = SOURCE_FAILED, .reason = REASON_TOO_LARGE, .value = json_null()};
    loop_defer(fanout->context->composer->loop, &fanout->landing);
}

/* No ladder ends inside this: done comes later, so the loop is not entered twice. */
static void fanout_fill(struct fanout *fanout)
{
    while (fanout->next < fanout->count && fanout->running < fanout->call->concurrency) {
        if (arena_is_over(&fanout->context->arena)) {
            fanout_give_up(fanout);
            return;
        }
        fanout_start_element(fanout, &fanout->elements[fanout->next++]);
    }
}

void fanout_start(struct fanout *fanout, struct context *context, const struct call *call,
                  struct json array, usec call_deadline, void (*done)(struct fanout *fanout))
{
    if (call->batch > 0)
        array = batch_split(&context->arena, array, call->batch);
    *fanout = (struct fanout){.context = context,
                              .call = call,
                              .done = done,
                              .count = array.size,
                              .call_deadline = call_deadline};
    task_init(&fanout->landing, fanout_land);
    size_t memory = ((size_t)fanout->count + 1) * (sizeof *fanout->elements + ELEMENT_TRAFFIC);
    if (!arena_has_room(&context->arena, memory)) {
        fanout->count = 0;
        fanout_give_up(fanout);
        return;
    }
    fanout->elements = arena_array(&context->arena, struct fanout_element, fanout->count + 1);
    fanout->buckets = arena_array(&context->arena, struct fanout_element *, fanout->count + 1);
    struct json_iterator iterator = json_iterate(array);
    struct json key, value;
    for (uint32_t i = 0; json_next(&iterator, &key, &value); i++) {
        fanout->elements[i].fanout = fanout;
        ladder_init(&fanout->elements[i].ladder, context, call, &value, element_on_done);
    }
    fanout_fill(fanout);
    if (fanout->count == 0)
        loop_defer(context->composer->loop, &fanout->landing);
}

/* Nothing new is sent; each element takes what its ladder has without the network. */
void fanout_expire(struct fanout *fanout)
{
    uint32_t started = fanout->next;
    fanout->next = fanout->count;
    for (uint32_t i = started; i < fanout->count && !fanout->is_over; i++) {
        fanout->running++;
        ladder_fail(&fanout->elements[i].ladder, &(struct outcome){.reason = REASON_DEADLINE},
                    false);
    }
    for (uint32_t i = 0; i < started && !fanout->is_over; i++) {
        struct fanout_element *element = &fanout->elements[i];
        if (element->leader == NULL && !element->has_ended)
            ladder_expire(&element->ladder);
    }
}

void fanout_poke(struct fanout *fanout)
{
    for (uint32_t i = 0; i < fanout->next && !fanout->is_over; i++)
        if (fanout->elements[i].leader == NULL && !fanout->elements[i].has_ended)
            ladder_poke(&fanout->elements[i].ladder);
}

void fanout_cancel(struct fanout *fanout)
{
    fanout->is_over = true;
    fanout->next = fanout->count;
    task_cancel(&fanout->landing);
    for (uint32_t i = 0; i < fanout->count; i++)
        ladder_cancel(&fanout->elements[i].ladder);
}

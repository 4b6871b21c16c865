/*
 * A transfer is a timer: when the delay is over, the answer is there. One that hangs has none, so
 * that only the flight's own time, or its owner, ends it.
 */
#include "gateway/upstream/transport_canned.h"

#include "base/arena.h"
#include "base/loop.h"
#include "gateway/upstream/attempt.h"
#include "gateway/upstream/request_rules.h"

#include <stdlib.h>

struct canned_carrier {
    struct carrier carrier;
    struct loop *loop;
    const struct canned_service *canned;
    struct canned_misses *misses;
};

struct canned_transfer {
    struct transfer transfer;
    struct attempt *attempt;
    const struct canned_answer *answer;
    struct timer timer;
};

static struct canned_carrier *canned_of(struct carrier *carrier)
{
    return container_of(carrier, struct canned_carrier, carrier);
}

static const enum reason reasons[CANNED_FATE_COUNT] = {
    [CANNED_DOWN] = REASON_CONNECT,
    [CANNED_RESET] = REASON_RESET,
};

static const struct field html_fields[] = {{{"Content-Type", 12}, {"text/html", 9}}};

static const struct canned_answer garbage = {
    .status = 200,
    .fields = html_fields,
    .field_count = 1,
    .body = {"<html><body>It works!</body></html>", 35},
};

static bool answer_has_body(const struct flight_request *request, uint32_t status)
{
    return !request_is_head(request) && status != 204 && status != 205 && status != 304;
}

/* As the other ways do: all of it in the flight's arena, and not more than may come. */
static enum reason answer_give(struct attempt *attempt, const struct canned_answer *answer)
{
    struct arena *arena = attempt->arena;
    struct field *fields = arena_array(arena, struct field, answer->field_count);
    for (uint32_t i = 0; i < answer->field_count; i++)
        fields[i] = (struct field){str_copy(arena, answer->fields[i].name),
                                   str_copy(arena, answer->fields[i].value)};
    attempt->answer = (struct flight_answer){
        .status = (int)answer->status, .fields = fields, .field_count = answer->field_count};
    if (!answer_has_body(attempt->request, answer->status))
        return REASON_NONE;
    if (answer->body.length > attempt->request->max_response ||
        !arena_has_room(arena, answer->body.length + 1))
        return REASON_TOO_LARGE;
    attempt->answer.body = str_copy(arena, answer->body);
    return REASON_NONE;
}

static void canned_on_time(struct timer *timer)
{
    struct canned_transfer *transfer = container_of(timer, struct canned_transfer, timer);
    struct attempt *attempt = transfer->attempt;
    const struct canned_answer *answer = transfer->answer;
    enum reason reason = reasons[answer->fate];
    free(transfer);
    if (answer->fate == CANNED_ANSWERED)
        reason = answer_give(attempt, answer);
    else if (answer->fate == CANNED_GARBAGE)
        reason = answer_give(attempt, &garbage);
    transfer_finish(attempt, reason);
}

static struct transfer *canned_start(struct carrier *carrier, struct attempt *attempt)
{
    struct canned_carrier *canned = canned_of(carrier);
    struct canned_transfer *transfer = calloc(1, sizeof *transfer);
    if (transfer == NULL)
        abort();
    transfer->transfer.carrier = carrier;
    transfer->attempt = attempt;
    transfer->answer = canned_find(canned->canned, attempt->request, canned->misses);
    timer_init(&transfer->timer, canned_on_time);
    if (transfer->answer->fate != CANNED_HANG)
        timer_start(&canned->loop->timers, &transfer->timer,
                    loop_now(canned->loop) + transfer->answer->delay);
    return &transfer->transfer;
}

static void canned_cancel(struct transfer *transfer)
{
    struct canned_transfer *canned = container_of(transfer, struct canned_transfer, transfer);
    timer_cancel(&canned_of(transfer->carrier)->loop->timers, &canned->timer);
    free(canned);
}

static void canned_free(struct carrier *carrier)
{
    free(canned_of(carrier));
}

struct carrier *transport_canned_new(struct loop *loop, const struct canned_service *canned,
                                     struct canned_misses *misses)
{
    struct canned_carrier *carrier = calloc(1, sizeof *carrier);
    if (carrier == NULL)
        abort();
    *carrier = (struct canned_carrier){
        .carrier = {.start = canned_start, .cancel = canned_cancel, .free = canned_free},
        .loop = loop,
        .canned = canned,
        .misses = misses,
    };
    return &carrier->carrier;
}

/*
 * The life of a flight: it waits for a place, flies, lands. Its own timer runs from the start,
 * waiting included, so that nothing a transport does or forgets can stretch it. Landing is always
 * deferred to the end of the turn: `done` never fires before flight_start has returned.
 */
#include "gateway/upstream/flight.h"

#include "gateway/upstream/decode.h"
#include "gateway/upstream/transport.h"
#include "gateway/upstream/upstream.h"

static void flight_land(struct flight *flight, enum reason reason)
{
    timer_cancel(&flight->upstreams->loop->timers, &flight->timer);
    flight->reason = reason;
    if (reason != REASON_NONE)
        flight->answer = (struct flight_answer){0};
    loop_defer(flight->upstreams->loop, &flight->landing);
}

static void flight_touch_down(struct task *landing)
{
    struct flight *flight = container_of(landing, struct flight, landing);
    flight->is_running = false;
    flight->done(flight);
}

static void flight_ended(struct attempt *attempt, enum reason reason);

/* The place has been counted already. */
static bool flight_take_off(struct flight *flight)
{
    flight->attempt = (struct attempt){
        .request = &flight->request,
        .endpoint = {.generation = 1, .url = &flight->request.service->urls[0]},
        .arena = flight->arena,
        .ended = flight_ended,
    };
    bool is_off = transfer_start(flight->upstreams->transports, &flight->attempt);
    if (!is_off)
        flight_land(flight, REASON_CONNECT);
    return is_off;
}

/* A place is free: the oldest that waits takes it. */
static void upstream_give_place(struct upstream *upstream)
{
    struct list *entry;
    while ((entry = list_shift(&upstream->waiting)) != NULL) {
        upstream->waiting_count--;
        if (flight_take_off(container_of(entry, struct flight, entry)))
            return;
    }
    upstream->flying--;
}

static void flight_ended(struct attempt *attempt, enum reason reason)
{
    struct flight *flight = container_of(attempt, struct flight, attempt);
    flight->answer = attempt->answer;
    if (reason == REASON_NONE && !flight->request.keeps_encoding)
        reason = decode_answer(&flight->answer, flight->arena, flight->request.max_response);
    flight_land(flight, reason);
    upstream_give_place(upstreams_find(flight->upstreams, &flight->request));
}

/* Out of the air or out of the queue, without landing. */
static void flight_abandon(struct flight *flight)
{
    struct upstream *upstream = upstreams_find(flight->upstreams, &flight->request);
    if (flight->attempt.transfer) {
        transfer_cancel(&flight->attempt);
        upstream_give_place(upstream);
    } else if (!list_is_empty(&flight->entry)) {
        list_remove(&flight->entry);
        upstream->waiting_count--;
    }
}

static void flight_time_is_over(struct timer *timer)
{
    struct flight *flight = container_of(timer, struct flight, timer);
    flight_abandon(flight);
    flight_land(flight, REASON_TIMEOUT);
}

static void flight_admit(struct flight *flight)
{
    struct upstream *upstream = upstreams_find(flight->upstreams, &flight->request);
    if (upstream->flying < upstream->places) {
        upstream->flying++;
        if (!flight_take_off(flight))
            upstream->flying--;
    } else if (upstream->waiting_count < upstream->queue) {
        upstream->waiting_count++;
        list_append(&upstream->waiting, &flight->entry);
    } else {
        flight_land(flight, REASON_OVERLOADED);
    }
}

void flight_start(struct flight *flight, struct upstreams *upstreams, struct arena *arena,
                  const struct flight_request *request, void (*done)(struct flight *flight))
{
    struct loop *loop = upstreams->loop;
    *flight = (struct flight){
        .request = *request,
        .upstreams = upstreams,
        .arena = arena,
        .done = done,
        .is_running = true,
    };
    list_init(&flight->entry);
    task_init(&flight->landing, flight_touch_down);
    timer_init(&flight->timer, flight_time_is_over);
    if (request->deadline <= loop_now(loop)) {
        flight_land(flight, REASON_TIMEOUT);
        return;
    }
    if (request->deadline != USEC_NEVER)
        timer_start(&loop->timers, &flight->timer, request->deadline);
    flight_admit(flight);
}

void flight_cancel(struct flight *flight)
{
    if (!flight->is_running)
        return;
    flight->is_running = false;
    task_cancel(&flight->landing);
    timer_cancel(&flight->upstreams->loop->timers, &flight->timer);
    flight_abandon(flight);
}

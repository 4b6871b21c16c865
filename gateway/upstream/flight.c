/*
 * The life of a flight: it is admitted (or waits for that), makes an attempt, perhaps another one
 * beside it, rests, tries again, lands. One timer runs for the earliest of all its times, so that
 * nothing a transport does or forgets can stretch them. Landing is always deferred to the end of
 * the turn: `done` never fires before flight_start has returned.
 */
#include "gateway/upstream/flight.h"

#include "base/arena.h"
#include "gateway/upstream/decode.h"
#include "gateway/upstream/flight_policy.h"
#include "gateway/upstream/transport.h"
#include "gateway/upstream/upstream.h"

static void flight_attempt_ended(struct attempt *attempt, enum reason reason);
static void flight_admit(struct flight *flight);

static usec flight_now(const struct flight *flight)
{
    return loop_now(flight->upstreams->loop);
}

static struct guard *flight_guard(const struct flight *flight)
{
    return upstreams_guard(flight->upstreams, flight->request.service);
}

static bool attempt_is_in_air(const struct attempt *attempt)
{
    return attempt != NULL && attempt->transfer != NULL;
}

static bool flight_is_in_air(const struct flight *flight)
{
    return attempt_is_in_air(&flight->attempt) || attempt_is_in_air(flight->another);
}

/* --- time --------------------------------------------------------------------------------- */

static usec least(usec a, usec b)
{
    return a < b ? a : b;
}

static usec flight_next_time(const struct flight *flight)
{
    usec next = flight->request.deadline;
    if (flight->is_waiting)
        next = least(next, flight->wait_until);
    if (flight->is_resting)
        next = least(next, flight->rest_until);
    if (attempt_is_in_air(&flight->attempt))
        next = least(least(next, flight->attempt.due), flight->hedge_due);
    if (attempt_is_in_air(flight->another))
        next = least(least(next, flight->another->due), flight->hedge_due);
    return next;
}

static void flight_set_timer(struct flight *flight)
{
    struct timers *timers = &flight->upstreams->loop->timers;
    usec next = flight_next_time(flight);
    if (next == USEC_NEVER)
        timer_cancel(timers, &flight->timer);
    else if (!timer_is_running(&flight->timer) || flight->timer.due != next)
        timer_start(timers, &flight->timer, next);
}

/* --- landing ------------------------------------------------------------------------------ */

static void flight_settle(struct flight *flight, const struct attempt *attempt,
                          enum guard_verdict verdict)
{
    struct guard_pass pass = {attempt->endpoint, attempt->epoch, attempt->began};
    guard_settle(flight_guard(flight), flight_now(flight), &flight->upstreams->desk, &pass,
                 verdict);
}

static void flight_drop(struct flight *flight, struct attempt *attempt, bool is_late)
{
    if (!attempt_is_in_air(attempt))
        return;
    bool is_bad = is_late && flight_now(flight) - attempt->began >= flight->request.patience;
    transfer_cancel(attempt);
    flight_settle(flight, attempt, is_bad ? GUARD_BAD : GUARD_UNKNOWN);
}

/* Out of the air, out of the queue, without landing. */
static void flight_abandon(struct flight *flight, bool is_late)
{
    flight_drop(flight, &flight->attempt, is_late);
    flight_drop(flight, flight->another, is_late);
    if (flight->is_waiting)
        guard_leave(flight_guard(flight), &flight->upstreams->desk, &flight->waiter);
    flight->is_waiting = false;
    flight->is_resting = false;
}

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

/* --- attempts ----------------------------------------------------------------------------- */

static struct guard_wish flight_wish(struct flight *flight)
{
    return (struct guard_wish){
        .desk = &flight->upstreams->desk,
        .random = &flight->upstreams->random,
        .balance = {.balance = flight->request.service->policies.balance,
                    .hash = flight->request.hash,
                    .tried = flight->tried},
        .is_call = flight->tries == 0 && !flight->has_hedged,
    };
}

/* The service is told the time that is left now, not the time that was left in the beginning. */
static void flight_refresh_lines(struct flight *flight, usec now, usec due)
{
    if (flight->started == now)
        return;
    flight->started = now;
    flight->request.header_lines = lines_with_time(flight->arena, flight->request.header_lines,
                                                   least(due, flight->request.latest) - now);
}

/* One that is not in the air. */
static struct attempt *flight_next_attempt(struct flight *flight)
{
    if (!attempt_is_in_air(&flight->attempt))
        return &flight->attempt;
    if (flight->another == NULL)
        flight->another = arena_new(flight->arena, struct attempt);
    return flight->another;
}

/* false: it could not be begun, and the pass is settled. */
static bool flight_take_off(struct flight *flight, const struct guard_pass *pass)
{
    struct attempt *attempt = flight_next_attempt(flight);
    uint32_t slot = pass->endpoint.slot;
    usec now = flight_now(flight);
    if (flight->took_off == 0)
        flight->took_off = now;
    attempt->request = &flight->request;
    attempt->endpoint = pass->endpoint;
    attempt->arena = flight->arena;
    attempt->ended = flight_attempt_ended;
    attempt->flight = flight;
    attempt->epoch = pass->epoch;
    attempt->began = now;
    attempt->due = now + flight->request.timeout;
    flight->tried[slot / 64] |= UINT64_C(1) << (slot % 64);
    flight_refresh_lines(flight, now, attempt->due);
    if (transfer_start(flight->upstreams->transports, attempt))
        return true;
    flight_settle(flight, attempt, GUARD_BAD);
    return false;
}

/* The wait before the next try, or USEC_NEVER where there is none. */
static usec flight_retry_wait(struct flight *flight, enum reason reason,
                              const struct flight_answer *answer)
{
    const struct retry_policy *retry = &flight->request.service->policies.retry;
    struct upstreams *upstreams = flight->upstreams;
    struct str asked;
    if (flight->tries >= retry->attempts ||
        !outcome_is_for_retry(&flight->request, reason, answer->status))
        return USEC_NEVER;
    usec wait = backoff_wait(retry->backoff, flight->tries, random_next(&upstreams->random));
    if (flight_answer_field(answer, STR("retry-after"), &asked)) {
        usec least_wait = retry_after(asked, clock_wall());
        wait = wait > least_wait ? wait : least_wait;
    }
    bool fits = wait < flight->request.latest - flight_now(flight);
    return fits && guard_take_retry(flight_guard(flight), flight_now(flight), GUARD_RETRY)
               ? wait
               : USEC_NEVER;
}

/* Nothing is in the air any more, and what came is no answer: again, or that is all. */
static void flight_fail(struct flight *flight, enum reason reason,
                        const struct flight_answer *answer)
{
    flight->reason = reason;
    flight->answer = *answer;
    flight->hedge_due = USEC_NEVER;
    usec wait = flight_retry_wait(flight, reason, answer);
    if (wait == USEC_NEVER) {
        flight_land(flight, reason);
        return;
    }
    flight->is_resting = true;
    flight->rest_until = flight_now(flight) + wait;
    flight_set_timer(flight);
}

static void flight_attempt_failed(struct flight *flight, const struct attempt *attempt,
                                  enum reason reason)
{
    if (!flight_is_in_air(flight)) {
        flight_fail(flight, reason, &attempt->answer);
        return;
    }
    flight_set_timer(flight); /* the other one may still answer */
}

static void flight_attempt_ended(struct attempt *attempt, enum reason reason)
{
    struct flight *flight = attempt->flight;
    const struct flight_request *request = &flight->request;
    int status = attempt->answer.status;
    if (reason == REASON_NONE && !request->keeps_encoding)
        reason = decode_answer(&attempt->answer, flight->arena, request->max_response);
    flight_settle(flight, attempt, outcome_verdict(request, reason, status));
    if (!outcome_is_answer(request, reason, status)) {
        flight_attempt_failed(flight, attempt, reason);
        return;
    }
    flight->answer = attempt->answer;
    if (flight_is_in_air(flight))
        flight_abandon(flight, false);
    flight_land(flight, reason);
}

static void flight_attempt_is_late(struct flight *flight, struct attempt *attempt)
{
    transfer_cancel(attempt);
    attempt->answer = (struct flight_answer){0};
    flight_settle(flight, attempt, GUARD_BAD);
    flight_attempt_failed(flight, attempt, REASON_TIMEOUT);
}

/* --- the first, the next, the hedge ------------------------------------------------------- */

static void flight_try(struct flight *flight, const struct guard_pass *pass)
{
    flight->tries++;
    if (!flight_take_off(flight, pass)) {
        flight_fail(flight, REASON_CONNECT, &(struct flight_answer){0});
        return;
    }
    if (flight->request.may_hedge && !flight->has_hedged) {
        usec delay = guard_hedge_delay(flight_guard(flight), flight_now(flight));
        flight->hedge_due = delay == USEC_NEVER ? USEC_NEVER : flight_now(flight) + delay;
    }
    flight_set_timer(flight);
}

/* Not even sent. Of a try that was not the first, what the one before met is told. */
static void flight_refuse(struct flight *flight, enum reason reason)
{
    flight_land(flight, flight->tries == 0 ? reason : flight->reason);
}

/* For a place, or with one for an address. */
static void flight_wait(struct flight *flight, bool has_place)
{
    flight->is_waiting = true;
    flight->has_place = has_place;
    flight->wait_until = flight_now(flight) + flight->request.service->timeout;
    flight_set_timer(flight);
}

static void flight_wait_is_over(struct flight *flight)
{
    flight_abandon(flight, true);
    flight_refuse(flight, flight->has_place ? REASON_CONNECT : REASON_OVERLOADED);
}

static void flight_admit(struct flight *flight)
{
    struct guard_wish wish = flight_wish(flight);
    struct guard_pass pass;
    switch (guard_admit(flight_guard(flight), flight_now(flight), &wish, &flight->waiter, &pass)) {
    case GUARD_MAY_FLY:
        flight_try(flight, &pass);
        break;
    case GUARD_MUST_WAIT:
        flight_wait(flight, false);
        break;
    case GUARD_MUST_SEEK:
        flight_wait(flight, true);
        break;
    case GUARD_IS_OPEN:
        flight_refuse(flight, REASON_BREAKER_OPEN);
        break;
    default:
        flight_refuse(flight, REASON_OVERLOADED);
        break;
    }
}

void flight_board(struct flight *flight)
{
    struct guard_wish wish = flight_wish(flight);
    struct guard_pass pass;
    wish.is_call = false; /* it was counted when it came */
    flight->is_waiting = false;
    switch (guard_board(flight_guard(flight), flight_now(flight), &wish, &flight->waiter, &pass)) {
    case GUARD_MAY_FLY:
        flight_try(flight, &pass);
        break;
    case GUARD_MUST_SEEK:
        flight_wait(flight, true);
        break;
    default:
        flight_refuse(flight, REASON_BREAKER_OPEN);
        break;
    }
}

/* It neither waits for a place nor for the budget: a hedge helps now or not at all. */
static void flight_hedge(struct flight *flight)
{
    struct guard *guard = flight_guard(flight);
    usec now = flight_now(flight);
    struct guard_wish wish;
    struct guard_pass pass;
    flight->hedge_due = USEC_NEVER;
    flight->has_hedged = true;
    wish = flight_wish(flight);
    if (guard_take_retry(guard, now, GUARD_HEDGE) &&
        guard_admit(guard, now, &wish, NULL, &pass) == GUARD_MAY_FLY)
        (void)flight_take_off(flight, &pass);
}

static void flight_time_has_come(struct timer *timer)
{
    struct flight *flight = container_of(timer, struct flight, timer);
    usec now = flight_now(flight);
    if (now >= flight->request.deadline) {
        bool is_seeking = flight->is_waiting && flight->has_place;
        flight_abandon(flight, true);
        flight_land(flight, is_seeking ? REASON_CONNECT : REASON_TIMEOUT);
        return;
    }
    if (flight->is_waiting && now >= flight->wait_until) {
        flight_wait_is_over(flight);
        return;
    }
    if (flight->is_resting && now >= flight->rest_until) {
        flight->is_resting = false;
        flight_admit(flight);
        return;
    }
    if (attempt_is_in_air(&flight->attempt) && now >= flight->attempt.due)
        flight_attempt_is_late(flight, &flight->attempt);
    if (attempt_is_in_air(flight->another) && now >= flight->another->due)
        flight_attempt_is_late(flight, flight->another);
    if (flight_is_in_air(flight) && now >= flight->hedge_due)
        flight_hedge(flight);
    if (flight_is_in_air(flight))
        flight_set_timer(flight);
}

/* --- from outside ------------------------------------------------------------------------- */

/* What begins with nothing; the rest is set by who needs it. */
static void flight_clear(struct flight *flight)
{
    flight->reason = REASON_NONE;
    flight->answer = (struct flight_answer){0};
    flight->tries = 0;
    flight->took_off = 0;
    flight->has_hedged = false;
    flight->is_waiting = false;
    flight->is_resting = false;
    flight->wait_until = 0;
    flight->rest_until = 0;
    flight->hedge_due = USEC_NEVER;
    memset(flight->tried, 0, sizeof flight->tried);
    flight->attempt.transfer = NULL;
    flight->another = NULL;
    flight->waiter = (struct guard_waiter){.wait = GUARD_WAITS_NOT};
}

void flight_start(struct flight *flight, struct upstreams *upstreams, struct arena *arena,
                  const struct flight_request *request, void (*done)(struct flight *flight))
{
    flight_clear(flight);
    flight->request = *request;
    flight->upstreams = upstreams;
    flight->arena = arena;
    flight->done = done;
    flight->is_running = true;
    flight->started = loop_now(upstreams->loop);
    if (request->timeout == 0)
        flight->request.timeout = request->service->timeout;
    if (request->latest == 0)
        flight->request.latest = request->deadline;
    list_init(&flight->waiter.entry);
    task_init(&flight->landing, flight_touch_down);
    timer_init(&flight->timer, flight_time_has_come);
    if (request->deadline <= flight->started)
        flight_land(flight, REASON_TIMEOUT);
    else
        flight_admit(flight);
}

static void flight_end(struct flight *flight, bool is_late)
{
    if (!flight->is_running)
        return;
    flight->is_running = false;
    task_cancel(&flight->landing);
    timer_cancel(&flight->upstreams->loop->timers, &flight->timer);
    flight_abandon(flight, is_late);
}

void flight_cancel(struct flight *flight)
{
    flight_end(flight, false);
}

void flight_expire(struct flight *flight)
{
    flight_end(flight, true);
}

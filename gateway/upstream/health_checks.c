/*
 * One timer per service that wants it, one check per address. An address whose last check has not
 * ended when the next is due is left alone until then.
 */
#include "gateway/upstream/health_checks.h"

#include "base/arena.h"
#include "base/loop.h"
#include "gateway/guard/guard.h"
#include "gateway/upstream/attempt.h"
#include "gateway/upstream/transport.h"

#include <stdlib.h>

#define CHECK_RESPONSE ((uint64_t)64 * 1024) /* bytes of a body that nobody reads */
#define CHECK_MEMORY   ((size_t)256 * 1024)

struct check {
    struct checked_service *of;
    struct flight_request request;
    struct attempt attempt;
    struct arena arena;
    struct timer timer; /* until it has taken too long */
    bool is_on;
};

struct checked_service {
    struct health_checks *checks;
    struct guard *guard;
    struct timer timer;                    /* until the next round */
    struct str target;                     /* on the heap */
    struct check *list[ENDPOINTS_MAXIMUM]; /* by slot; NULL until it is needed */
};

struct health_checks {
    struct loop *loop;
    struct transports *transports;
    struct checked_service *services;
    uint32_t count;
};

static void check_end(struct check *check, bool is_good)
{
    timer_cancel(&check->of->checks->loop->timers, &check->timer);
    check->is_on = false;
    arena_done(&check->arena);
    guard_note_check(check->of->guard, &check->attempt.endpoint, is_good);
}

static void check_on_ended(struct attempt *attempt, enum reason reason)
{
    struct check *check = container_of(attempt, struct check, attempt);
    int status = attempt->answer.status;
    check_end(check, reason == REASON_NONE && status >= 200 && status <= 299);
}

static void check_is_late(struct timer *timer)
{
    struct check *check = container_of(timer, struct check, timer);
    transfer_cancel(&check->attempt);
    check_end(check, false);
}

static void check_start(struct check *check, const struct endpoint *endpoint)
{
    struct checked_service *of = check->of;
    const struct health_policy *policy = &of->guard->service->policies.health;
    struct loop *loop = of->checks->loop;
    arena_init(&check->arena, NULL, CHECK_MEMORY);
    check->is_on = true;
    check->request = (struct flight_request){
        .service = of->guard->service,
        .method = STR("GET"),
        .target = of->target,
        .header_lines = STR("accept: */*\r\n"),
        .max_response = CHECK_RESPONSE,
        .deadline = loop_now(loop) + policy->timeout,
    };
    check->attempt = (struct attempt){
        .request = &check->request,
        .endpoint = *endpoint,
        .arena = &check->arena,
        .ended = check_on_ended,
    };
    timer_start(&loop->timers, &check->timer, check->request.deadline);
    if (!transfer_start(of->checks->transports, &check->attempt))
        check_end(check, false);
}

static struct check *check_new(struct checked_service *of)
{
    struct check *check = calloc(1, sizeof(*check));
    if (check == NULL)
        abort();
    check->of = of;
    timer_init(&check->timer, check_is_late);
    return check;
}

static void service_check_all(struct timer *timer)
{
    struct checked_service *of = container_of(timer, struct checked_service, timer);
    struct loop *loop = of->checks->loop;
    struct endpoint endpoints[ENDPOINTS_MAXIMUM];
    uint32_t count = guard_endpoints(of->guard, endpoints, ENDPOINTS_MAXIMUM);
    for (uint32_t i = 0; i < count; i++) {
        struct check **check = &of->list[endpoints[i].slot];
        if (*check == NULL)
            *check = check_new(of);
        if (!(*check)->is_on)
            check_start(*check, &endpoints[i]);
    }
    timer_start(&loop->timers, &of->timer,
                loop_now(loop) + of->guard->service->policies.health.interval);
}

static struct str target_new(const struct service *service)
{
    struct str prefix = service->urls[0].prefix;
    struct str path = service->policies.health.path;
    char *text = malloc(prefix.length + path.length);
    if (text == NULL)
        abort();
    if (prefix.length > 0)
        memcpy(text, prefix.at, prefix.length);
    memcpy(text + prefix.length, path.at, path.length);
    return (struct str){text, prefix.length + path.length};
}

struct health_checks *health_checks_new(struct loop *loop, struct transports *transports,
                                        struct guards *guards)
{
    struct health_checks *checks = calloc(1, sizeof(*checks));
    if (checks == NULL)
        abort();
    *checks = (struct health_checks){.loop = loop, .transports = transports};
    checks->services = calloc(guards->count + 1, sizeof(*checks->services));
    if (checks->services == NULL)
        abort();
    for (uint32_t i = 0; i < guards->count; i++) {
        struct guard *guard = &guards->list[i];
        if (guard->service->policies.health.path.length == 0)
            continue;
        struct checked_service *of = &checks->services[checks->count++];
        of->checks = checks;
        of->guard = guard;
        of->target = target_new(guard->service);
        timer_init(&of->timer, service_check_all);
        timer_start(&loop->timers, &of->timer, loop_now(loop));
    }
    return checks;
}

static void check_free(struct check *check)
{
    if (check == NULL)
        return;
    if (check->is_on) {
        transfer_cancel(&check->attempt);
        timer_cancel(&check->of->checks->loop->timers, &check->timer);
        arena_done(&check->arena);
    }
    free(check);
}

void health_checks_free(struct health_checks *checks)
{
    if (checks == NULL)
        return;
    for (uint32_t i = 0; i < checks->count; i++) {
        struct checked_service *of = &checks->services[i];
        timer_cancel(&checks->loop->timers, &of->timer);
        for (uint32_t slot = 0; slot < ENDPOINTS_MAXIMUM; slot++)
            check_free(of->list[slot]);
        free((char *)(uintptr_t)of->target.at);
    }
    free(checks->services);
    free(checks);
}

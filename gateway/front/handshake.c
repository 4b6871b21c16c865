/* See handshake.h. */
#include "gateway/front/handshake.h"

#include "base/log.h"

#include <stdlib.h>

static void handshake_finish(struct handshake *handshake, enum tls_step step)
{
    struct loop *loop = handshake->all->loop;
    list_remove(&handshake->entry);
    loop_unwatch(loop, &handshake->watch);
    timer_cancel(&loop->timers, &handshake->clock);
    if (step != TLS_STEP_DONE)
        tls_session_free(handshake->tls);
    handshake->over(handshake, step);
    free(handshake);
}

/* Who is not served now is told again in the next turn: the watch is level-triggered. */
static bool handshakes_may_step(struct handshakes *handshakes)
{
    usec now = loop_now(handshakes->loop);
    if (handshakes->turn != now) {
        handshakes->turn = now;
        handshakes->steps = 0;
    }
    return handshakes->steps++ < HANDSHAKE_STEPS;
}

static void handshake_on_ready(struct watch *watch, uint32_t events)
{
    struct handshake *handshake = container_of(watch, struct handshake, watch);
    struct loop *loop = handshake->all->loop;
    const char *why = NULL;
    (void)events;
    if (!handshakes_may_step(handshake->all))
        return;
    enum tls_step step = tls_session_handshake(handshake->tls, &why);
    switch (step) {
    case TLS_STEP_READS:
        loop_change(loop, watch, EPOLLIN);
        return;
    case TLS_STEP_WRITES:
        loop_change(loop, watch, EPOLLOUT);
        return;
    default:
        if (step != TLS_STEP_DONE && why != NULL && log_is_on(LOG_DEBUG))
            log_write(LOG_DEBUG, "tls: a handshake failed: %s", why);
        handshake_finish(handshake, step);
        return;
    }
}

static void handshake_on_clock(struct timer *timer)
{
    handshake_finish(container_of(timer, struct handshake, clock), TLS_STEP_FAILED);
}

void handshakes_init(struct handshakes *handshakes, struct loop *loop)
{
    *handshakes = (struct handshakes){.loop = loop};
    list_init(&handshakes->list);
}

void handshakes_end(struct handshakes *handshakes)
{
    while (!list_is_empty(&handshakes->list))
        handshake_finish(container_of(handshakes->list.next, struct handshake, entry),
                         TLS_STEP_FAILED);
}

void handshakes_hurry(struct handshakes *handshakes, usec time)
{
    usec end = loop_now(handshakes->loop) + time;
    list_each (entry, &handshakes->list) {
        struct handshake *handshake = container_of(entry, struct handshake, entry);
        if (handshake->clock.due > end)
            timer_start(&handshakes->loop->timers, &handshake->clock, end);
    }
}

bool handshake_start(struct handshakes *handshakes, const struct handshake *begun, int fd,
                     usec time)
{
    struct handshake *handshake = malloc(sizeof *handshake);
    if (handshake == NULL)
        abort();
    *handshake = *begun;
    handshake->all = handshakes;
    handshake->watch = (struct watch){.fd = fd, .events = EPOLLIN, .ready = handshake_on_ready};
    timer_init(&handshake->clock, handshake_on_clock);
    if (loop_watch(handshakes->loop, &handshake->watch) != 0) {
        free(handshake);
        return false;
    }
    list_append(&handshakes->list, &handshake->entry);
    timer_start(&handshakes->loop->timers, &handshake->clock, loop_now(handshakes->loop) + time);
    return true;
}

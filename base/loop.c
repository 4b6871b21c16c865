/*
 * The event loop. Each watch knows its place in the batch of events at work, so that unwatching
 * strikes its event out; each task is in one list, so that cancelling takes it out wherever it is.
 * The loop itself never ends: its owner turns it as long as there is reason to.
 */
#include "base/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void loop_woken(struct watch *watch, uint32_t events)
{
    (void)events;
    eventfd_t count;
    (void)eventfd_read(watch->fd, &count);
}

static int loop_open(struct loop *loop)
{
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll < 0)
        return -errno;
    loop->wake.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->wake.fd < 0)
        return -errno;
    return loop_watch(loop, &loop->wake);
}

static void loop_clear(struct loop *loop)
{
    *loop = (struct loop){.epoll = -1};
    loop->wake = (struct watch){.fd = -1, .events = EPOLLIN, .ready = loop_woken};
    timers_init(&loop->timers);
    list_init(&loop->tasks);
}

int loop_init(struct loop *loop)
{
    loop_clear(loop);
    int failure = loop_open(loop);
    if (failure < 0) {
        loop_done(loop);
        return failure;
    }
    loop_refresh(loop);
    return 0;
}

void loop_init_virtual(struct loop *loop)
{
    loop_clear(loop);
    loop->is_virtual = true;
}

void loop_done(struct loop *loop)
{
    while (list_shift(&loop->tasks))
        ;
    timers_done(&loop->timers);
    if (loop->wake.fd >= 0)
        close(loop->wake.fd);
    if (loop->epoll >= 0)
        close(loop->epoll);
    loop->wake.fd = -1;
    loop->epoll = -1;
}

void loop_refresh(struct loop *loop)
{
    if (!loop->is_virtual)
        loop->now = clock_now();
}

void loop_wake(struct loop *loop)
{
    int kept = errno;
    /* It fails only when the counter is full, and then the loop is awake already. */
    (void)eventfd_write(loop->wake.fd, 1);
    errno = kept;
}

/* --- watches ------------------------------------------------------------------------------ */

static int loop_control(struct loop *loop, int operation, struct watch *watch)
{
    struct epoll_event event = {.events = watch->events, .data.ptr = watch};
    return epoll_ctl(loop->epoll, operation, watch->fd, &event) < 0 ? -errno : 0;
}

int loop_watch(struct loop *loop, struct watch *watch)
{
    assert(!watch->is_watched);
    int failure = loop_control(loop, EPOLL_CTL_ADD, watch);
    watch->place = 0;
    watch->is_watched = failure == 0;
    return failure;
}

int loop_change(struct loop *loop, struct watch *watch, uint32_t events)
{
    assert(watch->is_watched);
    if (watch->events == events)
        return 0;
    uint32_t before = watch->events;
    watch->events = events;
    int failure = loop_control(loop, EPOLL_CTL_MOD, watch);
    if (failure < 0)
        watch->events = before;
    return failure;
}

void loop_unwatch(struct loop *loop, struct watch *watch)
{
    if (!watch->is_watched)
        return;
    /* A descriptor that a library closed too early is gone from the set: no failure to report. */
    (void)loop_control(loop, EPOLL_CTL_DEL, watch);
    if (watch->place > 0)
        loop->batch[watch->place - 1].data.ptr = NULL;
    watch->place = 0;
    watch->is_watched = false;
}

/* --- tasks -------------------------------------------------------------------------------- */

void task_init(struct task *task, void (*run)(struct task *task))
{
    list_init(&task->entry);
    task->run = run;
}

void loop_defer(struct loop *loop, struct task *task)
{
    if (!task_is_waiting(task))
        list_append(&loop->tasks, &task->entry);
}

void task_cancel(struct task *task)
{
    list_remove(&task->entry);
}

/* Runs the tasks that wait now; those they defer stay for the next round. */
static void loop_run_round(struct loop *loop)
{
    /* `round` becomes the head of all that waits, and loop->tasks that of an empty list. */
    struct list round;
    list_append(&loop->tasks, &round);
    list_remove(&loop->tasks);
    for (struct list *entry = list_shift(&round); entry; entry = list_shift(&round)) {
        struct task *task = container_of(entry, struct task, entry);
        task->run(task);
    }
}

static void loop_run_tasks(struct loop *loop)
{
    for (int round = 0; round < LOOP_TASK_ROUNDS && !list_is_empty(&loop->tasks); round++)
        loop_run_round(loop);
}

/* --- the turn ----------------------------------------------------------------------------- */

/* Milliseconds for epoll_wait, -1 for ever; rounded up, or it would turn idly before a timer. */
static int loop_timeout(struct loop *loop, usec most_wait)
{
    if (!list_is_empty(&loop->tasks) || most_wait <= 0)
        return 0;
    usec next = timers_next(&loop->timers);
    if (next != USEC_NEVER) {
        loop_refresh(loop);
        if (next <= loop->now)
            return 0;
        if (next - loop->now < most_wait)
            most_wait = next - loop->now;
    }
    if (most_wait == USEC_NEVER)
        return -1;
    usec wait = most_wait / MILLISECOND + (most_wait % MILLISECOND > 0);
    return wait < INT_MAX ? (int)wait : INT_MAX;
}

static void loop_dispatch(struct loop *loop, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        ((struct watch *)loop->batch[i].data.ptr)->place = i + 1;
    for (uint32_t i = 0; i < count; i++) {
        struct watch *watch = loop->batch[i].data.ptr;
        if (!watch)
            continue;
        watch->place = 0;
        /* Events that an earlier callback of this batch has switched off are not wanted. */
        uint32_t events = loop->batch[i].events & (watch->events | EPOLLERR | EPOLLHUP);
        if (events != 0)
            watch->ready(watch, events);
    }
}

/*
 * Waits for events and calls what is ready. *ret_seen: when it was looked. What is due by then may
 * have its answer in the kernel still, behind a full batch: then it is looked again before any
 * timer fires. 0 or a negative errno.
 */
static int loop_wait(struct loop *loop, usec most_wait, usec *ret_seen)
{
    int timeout = loop_timeout(loop, most_wait);
    for (int look = 0; look < LOOP_LOOKS; look++) {
        int count = epoll_wait(loop->epoll, loop->batch, LOOP_BATCH, timeout);
        int failure = count < 0 && errno != EINTR ? -errno : 0;
        loop_refresh(loop);
        if (look == 0)
            *ret_seen = loop->now;
        if (count > 0)
            loop_dispatch(loop, (uint32_t)count);
        if (count < LOOP_BATCH || timers_next(&loop->timers) > *ret_seen)
            return failure;
        timeout = 0;
    }
    return 0;
}

/* The virtual waiting: it is over at once, and the time is what it would have been. */
static void loop_jump(struct loop *loop, usec most_wait)
{
    usec next = timers_next(&loop->timers);
    if (!list_is_empty(&loop->tasks) || most_wait <= 0 || next <= loop->now)
        return;
    bool is_bounded = most_wait < USEC_NEVER - loop->now;
    if (is_bounded && (next == USEC_NEVER || next - loop->now > most_wait))
        loop->now += most_wait;
    else if (next != USEC_NEVER)
        loop->now = next;
}

int loop_turn(struct loop *loop, usec most_wait)
{
    assert(!loop->is_in_turn);
    loop->is_in_turn = true;
    int failure = 0;
    usec seen = loop->now;
    if (loop->is_virtual)
        loop_jump(loop, most_wait);
    else
        failure = loop_wait(loop, most_wait, &seen);
    timers_fire(&loop->timers, loop->is_virtual ? loop->now : seen);
    loop_run_tasks(loop);
    loop->is_in_turn = false;
    return failure;
}

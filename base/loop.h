/*
 * The event loop of one thread: file descriptors (epoll), timers, and tasks that wait for the end
 * of the turn. Watches and tasks are embedded in what they belong to and found back with
 * container_of. Everything but loop_wake() belongs to the loop's thread.
 */
#ifndef BRAID_BASE_LOOP_H
#define BRAID_BASE_LOOP_H

#include "base/clock.h"
#include "base/list.h"
#include "base/timer.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#define LOOP_BATCH       128 /* events per turn; more wait in the kernel for the next one */
#define LOOP_LOOKS       32  /* for more than a batch, while a timer is due */
#define LOOP_TASK_ROUNDS 64  /* tasks deferred by tasks deferred by tasks, … in one turn */

/* The first three are set by the owner, the rest is zero at first and private. */
struct watch {
    int fd;
    uint32_t events; /* EPOLLIN, EPOLLOUT, EPOLLRDHUP, …; EPOLLERR and EPOLLHUP always come */
    void (*ready)(struct watch *watch, uint32_t events);
    uint32_t place; /* in the batch at work, plus one */
    bool is_watched;
};

struct task {
    struct list entry;
    void (*run)(struct task *task);
};

struct loop {
    struct timers timers; /* for timer_start(&loop->timers, …) */
    usec now;
    struct list tasks;
    struct watch wake;
    int epoll;
    bool is_in_turn;
    bool is_virtual;
    struct epoll_event batch[LOOP_BATCH];
};

/* 0 or a negative errno; nothing is left behind on failure. The loop must not move in memory. */
int loop_init(struct loop *loop);

/*
 * A loop whose time passes only by waiting: it begins at 0, has no descriptors, and a turn that
 * would wait jumps to the next timer instead. Nothing can be watched on it (-EBADF) and nobody
 * else may wake it.
 */
void loop_init_virtual(struct loop *loop);

/* Watches, timers and tasks that are left are forgotten; descriptors stay open. */
void loop_done(struct loop *loop);

/*
 * Waits for events, at most `most_wait` (0: only looks; USEC_NEVER: until something happens or
 * loop_wake()), then calls what is ready, fires what is due, runs what was deferred. A timer fires
 * only behind all that was ready when it was due: an answer that has come is not too late because
 * the turn was. 0, also when a signal ended the waiting, or a negative errno.
 */
int loop_turn(struct loop *loop, usec most_wait);

/* Ends the waiting of the turn at work, or of the next one. Any thread, also signal handlers. */
void loop_wake(struct loop *loop);

/* The monotonic time, read once per turn after the waiting, and when somebody refreshes it. */
static inline usec loop_now(const struct loop *loop)
{
    return loop->now;
}

/* Reads the clock again, after long work. Virtual time stays. */
void loop_refresh(struct loop *loop);

/*
 * Keeps the watch until loop_unwatch(). One watch per descriptor. 0 or a negative errno (EPERM: a
 * regular file; EEXIST: watched already).
 */
int loop_watch(struct loop *loop, struct watch *watch);

/* Other events from now on, also for the batch at work. 0 or a negative errno. */
int loop_change(struct loop *loop, struct watch *watch, uint32_t events);

/*
 * No event reaches the watch after this, not even one of the batch at work: its memory may be
 * freed or used again at once. To be called before the descriptor is closed. Nothing if not
 * watched.
 */
void loop_unwatch(struct loop *loop, struct watch *watch);

void task_init(struct task *task, void (*run)(struct task *task));

/* Runs the task once, at the end of the turn; nothing if it waits already. Keeps it until then. */
void loop_defer(struct loop *loop, struct task *task);

/* Nothing if it does not wait. */
void task_cancel(struct task *task);

static inline bool task_is_waiting(const struct task *task)
{
    return !list_is_empty(&task->entry);
}

#endif

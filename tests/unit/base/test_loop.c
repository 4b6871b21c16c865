/* The loop: who is called in a turn, in which order, and who is not called any more. */
#include "base/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

static int set_up(void **state)
{
    static struct loop loop;
    assert_int_equal(loop_init(&loop), 0);
    *state = &loop;
    return 0;
}

static int tear_down(void **state)
{
    loop_done(*state);
    return 0;
}

/* A door stands for a connection: an eventfd that is ready when somebody knocks. */
struct door {
    struct watch watch;
    struct loop *loop;
    unsigned opened;
    uint32_t events;
    struct door *removes;
    struct door *silences;
};

static void door_ready(struct watch *watch, uint32_t events)
{
    struct door *door = container_of(watch, struct door, watch);
    door->opened++;
    door->events = events;
    if (door->removes)
        loop_unwatch(door->loop, &door->removes->watch);
    if (door->silences)
        assert_int_equal(loop_change(door->loop, &door->silences->watch, 0), 0);
}

static void door_init(struct door *door, struct loop *loop)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert_true(fd >= 0);
    *door = (struct door){
        .watch = {.fd = fd, .events = EPOLLIN, .ready = door_ready},
        .loop = loop,
    };
    assert_int_equal(loop_watch(loop, &door->watch), 0);
}

static void door_knock(struct door *door)
{
    assert_int_equal(eventfd_write(door->watch.fd, 1), 0);
}

static void door_done(struct door *door)
{
    loop_unwatch(door->loop, &door->watch);
    close(door->watch.fd);
}

static void test_ready_is_called_with_its_events(void **state)
{
    struct loop *loop = *state;
    struct door door;
    door_init(&door, loop);
    assert_int_equal(loop_turn(loop, 0), 0);
    assert_int_equal(door.opened, 0);
    door_knock(&door);
    assert_int_equal(loop_turn(loop, USEC_NEVER), 0);
    assert_int_equal(door.opened, 1);
    assert_int_equal(door.events, EPOLLIN);
    /* Level-triggered: as long as nobody reads, it is ready. */
    loop_turn(loop, USEC_NEVER);
    assert_int_equal(door.opened, 2);
    assert_int_equal(loop_change(loop, &door.watch, EPOLLIN | EPOLLOUT), 0);
    loop_turn(loop, USEC_NEVER);
    assert_int_equal(door.events, EPOLLIN | EPOLLOUT);
    door_done(&door);
    door_done(&door);
}

static void test_a_closed_pipe_hangs_up_whatever_is_watched(void **state)
{
    struct loop *loop = *state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct door door = {.watch = {.fd = ends[0], .events = 0, .ready = door_ready}, .loop = loop};
    assert_int_equal(loop_watch(loop, &door.watch), 0);
    loop_turn(loop, 0);
    assert_int_equal(door.opened, 0);
    close(ends[1]);
    loop_turn(loop, USEC_NEVER);
    assert_int_equal(door.opened, 1);
    assert_int_equal(door.events, EPOLLHUP);
    door_done(&door);
}

static void test_what_cannot_be_watched_is_refused(void **state)
{
    struct loop *loop = *state;
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    struct watch watch = {.fd = fd, .events = EPOLLIN, .ready = door_ready};
    assert_int_equal(loop_watch(loop, &watch), -EPERM);
    assert_false(watch.is_watched);
    close(fd);
    assert_int_equal(loop_watch(loop, &watch), -EBADF);
    loop_unwatch(loop, &watch);

    struct door door;
    door_init(&door, loop);
    struct watch second = {.fd = door.watch.fd, .events = EPOLLIN, .ready = door_ready};
    assert_int_equal(loop_watch(loop, &second), -EEXIST);
    door_done(&door);
}

/* Two doors are knocked at; whichever opens first removes the other, which is freed at once. */
static void door_ready_frees_other(struct watch *watch, uint32_t events)
{
    (void)events;
    struct door *door = container_of(watch, struct door, watch);
    door->opened++;
    struct door *other = door->removes;
    door_done(other);
    memset(other, 0xee, sizeof(*other));
    free(other);
}

static void test_no_event_reaches_what_was_unwatched_in_the_batch(void **state)
{
    struct loop *loop = *state;
    struct door *doors[2];
    for (int i = 0; i < 2; i++) {
        doors[i] = malloc(sizeof(*doors[i]));
        assert_non_null(doors[i]);
        door_init(doors[i], loop);
        doors[i]->watch.ready = door_ready_frees_other;
        door_knock(doors[i]);
    }
    doors[0]->removes = doors[1];
    doors[1]->removes = doors[0];
    /* epoll reports in the order of readiness: the first one lives. */
    loop_turn(loop, USEC_NEVER);
    assert_int_equal(doors[0]->opened, 1);
    door_done(doors[0]);
    free(doors[0]);
}

static void test_memory_used_again_in_the_batch_gets_no_old_event(void **state)
{
    struct loop *loop = *state;
    struct door first, second, third;
    door_init(&first, loop);
    door_init(&second, loop);
    door_knock(&first);
    door_knock(&second);
    first.removes = &second;
    int old = second.watch.fd;
    loop_turn(loop, USEC_NEVER);
    close(old);
    assert_int_equal(second.opened, 0);
    door_init(&third, loop);
    second = third;
    loop_unwatch(loop, &third.watch);
    second.watch.is_watched = false;
    assert_int_equal(loop_watch(loop, &second.watch), 0);
    first.removes = NULL;
    loop_turn(loop, USEC_NEVER);
    assert_int_equal(second.opened, 0);
    door_knock(&second);
    loop_turn(loop, USEC_NEVER);
    assert_int_equal(second.opened, 1);
    door_done(&first);
    door_done(&second);
}

static void test_a_watch_may_remove_itself(void **state)
{
    struct loop *loop = *state;
    struct door door;
    door_init(&door, loop);
    door.removes = &door;
    door_knock(&door);
    loop_turn(loop, USEC_NEVER);
    loop_turn(loop, 0);
    assert_int_equal(door.opened, 1);
    door_done(&door);
}

static void test_events_switched_off_in_the_batch_do_not_come(void **state)
{
    struct loop *loop = *state;
    struct door first, second;
    door_init(&first, loop);
    door_init(&second, loop);
    first.silences = &second;
    door_knock(&first);
    door_knock(&second);
    loop_turn(loop, USEC_NEVER);
    assert_int_equal(first.opened, 1);
    assert_int_equal(second.opened, 0);
    assert_int_equal(loop_change(loop, &second.watch, EPOLLIN), 0);
    first.silences = NULL;
    loop_turn(loop, USEC_NEVER);
    assert_int_equal(second.opened, 1);
    door_done(&first);
    door_done(&second);
}

static void test_more_doors_than_a_batch_are_all_served(void **state)
{
    struct loop *loop = *state;
    enum { COUNT = 2 * LOOP_BATCH + 10 };
    static struct door doors[COUNT];
    for (int i = 0; i < COUNT; i++) {
        door_init(&doors[i], loop);
        door_knock(&doors[i]);
    }
    for (int turn = 0; turn < 3; turn++)
        loop_turn(loop, 0);
    for (int i = 0; i < COUNT; i++) {
        assert_in_range(doors[i].opened, 1, 3);
        door_done(&doors[i]);
    }
}

struct patience {
    struct timer timer;
    const struct door *doors;
    int count;
    int opened; /* of them, when it was over */
};

static void patience_is_over(struct timer *timer)
{
    struct patience *patience = container_of(timer, struct patience, timer);
    for (int i = 0; i < patience->count; i++)
        patience->opened += patience->doors[i].opened > 0;
}

static void test_what_is_ready_comes_before_what_is_due(void **state)
{
    struct loop *loop = *state;
    enum { COUNT = 2 * LOOP_BATCH + 10 };
    static struct door doors[COUNT];
    struct patience patience = {.doors = doors, .count = COUNT};
    timer_init(&patience.timer, patience_is_over);
    timer_start(&loop->timers, &patience.timer, 0);
    for (int i = 0; i < COUNT; i++) {
        door_init(&doors[i], loop);
        door_knock(&doors[i]);
    }
    loop_turn(loop, 0);
    assert_int_equal(patience.opened, COUNT);
    for (int i = 0; i < COUNT; i++)
        door_done(&doors[i]);
}

/* --- tasks -------------------------------------------------------------------------------- */

struct chore {
    struct task task;
    struct loop *loop;
    unsigned runs;
    struct chore *defers;
    struct chore *cancels;
};

static void chore_run(struct task *task)
{
    struct chore *chore = container_of(task, struct chore, task);
    assert_false(task_is_waiting(task));
    chore->runs++;
    if (chore->cancels)
        task_cancel(&chore->cancels->task);
    if (chore->defers)
        loop_defer(chore->loop, &chore->defers->task);
}

static void chore_init(struct chore *chore, struct loop *loop)
{
    *chore = (struct chore){.loop = loop};
    task_init(&chore->task, chore_run);
}

static void test_a_task_runs_once_at_the_end_of_the_turn(void **state)
{
    struct loop *loop = *state;
    struct chore first, second;
    chore_init(&first, loop);
    chore_init(&second, loop);
    first.defers = &second;
    loop_defer(loop, &first.task);
    loop_defer(loop, &first.task);
    assert_true(task_is_waiting(&first.task));
    assert_int_equal(first.runs, 0);
    /* Tasks wait: the turn does not, and what the first defers runs in the same turn. */
    loop_turn(loop, USEC_NEVER);
    assert_int_equal(first.runs, 1);
    assert_int_equal(second.runs, 1);
    loop_turn(loop, 0);
    assert_int_equal(first.runs, 1);
    assert_int_equal(second.runs, 1);
}

static void test_a_cancelled_task_does_not_run(void **state)
{
    struct loop *loop = *state;
    struct chore first, second;
    chore_init(&first, loop);
    chore_init(&second, loop);
    task_cancel(&first.task);
    loop_defer(loop, &first.task);
    loop_defer(loop, &second.task);
    /* Both are in the same round when the first cancels the second. */
    first.cancels = &second;
    loop_turn(loop, 0);
    assert_int_equal(first.runs, 1);
    assert_int_equal(second.runs, 0);
    loop_defer(loop, &second.task);
    task_cancel(&second.task);
    loop_turn(loop, 0);
    assert_int_equal(second.runs, 0);
}

static void test_tasks_without_end_do_not_hold_the_turn(void **state)
{
    struct loop *loop = *state;
    struct chore chore;
    struct door door;
    door_init(&door, loop);
    chore_init(&chore, loop);
    chore.defers = &chore;
    loop_defer(loop, &chore.task);
    loop_turn(loop, USEC_NEVER);
    assert_int_equal(chore.runs, LOOP_TASK_ROUNDS);
    door_knock(&door);
    loop_turn(loop, USEC_NEVER);
    assert_int_equal(chore.runs, 2 * LOOP_TASK_ROUNDS);
    assert_int_equal(door.opened, 1);
    task_cancel(&chore.task);
    door_done(&door);
}

/* --- time --------------------------------------------------------------------------------- */

struct bell {
    struct timer timer;
    struct loop *loop;
    unsigned rings;
    usec rang_at;
};

static void bell_rings(struct timer *timer)
{
    struct bell *bell = container_of(timer, struct bell, timer);
    bell->rings++;
    bell->rang_at = loop_now(bell->loop);
}

static void test_a_turn_ends_when_a_timer_is_due(void **state)
{
    struct loop *loop = *state;
    struct bell bell = {.loop = loop};
    timer_init(&bell.timer, bell_rings);
    timer_start(&loop->timers, &bell.timer, loop_now(loop) + HOUR);
    loop_turn(loop, 0);
    assert_int_equal(bell.rings, 0);
    usec due = loop_now(loop) + 2500;
    timer_start(&loop->timers, &bell.timer, due);
    /* Rounded up: one turn is enough. */
    loop_turn(loop, USEC_NEVER);
    assert_int_equal(bell.rings, 1);
    assert_true(bell.rang_at >= due);
    timer_start(&loop->timers, &bell.timer, due);
    loop_turn(loop, USEC_NEVER);
    assert_int_equal(bell.rings, 2);
}

static void test_a_turn_waits_no_longer_than_told(void **state)
{
    struct loop *loop = *state;
    struct bell bell = {.loop = loop};
    timer_init(&bell.timer, bell_rings);
    loop_refresh(loop);
    usec before = loop_now(loop);
    timer_start(&loop->timers, &bell.timer, before + HOUR);
    loop_turn(loop, 1500);
    assert_in_range(loop_now(loop) - before, 1500, 30 * MINUTE);
    assert_int_equal(bell.rings, 0);
    timer_cancel(&loop->timers, &bell.timer);
}

static char order[8];

static void order_note(char letter)
{
    order[strlen(order)] = letter;
}

static void note_watch(struct watch *watch, uint32_t events)
{
    (void)watch;
    (void)events;
    order_note('w');
}

static void note_timer(struct timer *timer)
{
    (void)timer;
    order_note('t');
}

static void note_task(struct task *task)
{
    (void)task;
    order_note('d');
}

static void test_watches_then_timers_then_tasks(void **state)
{
    struct loop *loop = *state;
    struct door door;
    struct timer timer;
    struct task task;
    memset(order, 0, sizeof(order));
    door_init(&door, loop);
    door.watch.ready = note_watch;
    timer_init(&timer, note_timer);
    task_init(&task, note_task);
    loop_defer(loop, &task);
    timer_start(&loop->timers, &timer, loop_now(loop));
    door_knock(&door);
    loop_turn(loop, USEC_NEVER);
    assert_string_equal(order, "wtd");
    door_done(&door);
}

/* --- others ------------------------------------------------------------------------------- */

static void *wake_from_afar(void *argument)
{
    loop_wake(argument);
    return NULL;
}

static void test_another_thread_wakes_it(void **state)
{
    struct loop *loop = *state;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, wake_from_afar, loop), 0);
    /* Without the waking this would never return. */
    assert_int_equal(loop_turn(loop, USEC_NEVER), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    /* Many wakings are one. */
    for (int i = 0; i < 5; i++)
        loop_wake(loop);
    loop_turn(loop, USEC_NEVER);
    assert_int_equal(epoll_wait(loop->epoll, loop->batch, 1, 0), 0);
}

static struct loop *signalled_loop;

static void on_signal(int number)
{
    (void)number;
    loop_wake(signalled_loop);
}

static void test_a_signal_wakes_it_and_errno_stays(void **state)
{
    signalled_loop = *state;
    struct sigaction action = {.sa_handler = on_signal};
    struct sigaction before;
    assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
    errno = 1234;
    raise(SIGUSR1);
    assert_int_equal(errno, 1234);
    assert_int_equal(loop_turn(signalled_loop, USEC_NEVER), 0);
    sigaction(SIGUSR1, &before, NULL);
}

static void test_no_descriptors_no_loop_nothing_left(void **state)
{
    (void)state;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    int next = dup(STDERR_FILENO);
    assert_true(next >= 0);
    close(next);
    for (int allowed = 0; allowed < 2; allowed++) {
        struct rlimit tight = {(rlim_t)(next + allowed), limit.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
        struct loop loop;
        int failure = loop_init(&loop);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
        assert_int_equal(failure, -EMFILE);
    }
    int again = dup(STDERR_FILENO);
    assert_int_equal(again, next);
    close(again);
}

/* --- virtual time -------------------------------------------------------------------------- */

struct alarm_clock {
    struct timer timer;
    struct task task;
    struct loop *loop;
    usec rang;
    usec ran;
};

static void alarm_runs(struct task *task)
{
    struct alarm_clock *clock = container_of(task, struct alarm_clock, task);
    clock->ran = loop_now(clock->loop);
}

static void alarm_rings(struct timer *timer)
{
    struct alarm_clock *clock = container_of(timer, struct alarm_clock, timer);
    clock->rang = loop_now(clock->loop);
    loop_defer(clock->loop, &clock->task);
}

static void alarm_set(struct alarm_clock *clock, struct loop *loop, usec due)
{
    *clock = (struct alarm_clock){.loop = loop, .rang = -1, .ran = -1};
    timer_init(&clock->timer, alarm_rings);
    task_init(&clock->task, alarm_runs);
    timer_start(&loop->timers, &clock->timer, due);
}

static void test_virtual_time_jumps_from_timer_to_timer(void **state)
{
    (void)state;
    struct loop loop;
    struct alarm_clock soon, late;
    loop_init_virtual(&loop);
    assert_int_equal(loop_now(&loop), 0);
    alarm_set(&late, &loop, 24 * HOUR);
    alarm_set(&soon, &loop, 3 * SECOND);
    assert_int_equal(loop_turn(&loop, USEC_NEVER), 0);
    assert_int_equal(soon.rang, 3 * SECOND);
    assert_int_equal(soon.ran, 3 * SECOND); /* the task of the same turn: no time has passed */
    assert_int_equal(late.rang, -1);
    assert_int_equal(loop_turn(&loop, USEC_NEVER), 0);
    assert_int_equal(late.rang, 24 * HOUR);
    loop_done(&loop);
}

static void test_virtual_time_stands_while_there_is_something_to_do(void **state)
{
    (void)state;
    struct loop loop;
    struct alarm_clock clock;
    loop_init_virtual(&loop);
    alarm_set(&clock, &loop, SECOND);
    loop_defer(&loop, &clock.task);
    loop_turn(&loop, USEC_NEVER);
    assert_int_equal(clock.ran, 0);
    assert_int_equal(clock.rang, -1);
    loop_refresh(&loop); /* no clock is read */
    assert_int_equal(loop_now(&loop), 0);
    loop_turn(&loop, 0); /* looks only */
    assert_int_equal(loop_now(&loop), 0);
    loop_turn(&loop, 400 * MILLISECOND);
    assert_int_equal(loop_now(&loop), 400 * MILLISECOND);
    loop_turn(&loop, 600 * MILLISECOND);
    assert_int_equal(clock.rang, SECOND);
    loop_turn(&loop, USEC_NEVER); /* nothing is left to wait for */
    assert_int_equal(loop_now(&loop), SECOND);
    loop_done(&loop);
}

static void test_nothing_can_be_watched_in_virtual_time(void **state)
{
    (void)state;
    struct loop loop;
    struct watch watch = {.fd = STDERR_FILENO, .events = EPOLLIN};
    loop_init_virtual(&loop);
    assert_int_equal(loop_watch(&loop, &watch), -EBADF);
    assert_false(watch.is_watched);
    loop_done(&loop);
}

int main(void)
{
#define WITH_LOOP(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_LOOP(test_ready_is_called_with_its_events),
        WITH_LOOP(test_a_closed_pipe_hangs_up_whatever_is_watched),
        WITH_LOOP(test_what_cannot_be_watched_is_refused),
        WITH_LOOP(test_no_event_reaches_what_was_unwatched_in_the_batch),
        WITH_LOOP(test_memory_used_again_in_the_batch_gets_no_old_event),
        WITH_LOOP(test_a_watch_may_remove_itself),
        WITH_LOOP(test_events_switched_off_in_the_batch_do_not_come),
        WITH_LOOP(test_more_doors_than_a_batch_are_all_served),
        WITH_LOOP(test_what_is_ready_comes_before_what_is_due),
        WITH_LOOP(test_a_task_runs_once_at_the_end_of_the_turn),
        WITH_LOOP(test_a_cancelled_task_does_not_run),
        WITH_LOOP(test_tasks_without_end_do_not_hold_the_turn),
        WITH_LOOP(test_a_turn_ends_when_a_timer_is_due),
        WITH_LOOP(test_a_turn_waits_no_longer_than_told),
        WITH_LOOP(test_watches_then_timers_then_tasks),
        WITH_LOOP(test_another_thread_wakes_it),
        WITH_LOOP(test_a_signal_wakes_it_and_errno_stays),
        cmocka_unit_test(test_no_descriptors_no_loop_nothing_left),
        cmocka_unit_test(test_virtual_time_jumps_from_timer_to_timer),
        cmocka_unit_test(test_virtual_time_stands_while_there_is_something_to_do),
        cmocka_unit_test(test_nothing_can_be_watched_in_virtual_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Timers: order, restarting, and what callbacks may do to others. Time is a number here. */
#include "base/timer.h"

#include "base/list.h"
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* An alarm writes its letter into the diary when it fires, and may then do something more. */
struct alarm {
    struct timer timer;
    struct story *story;
    char letter;
    struct alarm *cancels;
    struct alarm *starts;
    usec starts_at;
};

struct story {
    struct timers timers;
    char diary[64];
    size_t length;
};

static void alarm_fired(struct timer *timer)
{
    struct alarm *alarm = container_of(timer, struct alarm, timer);
    struct story *story = alarm->story;
    assert_false(timer_is_running(timer));
    story->diary[story->length++] = alarm->letter;
    if (alarm->cancels)
        timer_cancel(&story->timers, &alarm->cancels->timer);
    if (alarm->starts)
        timer_start(&story->timers, &alarm->starts->timer, alarm->starts_at);
}

static struct alarm alarm_of(struct story *story, char letter)
{
    struct alarm alarm = {.story = story, .letter = letter};
    timer_init(&alarm.timer, alarm_fired);
    return alarm;
}

static void story_begin(struct story *story)
{
    memset(story, 0, sizeof(*story));
    timers_init(&story->timers);
}

static void test_they_fire_in_order_of_time(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    struct alarm a = alarm_of(&story, 'a'), b = alarm_of(&story, 'b'), c = alarm_of(&story, 'c');
    assert_true(timers_next(&story.timers) == USEC_NEVER);
    timer_start(&story.timers, &c.timer, 30);
    timer_start(&story.timers, &a.timer, 10);
    timer_start(&story.timers, &b.timer, 20);
    assert_int_equal(timers_next(&story.timers), 10);
    timers_fire(&story.timers, 9);
    assert_string_equal(story.diary, "");
    timers_fire(&story.timers, 20);
    assert_string_equal(story.diary, "ab");
    assert_false(timer_is_running(&a.timer));
    assert_true(timer_is_running(&c.timer));
    assert_int_equal(timers_next(&story.timers), 30);
    timers_fire(&story.timers, 1000);
    timers_fire(&story.timers, 1000);
    assert_string_equal(story.diary, "abc");
    assert_true(timers_next(&story.timers) == USEC_NEVER);
    timers_done(&story.timers);
}

static void test_starting_again_moves(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    struct alarm a = alarm_of(&story, 'a'), b = alarm_of(&story, 'b');
    timer_start(&story.timers, &a.timer, 10);
    timer_start(&story.timers, &b.timer, 20);
    timer_start(&story.timers, &a.timer, 30);
    assert_int_equal(timers_next(&story.timers), 20);
    assert_int_equal(story.timers.count, 2);
    timer_start(&story.timers, &b.timer, 40);
    timer_start(&story.timers, &b.timer, 25);
    timers_fire(&story.timers, 100);
    assert_string_equal(story.diary, "ba");
    timers_done(&story.timers);
}

static void test_cancelled_is_cancelled(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    struct alarm a = alarm_of(&story, 'a'), b = alarm_of(&story, 'b');
    timer_cancel(&story.timers, &a.timer);
    timer_start(&story.timers, &a.timer, 10);
    timer_start(&story.timers, &b.timer, 20);
    timer_cancel(&story.timers, &a.timer);
    timer_cancel(&story.timers, &a.timer);
    assert_false(timer_is_running(&a.timer));
    timers_fire(&story.timers, 100);
    assert_string_equal(story.diary, "b");
    timers_done(&story.timers);
}

static void test_a_callback_cancels_one_that_is_due_too(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    struct alarm a = alarm_of(&story, 'a'), b = alarm_of(&story, 'b'), c = alarm_of(&story, 'c');
    a.cancels = &b;
    timer_start(&story.timers, &a.timer, 10);
    timer_start(&story.timers, &b.timer, 20);
    timer_start(&story.timers, &c.timer, 30);
    timers_fire(&story.timers, 100);
    assert_string_equal(story.diary, "ac");
    assert_false(timer_is_running(&b.timer));
    /* The cancelled one can be used as before. */
    timer_start(&story.timers, &b.timer, 110);
    timers_fire(&story.timers, 110);
    assert_string_equal(story.diary, "acb");
    timers_done(&story.timers);
}

static void test_a_callback_postpones_one_that_is_due_too(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    struct alarm a = alarm_of(&story, 'a'), b = alarm_of(&story, 'b');
    a.starts = &b;
    a.starts_at = 200;
    timer_start(&story.timers, &a.timer, 10);
    timer_start(&story.timers, &b.timer, 20);
    timers_fire(&story.timers, 100);
    assert_string_equal(story.diary, "a");
    assert_int_equal(timers_next(&story.timers), 200);
    timers_fire(&story.timers, 200);
    assert_string_equal(story.diary, "ab");
    timers_done(&story.timers);
}

static void test_what_a_callback_starts_waits_for_the_next_call(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    struct alarm a = alarm_of(&story, 'a'), b = alarm_of(&story, 'b');
    a.starts = &a;
    a.starts_at = 5;
    timer_start(&story.timers, &a.timer, 10);
    timer_start(&story.timers, &b.timer, 20);
    timers_fire(&story.timers, 100);
    assert_string_equal(story.diary, "ab");
    assert_int_equal(timers_next(&story.timers), 5);
    timers_fire(&story.timers, 100);
    assert_string_equal(story.diary, "aba");
    timers_done(&story.timers);
}

static void owner_freed(struct timer *timer)
{
    free(container_of(timer, struct alarm, timer));
}

static void test_a_callback_may_free_its_timer(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    for (int i = 0; i < 10; i++) {
        struct alarm *alarm = malloc(sizeof(*alarm));
        assert_non_null(alarm);
        timer_init(&alarm->timer, owner_freed);
        timer_start(&story.timers, &alarm->timer, i);
    }
    timers_fire(&story.timers, 4);
    assert_int_equal(story.timers.count, 5);
    timers_fire(&story.timers, 9);
    assert_int_equal(story.timers.count, 0);
    timers_done(&story.timers);
}

/* Many timers, started, moved, cancelled and fired by chance, against a plain table of due times.
 */
enum { CROWD = 500 };
static usec expected[CROWD];
static struct timer crowd[CROWD];
static usec last_fired;
static size_t fired_count;

static void crowd_fired(struct timer *timer)
{
    size_t which = (size_t)(timer - crowd);
    assert_true(expected[which] == timer->due);
    assert_true(last_fired <= timer->due);
    last_fired = timer->due;
    expected[which] = USEC_NEVER;
    fired_count++;
}

static size_t crowd_due(usec now)
{
    size_t count = 0;
    for (int i = 0; i < CROWD; i++)
        count += expected[i] <= now;
    return count;
}

static void crowd_act(struct timers *timers, struct random *random, usec now)
{
    size_t which = random_below(random, CROWD);
    if (random_below(random, 4) == 0) {
        timer_cancel(timers, &crowd[which]);
        expected[which] = USEC_NEVER;
    } else {
        expected[which] = now + (usec)random_below(random, 1000);
        timer_start(timers, &crowd[which], expected[which]);
    }
}

static void test_a_crowd_keeps_its_order(void **state)
{
    (void)state;
    struct random random = {{1, 2, 3, 4}};
    struct timers timers;
    timers_init(&timers);
    for (int i = 0; i < CROWD; i++) {
        expected[i] = USEC_NEVER;
        timer_init(&crowd[i], crowd_fired);
    }
    for (usec now = 0; now < 5000; now += (usec)random_below(&random, 20)) {
        for (int i = 0; i < 20; i++)
            crowd_act(&timers, &random, now);
        size_t due = crowd_due(now);
        last_fired = -1;
        fired_count = 0;
        timers_fire(&timers, now);
        assert_int_equal(fired_count, due);
        assert_int_equal(crowd_due(now), 0);
        assert_int_equal(timers.count, crowd_due(USEC_NEVER - 1));
        assert_true(timers_next(&timers) > now);
    }
    timers_done(&timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_they_fire_in_order_of_time),
        cmocka_unit_test(test_starting_again_moves),
        cmocka_unit_test(test_cancelled_is_cancelled),
        cmocka_unit_test(test_a_callback_cancels_one_that_is_due_too),
        cmocka_unit_test(test_a_callback_postpones_one_that_is_due_too),
        cmocka_unit_test(test_what_a_callback_starts_waits_for_the_next_call),
        cmocka_unit_test(test_a_callback_may_free_its_timer),
        cmocka_unit_test(test_a_crowd_keeps_its_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

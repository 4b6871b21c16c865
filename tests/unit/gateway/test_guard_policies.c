/*
 * The policies that guard a service, each as a story with a clock that only the test moves.
 */
#include "config/url.h"
#include "gateway/guard/balance.h"
#include "gateway/guard/breaker.h"
#include "gateway/guard/latency.h"
#include "gateway/guard/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* --- the breaker -------------------------------------------------------------------------- */

static const struct breaker_policy half = {
    .failure_rate = 0.5, .minimum = 4, .window = 10 * SECOND, .open = 5 * SECOND, .probes = 2};

static void attempts(struct breaker *breaker, usec now, int count, bool has_failed)
{
    for (int i = 0; i < count; i++) {
        uint32_t epoch = 0;
        assert_true(breaker_admit(breaker, now, &epoch));
        breaker_record(breaker, now, epoch, 0, has_failed);
    }
}

static void a_breaker_opens_at_its_rate_and_not_below_its_minimum(void **state)
{
    (void)state;
    struct breaker breaker;
    uint32_t epoch;
    breaker_init(&breaker, &half);
    attempts(&breaker, SECOND, 3, true); /* all of them, but three are too few */
    assert_int_equal(breaker.state, BREAKER_CLOSED);
    attempts(&breaker, 2 * SECOND, 4, false); /* 3 of 7 */
    attempts(&breaker, 3 * SECOND, 1, true);  /* 4 of 8: half of them */
    assert_int_equal(breaker.state, BREAKER_OPEN);
    assert_false(breaker_admit(&breaker, 3 * SECOND, &epoch));
    assert_int_equal(breaker_wait(&breaker, 4 * SECOND), 4 * SECOND);
}

static void failures_are_forgotten_with_the_window(void **state)
{
    (void)state;
    struct breaker breaker;
    breaker_init(&breaker, &half);
    attempts(&breaker, SECOND, 3, true);
    attempts(&breaker, 11 * SECOND, 1, true); /* the three are ten seconds old */
    assert_int_equal(breaker.state, BREAKER_CLOSED);
    assert_int_equal(breaker.window.sum.all, 1);
    attempts(&breaker, 12 * SECOND, 3, true);
    assert_int_equal(breaker.state, BREAKER_OPEN);
}

static void half_open_lets_exactly_its_probes_through(void **state)
{
    (void)state;
    struct breaker breaker;
    uint32_t first, second, none;
    breaker_init(&breaker, &half);
    attempts(&breaker, SECOND, 4, true);
    assert_false(breaker_admit(&breaker, 6 * SECOND - 1, &none));
    assert_true(breaker_admit(&breaker, 6 * SECOND, &first));
    assert_true(breaker_admit(&breaker, 6 * SECOND, &second));
    for (int i = 0; i < 1000; i++)
        assert_false(breaker_admit(&breaker, 6 * SECOND, &none));
    breaker_record(&breaker, 6 * SECOND, first, 0, false);
    assert_int_equal(breaker.state, BREAKER_HALF_OPEN);
    assert_false(breaker_admit(&breaker, 6 * SECOND, &none));
    breaker_record(&breaker, 6 * SECOND, second, 0, false);
    assert_int_equal(breaker.state, BREAKER_CLOSED);
}

static void a_probe_that_fails_opens_it_again(void **state)
{
    (void)state;
    struct breaker breaker;
    uint32_t first, second, none;
    breaker_init(&breaker, &half);
    attempts(&breaker, SECOND, 4, true);
    assert_true(breaker_admit(&breaker, 6 * SECOND, &first));
    assert_true(breaker_admit(&breaker, 6 * SECOND, &second));
    breaker_record(&breaker, 7 * SECOND, first, 0, true);
    assert_int_equal(breaker.state, BREAKER_OPEN);
    assert_false(breaker_admit(&breaker, 11 * SECOND, &none));
    breaker_record(&breaker, 7 * SECOND, second, 0, false); /* too late to count */
    assert_int_equal(breaker.state, BREAKER_OPEN);
    assert_true(breaker_admit(&breaker, 12 * SECOND, &none));
}

static void a_probe_that_was_cancelled_gives_its_turn_back(void **state)
{
    (void)state;
    struct breaker breaker;
    uint32_t epoch, none;
    breaker_init(&breaker, &half);
    attempts(&breaker, SECOND, 4, true);
    assert_true(breaker_admit(&breaker, 6 * SECOND, &none));
    assert_true(breaker_admit(&breaker, 6 * SECOND, &epoch));
    assert_false(breaker_admit(&breaker, 6 * SECOND, &none));
    breaker_forget(&breaker, epoch);
    assert_true(breaker_admit(&breaker, 6 * SECOND, &none));
    assert_false(breaker_admit(&breaker, 6 * SECOND, &none));
}

static void slow_answers_count_where_the_file_asks(void **state)
{
    (void)state;
    struct breaker_policy policy = half;
    struct breaker breaker;
    policy.slow = 100 * MILLISECOND;
    breaker_init(&breaker, &policy);
    for (int i = 0; i < 3; i++)
        breaker_record(&breaker, SECOND, 0, 100 * MILLISECOND + (i > 1), false);
    assert_int_equal(breaker.window.sum.marked, 1); /* one was a microsecond over */
    breaker_record(&breaker, SECOND, 0, SECOND, false);
    assert_int_equal(breaker.state, BREAKER_OPEN);
}

static void a_breaker_that_is_off_never_opens(void **state)
{
    (void)state;
    static const struct breaker_policy off;
    struct breaker breaker;
    breaker_init(&breaker, &off);
    attempts(&breaker, SECOND, 1000, true);
    assert_int_equal(breaker.state, BREAKER_CLOSED);
}

/* --- retries ------------------------------------------------------------------------------ */

static void a_budget_is_a_fifth_of_the_calls_and_at_least_three(void **state)
{
    (void)state;
    struct retry_budget budget;
    retry_budget_init(&budget, 0.2);
    assert_int_equal(retry_budget_left(&budget, SECOND), 3);
    for (int i = 0; i < 100; i++)
        retry_budget_call(&budget, SECOND);
    for (int i = 0; i < 20; i++)
        assert_true(retry_budget_take(&budget, SECOND));
    assert_false(retry_budget_take(&budget, SECOND));
    assert_false(retry_budget_take(&budget, 10 * SECOND));
    assert_int_equal(retry_budget_left(&budget, 11 * SECOND), 3); /* all of it is forgotten */
}

static void a_total_outage_is_amplified_by_a_fifth_at_the_most(void **state)
{
    (void)state;
    struct retry_budget budget;
    uint32_t sent = 0, calls = 0;
    retry_budget_init(&budget, 0.2);
    for (usec now = 0; now < MINUTE; now += 10 * MILLISECOND) {
        retry_budget_call(&budget, now);
        calls++;
        sent++;
        for (int i = 0; i < 9 && retry_budget_take(&budget, now); i++)
            sent++;
    }
    assert_int_equal(calls, 6000);
    assert_true(sent <= calls * 12 / 10);
    assert_true(sent > calls * 11 / 10);
}

static void a_share_of_nothing_is_nothing(void **state)
{
    (void)state;
    struct retry_budget budget;
    retry_budget_init(&budget, 0);
    assert_false(retry_budget_take(&budget, SECOND));
}

static void the_wait_doubles_and_is_drawn_from_nothing_up(void **state)
{
    (void)state;
    const usec first = 25 * MILLISECOND;
    assert_int_equal(backoff_wait(first, 1, 0), 0);
    assert_int_equal(backoff_wait(first, 1, 25000), 25000);
    assert_int_equal(backoff_wait(first, 1, 25001), 0);
    assert_int_equal(backoff_wait(first, 2, 50000), 50000);
    assert_int_equal(backoff_wait(first, 4, 200000), 200000);
    assert_int_equal(backoff_wait(first, 9, 6400000), 6400000);
    assert_int_equal(backoff_wait(first, 10, BACKOFF_MAXIMUM), BACKOFF_MAXIMUM);
    assert_int_equal(backoff_wait(first, 10, BACKOFF_MAXIMUM + 1), 0);
}

static void retry_after_is_seconds_or_a_date(void **state)
{
    (void)state;
    const usec wall = 784111777 * SECOND; /* Sun, 06 Nov 1994 08:49:37 GMT */
    assert_int_equal(retry_after(STR("120"), wall), 120 * SECOND);
    assert_int_equal(retry_after(STR(" 3 "), wall), 3 * SECOND);
    assert_int_equal(retry_after(STR("Sun, 06 Nov 1994 08:49:47 GMT"), wall), 10 * SECOND);
    assert_int_equal(retry_after(STR("Sun, 06 Nov 1994 08:49:27 GMT"), wall), 0);
    assert_int_equal(retry_after(STR("soon"), wall), 0);
    assert_int_equal(retry_after(STR("-1"), wall), 0);
}

/* --- addresses that fail ------------------------------------------------------------------ */

static const struct outlier_policy five = {
    .consecutive_failures = 5, .eject = 10 * SECOND, .max_ejected = 0.5};

static bool failures(struct outlier *outlier, usec now, int count, uint32_t out, uint32_t all)
{
    bool is_ejected = false;
    for (int i = 0; i < count; i++)
        is_ejected = outlier_record(outlier, &five, now, true, out, all);
    return is_ejected;
}

static void five_failures_in_a_row_eject(void **state)
{
    (void)state;
    struct outlier outlier = {0};
    assert_false(failures(&outlier, SECOND, 4, 0, 2));
    outlier_record(&outlier, &five, SECOND, false, 0, 2); /* one answer in between */
    assert_false(failures(&outlier, SECOND, 4, 0, 2));
    assert_true(failures(&outlier, SECOND, 1, 0, 2));
    assert_true(outlier_is_out(&outlier, 11 * SECOND - 1));
    assert_false(outlier_is_out(&outlier, 11 * SECOND));
}

static void each_ejection_is_longer_until_it_is_forgiven(void **state)
{
    (void)state;
    struct outlier outlier = {0};
    assert_true(failures(&outlier, 0, 5, 0, 2));
    assert_int_equal(outlier.until, 10 * SECOND);
    assert_true(failures(&outlier, 12 * SECOND, 5, 0, 2));
    assert_int_equal(outlier.until, 32 * SECOND);
    assert_true(failures(&outlier, 33 * SECOND, 5, 0, 2));
    assert_int_equal(outlier.until, 63 * SECOND);
    assert_true(failures(&outlier, 93 * SECOND, 5, 0, 2)); /* thirty seconds in: forgiven */
    assert_int_equal(outlier.until, 103 * SECOND);
}

static void at_most_half_of_the_addresses_are_out(void **state)
{
    (void)state;
    struct outlier outlier = {0};
    assert_false(failures(&outlier, SECOND, 50, 0, 1)); /* the only one */
    outlier = (struct outlier){0};
    assert_false(failures(&outlier, SECOND, 50, 1, 3)); /* one of three is out already */
    outlier = (struct outlier){0};
    assert_true(failures(&outlier, SECOND, 5, 1, 4));
}

/* --- balance ------------------------------------------------------------------------------ */

#define MANY 5

struct crowd {
    struct url urls[MANY];
    struct roster roster;
    struct random random;
};

static void crowd_init(struct crowd *crowd, uint32_t count)
{
    static const char *const names[MANY] = {"a:80", "b:80", "c:80", "d:80", "e:80"};
    *crowd = (struct crowd){.random = {{1, 2, 3, 4}}};
    for (uint32_t i = 0; i < count; i++)
        crowd->urls[i] = (struct url){.authority = str_of(names[i]), .weight = 1};
    roster_init(&crowd->roster, crowd->urls, count);
}

static uint32_t crowd_choose(struct crowd *crowd, const struct balance_wish *wish)
{
    return balance_choose(&crowd->roster, wish, SECOND, &crowd->random)->endpoint.slot;
}

static void round_robin_is_smooth_and_weighted(void **state)
{
    (void)state;
    struct crowd crowd;
    struct balance_wish wish = {.balance = BALANCE_ROUND_ROBIN};
    static const uint32_t order[] = {0, 0, 1, 0, 2, 0, 0}; /* weights 5, 1, 1 */
    crowd_init(&crowd, 3);
    crowd.roster.list[0].weight = 5;
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 7; i++)
            assert_int_equal(crowd_choose(&crowd, &wish), order[i]);
    roster_done(&crowd.roster);
}

static void of_two_choices_the_idler_is_taken(void **state)
{
    (void)state;
    struct crowd crowd;
    struct balance_wish wish = {.balance = BALANCE_LEAST_REQUESTS};
    int counts[3] = {0};
    crowd_init(&crowd, 3);
    crowd.roster.list[2].flying = 100;
    for (int i = 0; i < 9000; i++)
        counts[crowd_choose(&crowd, &wish)]++;
    /* the busy one only where it was drawn twice: a ninth */
    assert_in_range(counts[2], 850, 1150);
    assert_in_range(counts[0], 3700, 4300);
    roster_done(&crowd.roster);
}

static void idle_addresses_are_taken_by_weight(void **state)
{
    (void)state;
    struct crowd crowd;
    struct balance_wish wish = {.balance = BALANCE_LEAST_REQUESTS};
    int heavy = 0;
    crowd_init(&crowd, 2);
    crowd.roster.list[1].weight = 9;
    for (int i = 0; i < 10000; i++)
        heavy += crowd_choose(&crowd, &wish) == 1;
    assert_in_range(heavy, 8800, 9200);
    roster_done(&crowd.roster);
}

static void a_try_goes_to_another_address_where_there_is_one(void **state)
{
    (void)state;
    struct crowd crowd;
    uint64_t tried[BALANCE_TRIED_WORDS] = {5}; /* slots 0 and 2 */
    struct balance_wish wish = {.balance = BALANCE_LEAST_REQUESTS, .tried = tried};
    crowd_init(&crowd, 3);
    for (int i = 0; i < 100; i++)
        assert_int_equal(crowd_choose(&crowd, &wish), 1);
    crowd.roster.list[1].is_unhealthy = true; /* then rather one that was tried */
    for (int i = 0; i < 100; i++)
        assert_int_not_equal(crowd_choose(&crowd, &wish), 1);
    roster_done(&crowd.roster);
}

static void when_too_many_are_out_all_are_used(void **state)
{
    (void)state;
    struct crowd crowd;
    struct balance_wish wish = {.balance = BALANCE_ROUND_ROBIN};
    uint32_t all;
    bool panics, was_used[3] = {false};
    crowd_init(&crowd, 3);
    crowd.roster.list[0].is_unhealthy = true;
    assert_int_equal(balance_count_out(&crowd.roster, SECOND, &all, &panics), 1);
    assert_false(panics);
    for (int i = 0; i < 6; i++)
        assert_int_not_equal(crowd_choose(&crowd, &wish), 0);
    crowd.roster.list[1].outlier.until = 2 * SECOND;
    assert_int_equal(balance_count_out(&crowd.roster, SECOND, &all, &panics), 2);
    assert_true(panics);
    for (int i = 0; i < 3; i++)
        was_used[crowd_choose(&crowd, &wish)] = true;
    assert_true(was_used[0] && was_used[1] && was_used[2]);
    roster_done(&crowd.roster);
}

static struct balance_wish hash_of(int key, char text[16])
{
    int length = snprintf(text, 16, "user-%d", key);
    return (struct balance_wish){.balance = BALANCE_HASH, .hash = {text, (size_t)length}};
}

static void a_key_stays_when_another_address_goes(void **state)
{
    (void)state;
    struct crowd crowd;
    uint32_t before[1000];
    int moved = 0, counts[MANY] = {0};
    char text[16];
    crowd_init(&crowd, MANY);
    for (int i = 0; i < 1000; i++) {
        struct balance_wish wish = hash_of(i, text);
        before[i] = crowd_choose(&crowd, &wish);
        counts[before[i]]++;
        assert_int_equal(crowd_choose(&crowd, &wish), before[i]);
    }
    for (int i = 0; i < MANY; i++)
        assert_in_range(counts[i], 150, 250);
    crowd.roster.list[3].is_unhealthy = true;
    for (int i = 0; i < 1000; i++) {
        struct balance_wish wish = hash_of(i, text);
        uint32_t slot = crowd_choose(&crowd, &wish);
        assert_int_not_equal(slot, 3);
        moved += slot != before[i];
    }
    assert_int_equal(moved, counts[3]); /* those that were there, and no others */
    roster_done(&crowd.roster);
}

static void a_hot_key_overflows_to_its_next_address(void **state)
{
    (void)state;
    struct crowd crowd;
    char text[16];
    struct balance_wish wish = hash_of(7, text);
    crowd_init(&crowd, 4);
    uint32_t most = 0;
    for (int i = 0; i < 40; i++) {
        struct member *member = &crowd.roster.list[crowd_choose(&crowd, &wish)];
        member->flying++;
    }
    for (uint32_t i = 0; i < 4; i++)
        if (crowd.roster.list[i].flying > most)
            most = crowd.roster.list[i].flying;
    assert_int_equal(most, 13); /* a quarter of 40, times 1.25, rounded up */
    roster_done(&crowd.roster);
}

/* --- latency ------------------------------------------------------------------------------ */

static void a_percentile_is_read_from_buckets(void **state)
{
    (void)state;
    struct latency latency;
    latency_init(&latency, 0);
    for (int i = 0; i < 19; i++)
        latency_record(&latency, SECOND, 10 * MILLISECOND);
    assert_int_equal(latency_percentile(&latency, SECOND, 95), 0); /* too few */
    latency_record(&latency, SECOND, 200 * MILLISECOND);
    assert_int_equal(latency_percentile(&latency, SECOND, 95), 10240);
    assert_int_equal(latency_percentile(&latency, SECOND, 96), 212992);
    assert_int_equal(latency_percentile(&latency, 15 * SECOND, 95), 10240);
    assert_int_equal(latency_percentile(&latency, 30 * SECOND, 95), 0); /* of the distant past */
}

static void no_time_is_too_short_or_too_long(void **state)
{
    (void)state;
    struct latency latency;
    latency_init(&latency, 0);
    for (int i = 0; i < 20; i++)
        latency_record(&latency, 0, 0);
    assert_int_equal(latency_percentile(&latency, 0, 99), 64);
    for (int i = 0; i < 2000; i++)
        latency_record(&latency, 0, 100 * HOUR);
    assert_true(latency_percentile(&latency, 0, 99) >= HOUR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_breaker_opens_at_its_rate_and_not_below_its_minimum),
        cmocka_unit_test(failures_are_forgotten_with_the_window),
        cmocka_unit_test(half_open_lets_exactly_its_probes_through),
        cmocka_unit_test(a_probe_that_fails_opens_it_again),
        cmocka_unit_test(a_probe_that_was_cancelled_gives_its_turn_back),
        cmocka_unit_test(slow_answers_count_where_the_file_asks),
        cmocka_unit_test(a_breaker_that_is_off_never_opens),
        cmocka_unit_test(a_budget_is_a_fifth_of_the_calls_and_at_least_three),
        cmocka_unit_test(a_total_outage_is_amplified_by_a_fifth_at_the_most),
        cmocka_unit_test(a_share_of_nothing_is_nothing),
        cmocka_unit_test(the_wait_doubles_and_is_drawn_from_nothing_up),
        cmocka_unit_test(retry_after_is_seconds_or_a_date),
        cmocka_unit_test(five_failures_in_a_row_eject),
        cmocka_unit_test(each_ejection_is_longer_until_it_is_forgiven),
        cmocka_unit_test(at_most_half_of_the_addresses_are_out),
        cmocka_unit_test(round_robin_is_smooth_and_weighted),
        cmocka_unit_test(of_two_choices_the_idler_is_taken),
        cmocka_unit_test(idle_addresses_are_taken_by_weight),
        cmocka_unit_test(a_try_goes_to_another_address_where_there_is_one),
        cmocka_unit_test(when_too_many_are_out_all_are_used),
        cmocka_unit_test(a_key_stays_when_another_address_goes),
        cmocka_unit_test(a_hot_key_overflows_to_its_next_address),
        cmocka_unit_test(a_percentile_is_read_from_buckets),
        cmocka_unit_test(no_time_is_too_short_or_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * A row is a function of one guard. The state of a breaker is three samples, one of which is 1
 * (what OpenMetrics calls a state set), so that a rule can name the state.
 */
#include "gateway/guard/feed.h"

#include "gateway/guard/guard.h"

#include <stdlib.h>

/* Writes the guard's samples of one row, with its lock held. */
typedef void (*row_writer)(struct guard *guard, usec now, struct exposition *to);

static void write_one(const struct guard *guard, uint64_t number, struct exposition *to)
{
    exposition_number(to, &(struct label_values){{guard->service->name}}, number);
}

static void write_state(const struct guard *guard, const char *state, uint64_t number,
                        struct exposition *to)
{
    exposition_number(to, &(struct label_values){{guard->service->name, str_of(state)}}, number);
}

static void write_breaker(struct guard *guard, usec now, struct exposition *to)
{
    (void)now;
    if (guard->breaker.policy->window == 0)
        return;
    for (int i = 0; i < BREAKER_STATE_COUNT; i++)
        write_state(guard, breaker_state_names[i], guard->breaker.state == (enum breaker_state)i,
                    to);
}

static void write_addresses(struct guard *guard, usec now, struct exposition *to)
{
    uint64_t good = 0, ejected = 0, unhealthy = 0;
    for (uint32_t i = 0; i < guard->roster.count; i++) {
        const struct member *member = &guard->roster.list[i];
        if (member_is_free(member))
            continue;
        if (member->is_unhealthy)
            unhealthy++;
        else if (outlier_is_out(&member->outlier, now))
            ejected++;
        else
            good++;
    }
    write_state(guard, "healthy", good, to);
    write_state(guard, "ejected", ejected, to);
    write_state(guard, "unhealthy", unhealthy, to);
}

static void write_ejections(struct guard *guard, usec now, struct exposition *to)
{
    (void)now;
    write_one(guard, guard->totals.ejections, to);
}

static void write_retries(struct guard *guard, usec now, struct exposition *to)
{
    (void)now;
    write_one(guard, guard->totals.extras[GUARD_RETRY], to);
}

static void write_hedges(struct guard *guard, usec now, struct exposition *to)
{
    (void)now;
    write_one(guard, guard->totals.extras[GUARD_HEDGE], to);
}

static void write_refused(struct guard *guard, usec now, struct exposition *to)
{
    (void)now;
    write_one(guard, guard->totals.refused, to);
}

static void write_budget(struct guard *guard, usec now, struct exposition *to)
{
    write_one(guard, retry_budget_left(&guard->budget, now), to);
}

static void write_flying(struct guard *guard, usec now, struct exposition *to)
{
    (void)now;
    write_one(guard, guard->bulkhead.flying, to);
}

static void write_places(struct guard *guard, usec now, struct exposition *to)
{
    (void)now;
    write_one(guard, guard->bulkhead.places, to);
}

static void write_waiting(struct guard *guard, usec now, struct exposition *to)
{
    (void)now;
    write_one(guard, guard->bulkhead.waiting, to);
}

static void write_turned_away(struct guard *guard, usec now, struct exposition *to)
{
    (void)now;
    write_one(guard, guard->totals.turned_away, to);
}

static const struct metric rows[] = {
    {"braid_service_breaker_state",
     METRIC_GAUGE,
     NULL,
     "1 for the state that the service's breaker is in; not shown where it is off.",
     {"service", "state"}},
    {"braid_service_addresses",
     METRIC_GAUGE,
     NULL,
     "Addresses of a service: healthy, ejected after failures, or unhealthy by the active checks.",
     {"service", "state"}},
    {"braid_service_ejections",
     METRIC_COUNTER,
     NULL,
     "Addresses that were left out for a while because they failed.",
     {"service"}},
    {"braid_service_retries", METRIC_COUNTER, NULL, "Retries, as the budget allowed.", {"service"}},
    {"braid_service_hedges", METRIC_COUNTER, NULL, "Hedges, as the budget allowed.", {"service"}},
    {"braid_service_retries_refused",
     METRIC_COUNTER,
     NULL,
     "Retries and hedges that were not made, since the budget was used up.",
     {"service"}},
    {"braid_service_retry_budget_left",
     METRIC_GAUGE,
     NULL,
     "Retries and hedges that may still be made now.",
     {"service"}},
    {"braid_service_attempts_in_flight",
     METRIC_GAUGE,
     NULL,
     "Attempts at a service that have a place.",
     {"service"}},
    {"braid_service_concurrency", METRIC_GAUGE, NULL, "Places of a service.", {"service"}},
    {"braid_service_waiting",
     METRIC_GAUGE,
     NULL,
     "Calls that wait for a place at a service.",
     {"service"}},
    {"braid_service_turned_away",
     METRIC_COUNTER,
     NULL,
     "Calls that found neither a place nor one in the queue.",
     {"service"}},
};

#define ROW_COUNT (sizeof rows / sizeof *rows)

static const row_writer writers[ROW_COUNT] = {
    write_breaker, write_addresses, write_ejections,   write_retries,
    write_hedges,  write_refused,   write_budget,      write_flying,
    write_places,  write_waiting,   write_turned_away,
};

static void feed_write(struct metric_feed *feed, size_t row, struct exposition *to)
{
    struct guards *guards = ((struct guard_feed *)(void *)feed)->guards;
    usec now = clock_now();
    for (uint32_t i = 0; i < guards->count; i++) {
        struct guard *guard = &guards->list[i];
        pthread_mutex_lock(&guard->lock);
        writers[row](guard, now, to);
        pthread_mutex_unlock(&guard->lock);
    }
}

struct guard_feed *guard_feed_new(struct guards *guards)
{
    struct guard_feed *feed = calloc(1, sizeof *feed);
    if (feed == NULL)
        abort();
    feed->guards = guards;
    feed->feed = (struct metric_feed){rows, ROW_COUNT, feed_write};
    return feed;
}

/*
 * The policies put together. A place that becomes free is passed on with its count unchanged, so
 * that nobody who comes in between takes it from those who wait.
 */
#include "gateway/guard/guard.h"

#include <assert.h>
#include <stdlib.h>

#define CACHE_LINE 64

static void guard_init(struct guard *guard, const struct service *service)
{
    *guard = (struct guard){
        .service = service,
        .bulkhead = {.places = service->concurrency, .queue = service->queue},
    };
    if (guard->bulkhead.places == 0)
        guard->bulkhead.places = 1;
    if (pthread_mutex_init(&guard->lock, NULL) != 0)
        abort();
    breaker_init(&guard->breaker, &service->policies.breaker);
    retry_budget_init(&guard->budget, service->policies.budget);
    latency_init(&guard->latency, 0);
    roster_init(&guard->roster, service->urls, service->url_count);
    list_init(&guard->waiting);
    list_init(&guard->seeking);
}

struct guards *guards_new(const struct service *services, uint32_t count)
{
    struct guards *guards = calloc(1, sizeof(*guards));
    size_t size = (count > 0 ? count : 1) * sizeof(struct guard);
    size = (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    if (guards == NULL || (guards->list = aligned_alloc(CACHE_LINE, size)) == NULL)
        abort();
    guards->count = count;
    for (uint32_t i = 0; i < count; i++)
        guard_init(&guards->list[i], &services[i]);
    return guards;
}

void guards_free(struct guards *guards)
{
    if (guards == NULL)
        return;
    for (uint32_t i = 0; i < guards->count; i++) {
        struct guard *guard = &guards->list[i];
        assert(guard->bulkhead.flying == 0 && guard->bulkhead.waiting == 0);
        roster_done(&guard->roster);
        pthread_mutex_destroy(&guard->lock);
    }
    free(guards->list);
    free(guards);
}

/* --- places ------------------------------------------------------------------------------- */

/* One place is free: to the oldest that waits, or to whoever comes. */
static void guard_free_place(struct guard *guard, const struct guard_desk *desk)
{
    struct list *entry = list_shift(&guard->waiting);
    if (entry == NULL) {
        guard->bulkhead.flying--;
        return;
    }
    struct guard_waiter *waiter = container_of(entry, struct guard_waiter, entry);
    guard->bulkhead.waiting--;
    waiter->wait = GUARD_IS_GRANTED;
    waiter->desk->granted(waiter->desk, waiter, waiter->desk == desk);
}

/* The place is counted already. */
static bool guard_issue(struct guard *guard, usec now, const struct guard_wish *wish,
                        struct guard_pass *ret_pass)
{
    uint32_t epoch;
    if (!breaker_admit(&guard->breaker, now, &epoch))
        return false;
    struct member *member = balance_choose(&guard->roster, &wish->balance, now, wish->random);
    member->flying++;
    *ret_pass = (struct guard_pass){member->endpoint, epoch, now};
    return true;
}

/* The same, or the waiter waits with its place. */
static enum guard_answer guard_use_place(struct guard *guard, usec now,
                                         const struct guard_wish *wish, struct guard_waiter *waiter,
                                         struct guard_pass *ret_pass)
{
    if (!roster_is_seeking(&guard->roster))
        return guard_issue(guard, now, wish, ret_pass) ? GUARD_MAY_FLY : GUARD_IS_OPEN;
    if (waiter == NULL)
        return GUARD_IS_FULL;
    waiter->wait = GUARD_SEEKS;
    waiter->desk = wish->desk;
    list_append(&guard->seeking, &waiter->entry);
    return GUARD_MUST_SEEK;
}

static enum guard_answer guard_admit_locked(struct guard *guard, usec now,
                                            const struct guard_wish *wish,
                                            struct guard_waiter *waiter,
                                            struct guard_pass *ret_pass)
{
    struct bulkhead *bulkhead = &guard->bulkhead;
    if (wish->is_call)
        retry_budget_call(&guard->budget, now);
    if (breaker_wait(&guard->breaker, now) > 0)
        return GUARD_IS_OPEN;
    if (bulkhead_has_place(bulkhead)) {
        enum guard_answer answer = guard_use_place(guard, now, wish, waiter, ret_pass);
        bulkhead->flying += answer == GUARD_MAY_FLY || answer == GUARD_MUST_SEEK;
        return answer;
    }
    if (waiter == NULL || !bulkhead_may_wait(bulkhead)) {
        guard->totals.turned_away += waiter != NULL;
        return GUARD_IS_FULL;
    }
    bulkhead->waiting++;
    waiter->wait = GUARD_WAITS;
    waiter->desk = wish->desk;
    list_append(&guard->waiting, &waiter->entry);
    return GUARD_MUST_WAIT;
}

enum guard_answer guard_admit(struct guard *guard, usec now, const struct guard_wish *wish,
                              struct guard_waiter *waiter, struct guard_pass *ret_pass)
{
    pthread_mutex_lock(&guard->lock);
    enum guard_answer answer = guard_admit_locked(guard, now, wish, waiter, ret_pass);
    pthread_mutex_unlock(&guard->lock);
    return answer;
}

enum guard_answer guard_board(struct guard *guard, usec now, const struct guard_wish *wish,
                              struct guard_waiter *waiter, struct guard_pass *ret_pass)
{
    pthread_mutex_lock(&guard->lock);
    enum guard_answer answer = guard_use_place(guard, now, wish, waiter, ret_pass);
    if (answer == GUARD_IS_OPEN)
        guard_free_place(guard, wish->desk);
    pthread_mutex_unlock(&guard->lock);
    return answer;
}

void guard_leave(struct guard *guard, struct guard_desk *desk, struct guard_waiter *waiter)
{
    pthread_mutex_lock(&guard->lock);
    if (waiter->wait == GUARD_WAITS) {
        list_remove(&waiter->entry);
        guard->bulkhead.waiting--;
    } else if (waiter->wait == GUARD_SEEKS) {
        list_remove(&waiter->entry);
        guard_free_place(guard, desk);
    } else if (waiter->wait == GUARD_IS_GRANTED) {
        desk->revoke(desk, waiter);
        guard_free_place(guard, desk);
    }
    waiter->wait = GUARD_WAITS_NOT;
    pthread_mutex_unlock(&guard->lock);
}

static void guard_judge(struct guard *guard, usec now, const struct guard_pass *pass,
                        struct member *member, enum guard_verdict verdict)
{
    const struct policies *policies = &guard->service->policies;
    bool has_failed = verdict == GUARD_BAD;
    usec took = now - pass->began;
    breaker_record(&guard->breaker, now, pass->epoch, took, has_failed);
    if (!has_failed && policies->hedge.percentile > 0)
        latency_record(&guard->latency, now, took);
    if (member == NULL)
        return;
    if (!has_failed) {
        member->outlier.failures = 0;
        return;
    }
    uint32_t all;
    bool panics;
    uint32_t out = balance_count_out(&guard->roster, now, &all, &panics);
    guard->totals.ejections +=
        outlier_record(&member->outlier, &policies->outlier, now, true, out, all);
}

void guard_settle(struct guard *guard, usec now, struct guard_desk *desk,
                  const struct guard_pass *pass, enum guard_verdict verdict)
{
    pthread_mutex_lock(&guard->lock);
    struct member *member = roster_find(&guard->roster, &pass->endpoint);
    if (member != NULL)
        member->flying--;
    if (verdict == GUARD_UNKNOWN)
        breaker_forget(&guard->breaker, pass->epoch);
    else
        guard_judge(guard, now, pass, member, verdict);
    guard_free_place(guard, desk);
    pthread_mutex_unlock(&guard->lock);
}

/* --- retries and hedges ------------------------------------------------------------------- */

bool guard_take_retry(struct guard *guard, usec now, enum guard_extra extra)
{
    pthread_mutex_lock(&guard->lock);
    bool may = retry_budget_take(&guard->budget, now);
    guard->totals.extras[extra] += may;
    guard->totals.refused += !may;
    pthread_mutex_unlock(&guard->lock);
    return may;
}

usec guard_hedge_delay(struct guard *guard, usec now)
{
    const struct hedge_policy *hedge = &guard->service->policies.hedge;
    if (hedge->percentile == 0)
        return hedge->delay > 0 ? hedge->delay : USEC_NEVER;
    pthread_mutex_lock(&guard->lock);
    usec delay = latency_percentile(&guard->latency, now, hedge->percentile);
    pthread_mutex_unlock(&guard->lock);
    return delay > 0 ? delay : USEC_NEVER;
}

/* --- addresses ---------------------------------------------------------------------------- */

uint32_t guard_endpoints(struct guard *guard, struct endpoint *ret_endpoints, uint32_t room)
{
    uint32_t count = 0;
    pthread_mutex_lock(&guard->lock);
    for (uint32_t i = 0; i < guard->roster.count && count < room; i++)
        if (member_is_placed(&guard->roster.list[i]))
            ret_endpoints[count++] = guard->roster.list[i].endpoint;
    pthread_mutex_unlock(&guard->lock);
    return count;
}

static void member_note_check(struct member *member, const struct health_policy *policy,
                              bool is_good)
{
    member->good_checks = is_good ? member->good_checks + 1 : 0;
    member->bad_checks = is_good ? 0 : member->bad_checks + 1;
    if (member->is_unhealthy && member->good_checks >= policy->healthy)
        member->is_unhealthy = false;
    else if (member->bad_checks >= policy->unhealthy)
        member->is_unhealthy = true;
}

void guard_note_check(struct guard *guard, const struct endpoint *endpoint, bool is_good)
{
    pthread_mutex_lock(&guard->lock);
    struct member *member = roster_find(&guard->roster, endpoint);
    if (member != NULL)
        member_note_check(member, &guard->service->policies.health, is_good);
    pthread_mutex_unlock(&guard->lock);
}

/* Those who waited for an address need not wait any more: which thread they are of is not known. */
static void guard_release_seekers(struct guard *guard)
{
    struct list *entry;
    if (roster_is_seeking(&guard->roster))
        return;
    while ((entry = list_shift(&guard->seeking)) != NULL) {
        struct guard_waiter *waiter = container_of(entry, struct guard_waiter, entry);
        waiter->wait = GUARD_IS_GRANTED;
        waiter->desk->granted(waiter->desk, waiter, false);
    }
}

bool guard_resolve(struct guard *guard, const struct url *url, const struct endpoint_place *places,
                   uint32_t count)
{
    pthread_mutex_lock(&guard->lock);
    bool has_changed = roster_resolve(&guard->roster, url, places, count);
    guard_release_seekers(guard);
    pthread_mutex_unlock(&guard->lock);
    return has_changed;
}

void guard_seek(struct guard *guard, const struct url *url)
{
    pthread_mutex_lock(&guard->lock);
    roster_seek(&guard->roster, url);
    pthread_mutex_unlock(&guard->lock);
}

void guard_lose(struct guard *guard, const struct url *url)
{
    pthread_mutex_lock(&guard->lock);
    roster_lose(&guard->roster, url);
    guard_release_seekers(guard);
    pthread_mutex_unlock(&guard->lock);
}

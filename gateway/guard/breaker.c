/*
 * Three states, and the few ways between them.
 */
#include "gateway/guard/breaker.h"

const char *const breaker_state_names[BREAKER_STATE_COUNT] = {
    [BREAKER_CLOSED] = "closed",
    [BREAKER_OPEN] = "open",
    [BREAKER_HALF_OPEN] = "half_open",
};

static bool breaker_is_off(const struct breaker *breaker)
{
    return breaker->policy->window == 0;
}

void breaker_init(struct breaker *breaker, const struct breaker_policy *policy)
{
    *breaker = (struct breaker){.policy = policy};
    if (!breaker_is_off(breaker))
        window_init(&breaker->window, policy->window);
}

static void breaker_become(struct breaker *breaker, enum breaker_state state, usec now)
{
    breaker->state = state;
    breaker->since = now;
    breaker->epoch++;
    breaker->probes_out = 0;
    breaker->probes_good = 0;
    window_init(&breaker->window, breaker->policy->window);
}

bool breaker_admit(struct breaker *breaker, usec now, uint32_t *ret_epoch)
{
    if (breaker->state == BREAKER_OPEN && now - breaker->since >= breaker->policy->open)
        breaker_become(breaker, BREAKER_HALF_OPEN, now);
    if (breaker->state == BREAKER_OPEN)
        return false;
    if (breaker->state == BREAKER_HALF_OPEN) {
        if (breaker->probes_out + breaker->probes_good >= breaker->policy->probes)
            return false;
        breaker->probes_out++;
    }
    *ret_epoch = breaker->epoch;
    return true;
}

static void breaker_count(struct breaker *breaker, usec now, bool has_failed)
{
    window_advance(&breaker->window, now);
    window_add(&breaker->window, 1, has_failed);
    const struct window_counts *sum = &breaker->window.sum;
    if (has_failed && sum->all >= breaker->policy->minimum &&
        sum->marked >= breaker->policy->failure_rate * sum->all)
        breaker_become(breaker, BREAKER_OPEN, now);
}

void breaker_record(struct breaker *breaker, usec now, uint32_t epoch, usec took, bool has_failed)
{
    if (breaker_is_off(breaker) || epoch != breaker->epoch)
        return;
    if (breaker->policy->slow > 0 && took > breaker->policy->slow)
        has_failed = true;
    if (breaker->state == BREAKER_CLOSED) {
        breaker_count(breaker, now, has_failed);
        return;
    }
    breaker->probes_out--;
    if (has_failed)
        breaker_become(breaker, BREAKER_OPEN, now);
    else if (++breaker->probes_good == breaker->policy->probes)
        breaker_become(breaker, BREAKER_CLOSED, now);
}

void breaker_forget(struct breaker *breaker, uint32_t epoch)
{
    if (epoch == breaker->epoch && breaker->state == BREAKER_HALF_OPEN)
        breaker->probes_out--;
}

usec breaker_wait(const struct breaker *breaker, usec now)
{
    usec left = breaker->since + breaker->policy->open - now;
    return breaker->state == BREAKER_OPEN && left > 0 ? left : 0;
}

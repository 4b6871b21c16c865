/*
 * Counting retries, and drawing waits.
 */
#include "gateway/guard/retry.h"

#include <time.h>

void retry_budget_init(struct retry_budget *budget, double share)
{
    *budget = (struct retry_budget){.share = share};
    window_init(&budget->window, RETRY_BUDGET_WINDOW);
}

void retry_budget_call(struct retry_budget *budget, usec now)
{
    window_advance(&budget->window, now);
    window_add(&budget->window, 1, 0);
}

uint32_t retry_budget_left(struct retry_budget *budget, usec now)
{
    window_advance(&budget->window, now);
    const struct window_counts *sum = &budget->window.sum;
    uint32_t most = (uint32_t)(budget->share * sum->all);
    if (budget->share > 0 && most < RETRY_BUDGET_FLOOR)
        most = RETRY_BUDGET_FLOOR;
    return sum->marked < most ? most - sum->marked : 0;
}

bool retry_budget_take(struct retry_budget *budget, usec now)
{
    if (retry_budget_left(budget, now) == 0)
        return false;
    window_add(&budget->window, 0, 1);
    return true;
}

usec backoff_wait(usec first, uint32_t retry, uint64_t dice)
{
    usec most = first;
    for (uint32_t i = 1; i < retry && most < BACKOFF_MAXIMUM; i++)
        most *= 2;
    if (most > BACKOFF_MAXIMUM)
        most = BACKOFF_MAXIMUM;
    return (usec)(dice % ((uint64_t)most + 1));
}

usec retry_after(struct str value, usec wall)
{
    char text[32];
    uint64_t seconds;
    struct tm date = {0};
    value = str_trim(value);
    if (str_to_unsigned(value, 86400 * 365, &seconds))
        return (usec)seconds * SECOND;
    if (value.length >= sizeof(text))
        return 0;
    memcpy(text, value.at, value.length);
    text[value.length] = '\0';
    const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &date);
    if (end == NULL || *end != '\0')
        return 0;
    usec left = (usec)timegm(&date) * SECOND - wall;
    return left > 0 ? left : 0;
}

/*
 * How often and when something is tried again. The budget belongs to a whole service: retries and
 * hedges together are at most a share of its calls of the last ten seconds (and three where there
 * were fewer), so that a service that is down gets 1.2 times its load and not many times. The wait
 * before a retry doubles and is drawn anew each time, from nothing up ("full jitter": Brooker,
 * "Exponential Backoff And Jitter", 2015).
 */
#ifndef BRAID_GATEWAY_GUARD_RETRY_H
#define BRAID_GATEWAY_GUARD_RETRY_H

#include "base/str.h"
#include "gateway/guard/window.h"

#define RETRY_BUDGET_WINDOW (10 * SECOND)
#define RETRY_BUDGET_FLOOR  3
#define BACKOFF_MAXIMUM     (10 * SECOND)

struct retry_budget {
    double share; /* of the calls, 0 to 1 */
    struct window window;
};

void retry_budget_init(struct retry_budget *budget, double share);

/* A call begins. */
void retry_budget_call(struct retry_budget *budget, usec now);

/* How many more may be taken now. */
uint32_t retry_budget_left(struct retry_budget *budget, usec now);

/* Takes one; false where there is none. A share of 0 has none at all. */
bool retry_budget_take(struct retry_budget *budget, usec now);

/* The wait before retry number `retry` (1, 2, …): evenly from 0 to first * 2^(retry - 1). */
usec backoff_wait(usec first, uint32_t retry, uint64_t dice);

/*
 * How long `Retry-After` asks to wait (RFC 9110 10.2.3): seconds, or a date (IMF-fixdate) against
 * `wall`; 0 for what is neither, or past.
 */
usec retry_after(struct str value, usec wall);

#endif

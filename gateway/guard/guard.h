/*
 * What all workers together know of one service: places, breaker, retry budget, addresses. The
 * policies are pure and lie around this; here is the one small lock that they are used under. A
 * call takes it twice, once before and once after each attempt, and nothing waits inside.
 *
 *   guard_admit -> MAY_FLY: a pass -> guard_settle
 *               -> MUST_WAIT: the waiter is in the queue -> granted -> guard_board -> …
 *                                                        -> guard_leave
 *               -> MUST_SEEK: likewise
 *
 * A waiter waits for a place, or has one and waits for the service's name to be found.
 */
#ifndef BRAID_GATEWAY_GUARD_GUARD_H
#define BRAID_GATEWAY_GUARD_GUARD_H

#include "base/list.h"
#include "config/service.h"
#include "gateway/guard/balance.h"
#include "gateway/guard/breaker.h"
#include "gateway/guard/bulkhead.h"
#include "gateway/guard/guard_totals.h"
#include "gateway/guard/latency.h"
#include "gateway/guard/retry.h"

#include <pthread.h>

struct guard {
    pthread_mutex_t lock;
    const struct service *service;
    struct bulkhead bulkhead;
    struct breaker breaker;
    struct retry_budget budget;
    struct latency latency;
    struct roster roster;
    struct list waiting; /* waiters by their entry, the oldest first */
    struct guard_totals totals;
    struct list seeking; /* those that have a place and no address to go to */
};

/* One per service, by its index. */
struct guards {
    struct guard *list;
    uint32_t count;
};

enum guard_answer {
    GUARD_MAY_FLY,
    GUARD_MUST_WAIT, /* for a place */
    GUARD_MUST_SEEK, /* with its place, for an address */
    GUARD_IS_OPEN,   /* the breaker */
    GUARD_IS_FULL,   /* neither a place nor one in the queue */
    GUARD_ANSWER_COUNT
};

enum guard_verdict { GUARD_GOOD, GUARD_BAD, GUARD_UNKNOWN, GUARD_VERDICT_COUNT };

struct guard_waiter;

/*
 * Where one thread is told of places. `granted` and `revoke` are called with the guard's lock held
 * and must not call the guard; `granted` from any thread, `is_own` where it is the desk's.
 */
struct guard_desk {
    void (*granted)(struct guard_desk *desk, struct guard_waiter *waiter, bool is_own);
    void (*revoke)(struct guard_desk *desk, struct guard_waiter *waiter); /* own thread */
};

enum guard_wait {
    GUARD_WAITS_NOT,
    GUARD_WAITS, /* for a place */
    GUARD_SEEKS, /* has a place, waits for an address */
    GUARD_IS_GRANTED
};

struct guard_waiter {
    struct list entry; /* in one of the guard's queues, then the desk's */
    struct guard_desk *desk;
    enum guard_wait wait; /* under the guard's lock */
};

/* What an attempt was given, to be given back once. */
struct guard_pass {
    struct endpoint endpoint;
    uint32_t epoch; /* of the breaker */
    usec began;
};

/* Who asks. */
struct guard_wish {
    struct guard_desk *desk;
    struct random *random; /* the thread's */
    struct balance_wish balance;
    bool is_call; /* the first attempt of a call: it counts for the budget */
};

/* Keeps services; aborts without memory. */
struct guards *guards_new(const struct service *services, uint32_t count);

/* Nothing flies or waits any more. NULL is a no-op. */
void guards_free(struct guards *guards);

/* Everything below: any thread. */

/* `waiter` (may be NULL: it does not wait) is in a queue where the answer is MUST_WAIT or
 * MUST_SEEK. */
enum guard_answer guard_admit(struct guard *guard, usec now, const struct guard_wish *wish,
                              struct guard_waiter *waiter, struct guard_pass *ret_pass);

/*
 * The place of a waiter that was granted: MAY_FLY; MUST_SEEK, for an address; or IS_OPEN and the
 * place is given back.
 */
enum guard_answer guard_board(struct guard *guard, usec now, const struct guard_wish *wish,
                              struct guard_waiter *waiter, struct guard_pass *ret_pass);

/* Out of the queue, a granted place given back. Nothing where it does not wait. */
void guard_leave(struct guard *guard, struct guard_desk *desk, struct guard_waiter *waiter);

/* The attempt is over: gives its place to the oldest that waits. */
void guard_settle(struct guard *guard, usec now, struct guard_desk *desk,
                  const struct guard_pass *pass, enum guard_verdict verdict);

/* One retry or hedge out of the budget; false where it is used up. */
bool guard_take_retry(struct guard *guard, usec now, enum guard_extra extra);

/* After which time a second attempt is worth it; USEC_NEVER: never, or nothing is known yet. */
usec guard_hedge_delay(struct guard *guard, usec now);

/* Copies at most `room` endpoints that can be connected to; how many. */
uint32_t guard_endpoints(struct guard *guard, struct endpoint *ret_endpoints, uint32_t room);

/* What an active check of the endpoint found. */
void guard_note_check(struct guard *guard, const struct endpoint *endpoint, bool is_good);

/*
 * Where the host of `url`, one of the service's, is: see roster_resolve(), roster_seek() and
 * roster_lose(). Who waits for an address flies as soon as there is one, or none to be expected.
 */
bool guard_resolve(struct guard *guard, const struct url *url, const struct endpoint_place *places,
                   uint32_t count);
void guard_seek(struct guard *guard, const struct url *url);
void guard_lose(struct guard *guard, const struct url *url);

#endif

/*
 * One transfer for all who ask the same at the same time: the first one flies, the others join.
 * Equal are requests with the same service, method, target and lines, so that identity is part of
 * it; who owns the table (one per worker) sees to it that only safe ones are in it. What comes
 * lies in the memory of the first; who joins holds that memory and reads it there.
 *
 *   joint_start or joint_join -> … -> landed, exactly once; never before the start has returned
 *   joint_leave -> landed will not be called; the last one to leave cancels the transfer
 */
#ifndef BRAID_GATEWAY_COMPOSE_JOINT_H
#define BRAID_GATEWAY_COMPOSE_JOINT_H

#include "gateway/compose/context.h"

struct joint_waiter {
    struct list place;
    struct joint *joint; /* NULL: waits for nothing */
    void (*landed)(struct joint_waiter *waiter, struct joint *joint);
};

struct joint {
    struct joint *chain;
    struct cache_key key; /* in the owner's memory */
    struct context *owner;
    struct list waiters; /* the oldest first */
    bool is_listed;
    bool has_landed;
    usec asked;
    /* what has been found out about the answer, once for all; kept until the last has landed */
    bool is_read;
    struct json value;             /* of the body, where is_read */
    struct cache_entry *validated; /* it was asked whether this one is still good */
    struct cache_entry *entry;     /* the answer as it is in the cache now */
    struct flight flight;          /* its answer is valid in landed */
};

/* Joins the transfer of an equal request, if there is one. Keeps the waiter. */
bool joint_join(struct joint_waiter *waiter, struct context *context, const struct cache_key *key,
                const struct service *service);

/*
 * Starts a transfer whose memory is the context's; the others find it where `key` is not NULL.
 * Keeps the waiter; takes a reference to `validated` (may be NULL).
 */
void joint_start(struct joint_waiter *waiter, struct context *context, const struct cache_key *key,
                 const struct flight_request *request, struct cache_entry *validated);

/* Whether an equal request is in flight. */
bool joint_is_flying(const struct composer *composer, const struct cache_key *key,
                     const struct service *service);

/* Nothing where it waits for nothing. */
void joint_leave(struct joint_waiter *waiter);

/* The same, because its time is over (flight_expire). */
void joint_expire(struct joint_waiter *waiter);

/* Nothing is in flight any more. */
void joints_done(struct joints *joints);

#endif

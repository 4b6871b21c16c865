/*
 * The services as one worker reaches them. Private to this room.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_UPSTREAM_H
#define BRAID_GATEWAY_UPSTREAM_UPSTREAM_H

#include "base/loop.h"
#include "base/random.h"
#include "gateway/guard/guard.h"

#include <pthread.h>

struct health_checks;
struct resolver;
struct transports;

struct upstreams {
    struct loop *loop;
    struct transports *transports;
    struct guards *guards;
    struct guards *own_guards;    /* those that nobody else has, or NULL */
    struct health_checks *checks; /* or NULL: another worker makes them */
    struct resolver *resolver;    /* the same */
    struct random random;         /* of choices and back-off */
    /* flights that have been granted a place, by any thread, under the lock */
    struct guard_desk desk;
    pthread_mutex_t lock;
    struct list granted; /* waiters by their entry */
    struct watch bell;   /* other threads ring it; fd -1 where there are none */
    struct task boarding;
};

static inline struct guard *upstreams_guard(struct upstreams *upstreams,
                                            const struct service *service)
{
    return &upstreams->guards->list[service->index];
}

#endif

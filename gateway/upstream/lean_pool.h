/*
 * The idle connections to one service. The last used is the first taken, so that what the load
 * does not need grows old and is closed.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_LEAN_POOL_H
#define BRAID_GATEWAY_UPSTREAM_LEAN_POOL_H

#include "base/list.h"
#include "base/timer.h"

#define LEAN_IDLE_TIME (30 * SECOND)

struct lean_connection;
struct loop;

struct lean_pool {
    struct loop *loop;
    struct list idle;   /* connections by their entry */
    struct timer timer; /* runs while there may be some */
};

/* Keeps the loop. */
void lean_pool_init(struct lean_pool *pool, struct loop *loop);
void lean_pool_done(struct lean_pool *pool);

/* The caller's, to be resumed or freed; NULL where there is none. */
struct lean_connection *lean_pool_take(struct lean_pool *pool);

/* Takes a connection that has nothing to do. */
void lean_pool_put(struct lean_pool *pool, struct lean_connection *connection);

#endif

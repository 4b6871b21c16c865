/*
 * Keeping connections. One timer for all: it looks at the oldest, which lie at the end.
 */
#include "gateway/upstream/lean_pool.h"

#include "base/loop.h"
#include "gateway/upstream/lean_connection.h"

static struct lean_connection *connection_of(struct list *entry)
{
    return container_of(entry, struct lean_connection, entry);
}

static void pool_close_old(struct timer *timer)
{
    struct lean_pool *pool = container_of(timer, struct lean_pool, timer);
    while (!list_is_empty(&pool->idle)) {
        struct lean_connection *oldest = connection_of(pool->idle.previous);
        usec due = oldest->idle_since + LEAN_IDLE_TIME;
        if (due > loop_now(pool->loop)) {
            timer_start(&pool->loop->timers, &pool->timer, due);
            return;
        }
        lean_connection_free(oldest);
    }
}

void lean_pool_init(struct lean_pool *pool, struct loop *loop)
{
    pool->loop = loop;
    list_init(&pool->idle);
    timer_init(&pool->timer, pool_close_old);
}

void lean_pool_done(struct lean_pool *pool)
{
    while (!list_is_empty(&pool->idle))
        lean_connection_free(connection_of(pool->idle.next));
    timer_cancel(&pool->loop->timers, &pool->timer);
}

struct lean_connection *lean_pool_take(struct lean_pool *pool)
{
    struct list *entry = list_shift(&pool->idle);
    return entry ? connection_of(entry) : NULL;
}

void lean_pool_put(struct lean_pool *pool, struct lean_connection *connection)
{
    lean_connection_rest(connection);
    list_prepend(&pool->idle, &connection->entry);
    if (!timer_is_running(&pool->timer))
        timer_start(&pool->loop->timers, &pool->timer, connection->idle_since + LEAN_IDLE_TIME);
}

/*
 * One worker's side of the guards: places that it was granted lie in a list that any thread adds
 * to; its own thread takes them out, at the end of the turn or when the bell rings.
 */
#include "gateway/upstream/upstreams.h"

#include "config/nameservers.h"
#include "gateway/resolve/name_client.h"
#include "gateway/resolve/resolver.h"
#include "gateway/upstream/flight.h"
#include "gateway/upstream/health_checks.h"
#include "gateway/upstream/transport.h"
#include "gateway/upstream/upstream.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* --- places that were granted ------------------------------------------------------------- */

static void desk_on_granted(struct guard_desk *desk, struct guard_waiter *waiter, bool is_own)
{
    struct upstreams *upstreams = container_of(desk, struct upstreams, desk);
    pthread_mutex_lock(&upstreams->lock);
    list_append(&upstreams->granted, &waiter->entry);
    pthread_mutex_unlock(&upstreams->lock);
    if (is_own)
        loop_defer(upstreams->loop, &upstreams->boarding);
    else
        /* it fails only where it has rung already */
        (void)eventfd_write(upstreams->bell.fd, 1);
}

static void desk_revoke(struct guard_desk *desk, struct guard_waiter *waiter)
{
    struct upstreams *upstreams = container_of(desk, struct upstreams, desk);
    pthread_mutex_lock(&upstreams->lock);
    list_remove(&waiter->entry);
    pthread_mutex_unlock(&upstreams->lock);
}

static struct guard_waiter *upstreams_next_granted(struct upstreams *upstreams)
{
    pthread_mutex_lock(&upstreams->lock);
    struct list *entry = list_shift(&upstreams->granted);
    pthread_mutex_unlock(&upstreams->lock);
    return entry != NULL ? container_of(entry, struct guard_waiter, entry) : NULL;
}

static void upstreams_board(struct upstreams *upstreams)
{
    struct guard_waiter *waiter;
    while ((waiter = upstreams_next_granted(upstreams)) != NULL) {
        waiter->wait = GUARD_WAITS_NOT;
        flight_board(container_of(waiter, struct flight, waiter));
    }
}

static void upstreams_on_boarding(struct task *task)
{
    upstreams_board(container_of(task, struct upstreams, boarding));
}

static void upstreams_on_bell(struct watch *watch, uint32_t events)
{
    (void)events;
    eventfd_t count;
    (void)eventfd_read(watch->fd, &count);
    upstreams_board(container_of(watch, struct upstreams, bell));
}

/* --- the whole ---------------------------------------------------------------------------- */

/* Takes the transports. */
static struct upstreams *upstreams_over(struct transports *transports, struct loop *loop,
                                        struct guards *guards)
{
    struct upstreams *upstreams = calloc(1, sizeof(*upstreams));
    if (!upstreams || pthread_mutex_init(&upstreams->lock, NULL) != 0)
        abort();
    upstreams->loop = loop;
    upstreams->transports = transports;
    upstreams->guards = guards;
    upstreams->desk = (struct guard_desk){desk_on_granted, desk_revoke};
    upstreams->bell = (struct watch){.fd = -1, .events = EPOLLIN, .ready = upstreams_on_bell};
    list_init(&upstreams->granted);
    task_init(&upstreams->boarding, upstreams_on_boarding);
    return upstreams;
}

struct upstreams *upstreams_new(struct loop *loop, struct guards *guards)
{
    struct upstreams *upstreams = upstreams_over(transports_new(loop, guards->count), loop, guards);
    random_init(&upstreams->random);
    upstreams->bell.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (upstreams->bell.fd >= 0 && loop_watch(loop, &upstreams->bell) == 0)
        return upstreams;
    upstreams_free(upstreams);
    return NULL;
}

struct upstreams *upstreams_of(struct loop *loop, const struct service *services, uint32_t count,
                               struct carrier **carriers)
{
    struct guards *guards = guards_new(services, count);
    struct upstreams *upstreams = upstreams_over(transports_of(carriers, count), loop, guards);
    upstreams->own_guards = guards;
    upstreams->random = (struct random){.state = {1, 2, 3, 4}};
    return upstreams;
}

void upstreams_free(struct upstreams *upstreams)
{
    if (!upstreams)
        return;
    health_checks_free(upstreams->checks);
    resolver_free(upstreams->resolver);
    transports_free(upstreams->transports);
    guards_free(upstreams->own_guards);
    task_cancel(&upstreams->boarding);
    loop_unwatch(upstreams->loop, &upstreams->bell);
    if (upstreams->bell.fd >= 0)
        close(upstreams->bell.fd);
    pthread_mutex_destroy(&upstreams->lock);
    free(upstreams);
}

void upstreams_start_checks(struct upstreams *upstreams)
{
    if (upstreams->checks == NULL)
        upstreams->checks =
            health_checks_new(upstreams->loop, upstreams->transports, upstreams->guards);
}

static void upstreams_on_opened(void *closure, int fd)
{
    struct upstreams *upstreams = closure;
    transports_forget(upstreams->transports, fd);
}

void upstreams_start_resolver(struct upstreams *upstreams, const struct nameservers *nameservers)
{
    struct name_client_options options = {
        .servers = nameservers->list,
        .timeout = nameservers->timeout,
        .opened = upstreams_on_opened,
        .closure = upstreams,
    };
    if (!nameservers->is_off && upstreams->resolver == NULL)
        upstreams->resolver = resolver_new(upstreams->loop, upstreams->guards, &options);
}

struct guards *upstreams_guards(const struct upstreams *upstreams)
{
    return upstreams->guards;
}

bool upstreams_global_init(void)
{
    if (!transport_global_init())
        return false;
    if (name_client_global_init())
        return true;
    transport_global_done();
    return false;
}

void upstreams_global_done(void)
{
    name_client_global_done();
    transport_global_done();
}

/* See worker.h. */
#include "gateway/worker.h"

#include "base/log.h"
#include "gateway/compose/refresh.h"
#include "gateway/front/tls_identity.h"
#include "gateway/telemetry/history.h"
#include "gateway/telemetry/telemetry.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Blocks kept for the next exchanges: what 64 of them use, not what a burst once used. */
#define POOL_BLOCKS 256

/* A passed socket is one for all workers; otherwise each has its own, but of a path there is one.
 */
static int worker_open(const struct inherited *inherited, const struct address *address,
                       bool is_first, bool *ret_is_shared)
{
    int fd = inherited_open(inherited, address);
    *ret_is_shared = fd != -ENOENT;
    if (*ret_is_shared)
        return fd;
    return address->unix_path.length == 0 || is_first ? listener_open(address) : -ENOENT;
}

static int worker_listen(struct worker *worker, uint32_t index, const struct inherited *inherited,
                         const struct address **ret_address)
{
    const struct settings *settings = &worker->composer.snapshot->config->settings;
    worker->listeners = calloc(settings->listen_count + 1, sizeof *worker->listeners);
    if (worker->listeners == NULL)
        abort();
    for (uint32_t i = 0; i <= settings->listen_count; i++) {
        bool is_admin = i == settings->listen_count;
        const struct address *address = is_admin ? &settings->admin : &settings->listen[i];
        bool is_shared;
        if (is_admin && (!settings->has_admin || index > 0))
            continue;
        int fd = worker_open(inherited, address, index == 0, &is_shared);
        if (fd == -ENOENT && index > 0)
            continue;
        if (fd < 0) {
            *ret_address = address;
            return fd;
        }
        struct listener *listener = &worker->listeners[worker->listener_count++];
        listener_start(listener, &worker->loop, worker->server, fd, is_admin,
                       is_shared && !is_admin);
        listener_set_tls(listener, worker->composer.snapshot->identities[i]);
        worker->public_count += !is_admin;
    }
    return 0;
}

static void worker_on_drain_limit(struct timer *timer)
{
    struct worker *worker = container_of(timer, struct worker, drain_limit);
    worker->drain_is_over = true;
    log_write(LOG_WARNING, "drain: the time is over, %u connections are cut",
              server_client_count(worker->server));
}

static void worker_on_look(struct timer *timer)
{
    struct worker *worker = container_of(timer, struct worker, look);
    usec now = loop_now(&worker->loop);
    snapshot_look(worker->composer.snapshot, now);
    timer_start(&worker->loop.timers, timer, now + TLS_IDENTITY_LOOK);
}

int worker_init(struct worker *worker, struct snapshot *snapshot, uint32_t index,
                struct commons *commons, const struct inherited *inherited,
                const struct address **ret_address)
{
    const struct config *config = snapshot->config;
    *ret_address = NULL;
    memset(worker, 0, sizeof *worker);
    atomic_init(&worker->is_asked_to_drain, false);
    atomic_init(&worker->may_end, false);
    timer_init(&worker->drain_limit, worker_on_drain_limit);
    timer_init(&worker->look, worker_on_look);
    worker->composer.snapshot = snapshot_ref(snapshot);
    worker->composer.witness = &commons->telemetry->witnesses[index];
    worker->composer.cache = commons->cache;
    worker->composer.tally = cache_tally(commons->cache, index);
    refreshes_init(&worker->composer);
    int error = loop_init(&worker->loop);
    if (error < 0)
        return error;
    worker->composer.loop = &worker->loop;
    tide_init(&worker->tide, &worker->loop, tide_give_memory_back);
    arena_pool_init(&worker->composer.pool, POOL_BLOCKS);
    random_init(&worker->composer.random);
    access_init(&worker->access, &config->settings, worker->composer.witness->tally);
    worker->composer.guards = commons->guards;
    worker->composer.upstreams = upstreams_new(&worker->loop, commons->guards);
    if (worker->composer.upstreams == NULL)
        return -EMFILE;
    if (index == 0) {
        upstreams_start_checks(worker->composer.upstreams);
        worker->history = history_new(&worker->loop, commons->telemetry);
        commons->telemetry->history = worker->history;
        upstreams_start_resolver(worker->composer.upstreams, &config->settings.nameservers);
        timer_start(&worker->loop.timers, &worker->look, loop_now(&worker->loop));
    }
    worker->options = (struct server_options){
        .limits = &config->settings.limits,
        .connection_count = &commons->budget.count,
        .connection_limit = commons->budget.limit,
        .guests = commons->budget.guests,
    };
    worker->server = server_new(&worker->composer, &worker->access, &worker->options);
    if (worker->server == NULL)
        return -ENOMEM;
    return worker_listen(worker, index, inherited, ret_address);
}

void worker_done(struct worker *worker)
{
    for (uint32_t i = 0; i < worker->listener_count; i++)
        listener_close(&worker->listeners[i]);
    free(worker->listeners);
    server_free(worker->server);
    refreshes_done(&worker->composer);
    joints_done(&worker->composer.joints);
    upstreams_free(worker->composer.upstreams);
    if (worker->composer.loop != NULL) {
        history_free(worker->history);
        access_done(&worker->access);
        timer_cancel(&worker->loop.timers, &worker->drain_limit);
        tide_done(&worker->tide);
        timer_cancel(&worker->loop.timers, &worker->look);
        loop_done(&worker->loop);
        arena_pool_done(&worker->composer.pool);
    }
    gzip_done(&worker->composer.gzip);
    snapshot_unref(worker->composer.snapshot);
}

static void worker_begin_drain(struct worker *worker)
{
    worker->composer.is_draining = true;
    for (uint32_t i = 0; i < worker->public_count; i++)
        listener_close(&worker->listeners[i]);
    server_drain(worker->server);
    timer_start(&worker->loop.timers, &worker->drain_limit,
                loop_now(&worker->loop) + worker->composer.snapshot->config->settings.drain);
}

static bool worker_is_over(const struct worker *worker)
{
    return worker->composer.is_draining && atomic_load(&worker->may_end) &&
           (worker->drain_is_over || server_client_count(worker->server) == 0);
}

/* A request in flight holds several times what a client does. */
static uint32_t worker_level(const struct worker *worker)
{
    const struct tally *tally = worker->composer.witness->tally;
    uint64_t requests = count_read(&tally->requests_begun) - count_read(&tally->requests_ended);
    return server_client_count(worker->server) + 3 * (uint32_t)requests;
}

static void *worker_run(void *closure)
{
    struct worker *worker = closure;
    tide_prepare_thread();
    while (!worker_is_over(worker)) {
        if (loop_turn(&worker->loop, server_most_wait(worker->server)) < 0)
            break;
        /* requests that arrive now start their deadlines now, not when the turn began */
        loop_refresh(&worker->loop);
        server_turn(worker->server);
        /* behind it, so that what has arrived is in flight and not idle */
        if (atomic_load(&worker->is_asked_to_drain) && !worker->composer.is_draining)
            worker_begin_drain(worker);
        access_flush(&worker->access);
        tide_note(&worker->tide, worker_level(worker));
    }
    return NULL;
}

/* Signals belong to the main thread. */
int worker_start(struct worker *worker)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&worker->thread, NULL, worker_run, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    worker->has_thread = error == 0;
    return -error;
}

void worker_drain(struct worker *worker)
{
    atomic_store(&worker->is_asked_to_drain, true);
    loop_wake(&worker->loop);
}

void worker_join(struct worker *worker)
{
    if (!worker->has_thread)
        return;
    atomic_store(&worker->may_end, true);
    loop_wake(&worker->loop);
    pthread_join(worker->thread, NULL);
    worker->has_thread = false;
}

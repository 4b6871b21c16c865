/* See gateway.h. */
#include "gateway/gateway.h"

#include "gateway/cache/feed.h"
#include "gateway/front/gate_probe.h"
#include "gateway/guard/feed.h"
#include "gateway/guard/guard.h"
#include "gateway/telemetry/telemetry.h"
#include "gateway/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define WORKERS_MAXIMUM 256

struct gateway {
    struct worker *workers;
    uint32_t count;
    uint32_t initialised;
    struct commons commons;
};

static uint32_t worker_count(const struct settings *settings)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t count = settings->workers;
    if (count == 0)
        count = processors > 0 ? (uint32_t)processors : 1;
    return count < WORKERS_MAXIMUM ? count : WORKERS_MAXIMUM;
}

/*
 * A gateway needs descriptors for both sides (the soft limit is often 1,024 for historic reasons):
 * clients get at most half of them, since a client without a way to a service is no use.
 */
static uint32_t connection_limit(const struct settings *settings)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return settings->limits.connections;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max / 2 >= settings->limits.connections)
        return settings->limits.connections;
    uint32_t half = (uint32_t)(limit.rlim_max / 2);
    log_write(LOG_WARNING,
              "limits.connections is %u, but the process may have %llu descriptors: at most %u "
              "connections are taken",
              settings->limits.connections, (unsigned long long)limit.rlim_max, half);
    return half;
}

static bool gateway_can_listen(const struct address *address)
{
    int error = listener_probe(address);
    if (error < 0)
        log_write(LOG_ERROR, "cannot listen on %.*s: %s", STR_ARGS(address->text),
                  strerror(-error));
    return error == 0;
}

/* Where sockets were passed there is one for each `listen`, and who passed them has the address. */
static bool gateway_probe(const struct settings *settings, const struct inherited *inherited)
{
    if (!inherited_match(inherited, settings))
        return false;
    for (uint32_t i = 0; inherited->count == 0 && i < settings->listen_count; i++)
        if (!gateway_can_listen(&settings->listen[i]))
            return false;
    return !settings->has_admin || inherited_has(inherited, &settings->admin) ||
           gateway_can_listen(&settings->admin);
}

static bool gateway_init_workers(struct gateway *gateway, struct snapshot *snapshot,
                                 const struct inherited *inherited)
{
    for (uint32_t i = 0; i < gateway->count; i++) {
        const struct address *address = NULL;
        int error =
            worker_init(&gateway->workers[i], snapshot, i, &gateway->commons, inherited, &address);
        gateway->initialised++;
        if (error == 0)
            continue;
        if (address != NULL)
            log_write(LOG_ERROR, "cannot listen on %.*s: %s", STR_ARGS(address->text),
                      strerror(-error));
        else
            log_write(LOG_ERROR, "cannot start a worker: %s", strerror(-error));
        return false;
    }
    return true;
}

static bool gateway_start_workers(struct gateway *gateway)
{
    for (uint32_t i = 0; i < gateway->count; i++) {
        int error = worker_start(&gateway->workers[i]);
        if (error < 0) {
            log_write(LOG_ERROR, "cannot start a thread: %s", strerror(-error));
            return false;
        }
    }
    return true;
}

static void gateway_announce(const struct gateway *gateway, const struct settings *settings)
{
    for (uint32_t i = 0; i < settings->listen_count; i++)
        log_write(LOG_INFO, "listening on %.*s with %u worker%s",
                  STR_ARGS(settings->listen[i].text), gateway->count,
                  gateway->count == 1 ? "" : "s");
    if (settings->has_admin)
        log_write(LOG_INFO, "admin on %.*s", STR_ARGS(settings->admin.text));
}

struct gateway *gateway_start(struct snapshot *snapshot, const struct inherited *inherited)
{
    const struct settings *settings = &snapshot->config->settings;
    if (!gateway_probe(settings, inherited))
        return NULL;
    if (!gate_probe()) {
        log_write(LOG_ERROR,
                  "the server's library does not receive and send through the gate: what clients "
                  "send could not be checked");
        return NULL;
    }
    struct gateway *gateway = calloc(1, sizeof *gateway);
    if (gateway == NULL)
        abort();
    gateway->count = worker_count(settings);
    gateway->commons.budget.limit = connection_limit(settings);
    gateway->commons.guards =
        guards_new(snapshot->config->services, snapshot->config->service_count);
    gateway->commons.budget.guests = guests_new(settings);
    gateway->workers = calloc(gateway->count, sizeof *gateway->workers);
    if (gateway->workers == NULL)
        abort();
    gateway->commons.telemetry = telemetry_new(settings, gateway->count);
    gateway->commons.guard_feed = guard_feed_new(gateway->commons.guards);
    telemetry_add_feed(gateway->commons.telemetry, &gateway->commons.guard_feed->feed);
    snapshot->series = catalogue_learn(&gateway->commons.telemetry->catalogue, snapshot);
    gateway->commons.cache = cache_open(&settings->cache, gateway->count);
    gateway->commons.cache_feed = cache_feed_new(gateway->commons.cache);
    telemetry_add_feed(gateway->commons.telemetry, &gateway->commons.cache_feed->feed);
    if (!gateway_init_workers(gateway, snapshot, inherited) || !gateway_start_workers(gateway)) {
        gateway_stop(gateway);
        return NULL;
    }
    gateway_announce(gateway, settings);
    return gateway;
}

void gateway_stop(struct gateway *gateway)
{
    if (gateway == NULL)
        return;
    for (uint32_t i = 0; i < gateway->initialised; i++)
        if (gateway->workers[i].has_thread)
            worker_drain(&gateway->workers[i]);
    for (uint32_t i = gateway->initialised; i > 0; i--)
        worker_join(&gateway->workers[i - 1]);
    for (uint32_t i = 0; i < gateway->initialised; i++)
        worker_done(&gateway->workers[i]);
    guards_free(gateway->commons.guards);
    guests_free(gateway->commons.budget.guests);
    cache_close(gateway->commons.cache);
    free(gateway->workers);
    telemetry_free(gateway->commons.telemetry);
    free(gateway->commons.guard_feed);
    free(gateway->commons.cache_feed);
    free(gateway);
}

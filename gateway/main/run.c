/*
 * `braid run`: load, start, wait for a signal, drain.
 */
#include "gateway/main/command.h"

#include "gateway/gateway.h"
#include "gateway/notify.h"
#include "gateway/upstream/upstreams.h"

#include <signal.h>

/* Blocked before any thread starts, so that they all wait here. */
static void block_signals(sigset_t *ret_set)
{
    sigemptyset(ret_set);
    sigaddset(ret_set, SIGTERM);
    sigaddset(ret_set, SIGINT);
    pthread_sigmask(SIG_BLOCK, ret_set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* A second signal during the drain ends it at once, as people expect of ^C ^C. */
static void exit_on_next_signal(const sigset_t *set)
{
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, set, NULL);
}

static int run_snapshot(struct snapshot *snapshot)
{
    sigset_t set;
    int signal_number = 0;
    struct inherited inherited;
    log_set(snapshot->config->settings.log_level, snapshot->config->settings.log_format);
    if (!upstreams_global_init()) {
        log_write(LOG_ERROR, "libcurl cannot be initialised");
        return EXIT_NO;
    }
    if (!inherited_take(&inherited))
        return EXIT_NO;
    block_signals(&set);
    struct gateway *gateway = gateway_start(snapshot, &inherited);
    inherited_done(&inherited);
    if (gateway == NULL)
        return EXIT_NO;
    notify_ready();
    while (sigwait(&set, &signal_number) != 0)
        continue;
    log_write(LOG_INFO, "%s: draining", signal_number == SIGTERM ? "SIGTERM" : "SIGINT");
    notify_stopping();
    exit_on_next_signal(&set);
    gateway_stop(gateway);
    log_write(LOG_INFO, "drained, bye");
    return EXIT_FINE;
}

int command_run(const struct options *given)
{
    struct snapshot *snapshot = snapshot_load(str_of(given->words[0]));
    diagnostics_print(&snapshot->diagnostics, stderr);
    int status = snapshot_is_usable(snapshot) ? run_snapshot(snapshot) : EXIT_NO;
    snapshot_unref(snapshot);
    upstreams_global_done();
    return status;
}

/*
 * `braid run`: load, start, wait for a signal, drain.
 */
#include "gateway/main/command.h"

#include "base/log_file.h"
#include "gateway/gateway.h"
#include "gateway/notify.h"
#include "gateway/tide.h"
#include "gateway/upstream/upstreams.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Blocked before any thread starts, so that they all wait here. */
static void block_signals(sigset_t *ret_set)
{
    sigemptyset(ret_set);
    sigaddset(ret_set, SIGTERM);
    sigaddset(ret_set, SIGINT);
    sigaddset(ret_set, SIGUSR1);
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

/* What a rotation of logs has renamed is left alone, and a new file begun. */
static void reopen_logs(struct log_file files[2])
{
    for (int i = 0; i < 2; i++) {
        int error = log_file_reopen(&files[i]);
        if (error < 0)
            log_write(LOG_ERROR, "cannot open %s again: %s", files[i].path, strerror(-error));
    }
    log_write(LOG_INFO, "SIGUSR1: logs that are files were opened again");
}

/* The signal that ends the process. */
static int wait_for_end(const sigset_t *set)
{
    struct log_file logs[2];
    int signal_number = 0;
    log_file_init(&logs[0], STDOUT_FILENO);
    log_file_init(&logs[1], STDERR_FILENO);
    for (;;) {
        if (sigwait(set, &signal_number) != 0)
            continue;
        if (signal_number != SIGUSR1)
            return signal_number;
        reopen_logs(logs);
    }
}

static int run_snapshot(struct snapshot *snapshot)
{
    sigset_t set;
    struct inherited inherited;
    log_set(snapshot->config->settings.log_level, snapshot->config->settings.log_format);
    tide_hold_memory();
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
    int signal_number = wait_for_end(&set);
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

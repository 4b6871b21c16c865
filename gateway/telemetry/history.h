/*
 * The last minutes: what had been counted, noted every ten seconds, so that whoever looks now sees
 * rates and percentiles at once. Memory: 80 bytes for each name and note, 31 notes. Nothing of it
 * is on the way of a request. Of one thread, the worker's that answers the admin listener.
 */
#ifndef BRAID_GATEWAY_TELEMETRY_HISTORY_H
#define BRAID_GATEWAY_TELEMETRY_HISTORY_H

#include "base/slices.h"
#include "base/timer.h"
#include "gateway/telemetry/counts.h"

struct loop;
struct snapshot;
struct telemetry;

#define HISTORY_STEP  (10 * SECOND)
#define HISTORY_NOTES 31 /* five minutes, and where they begin */

/* Since the process began; differences are right though they wrap. */
struct history_count {
    uint32_t all;
    uint32_t failed;   /* routes: 5xx; services: any reason */
    uint32_t degraded; /* routes */
    uint32_t buckets[HISTOGRAM_BOUNDS + 1];
};

enum history_kind { HISTORY_ROUTES, HISTORY_SERVICES, HISTORY_KIND_COUNT };

struct history_note {
    usec at;                                          /* loop time */
    struct history_count *counts[HISTORY_KIND_COUNT]; /* by number in the catalogue */
    uint32_t lengths[HISTORY_KIND_COUNT];
};

struct history {
    struct timer timer;
    struct loop *loop;
    struct telemetry *telemetry;
    struct history_note notes[HISTORY_NOTES];
    uint32_t next;
    uint32_t count;
};

/* Keeps both; the first note is taken now. Owned by the caller, who may be ahead of the thread. */
struct history *history_new(struct loop *loop, struct telemetry *telemetry);

/* Before the loop ends. NULL is a no-op. */
void history_free(struct history *history);

/*
 * {"window_s", "step_s", "routes": [{"route", "requests", "rate", "failed", "degraded", "p50_ms",
 * "p90_ms", "p99_ms", "rates", "bad"}], "services": [{"service", "calls", …}]} of the snapshot's
 * names over about `window`; `rates` and `bad` are per step, the oldest first. A percentile is null
 * where nothing was counted.
 */
void history_write(const struct history *history, const struct snapshot *snapshot, usec window,
                   struct slices *out);

/* The `share` (0 to 1) of what the buckets hold, in usec, as histogram_quantile() of Prometheus
 * has it: evenly spread within a bucket; -1 where they are empty. */
double history_percentile(const uint32_t buckets[HISTOGRAM_BOUNDS + 1], double share);

#endif

/*
 * What the process knows of itself: what each worker has counted and kept, and where spans go. One
 * per gateway; each worker has a witness of it.
 */
#ifndef BRAID_GATEWAY_TELEMETRY_TELEMETRY_H
#define BRAID_GATEWAY_TELEMETRY_TELEMETRY_H

#include "config/settings.h"
#include "gateway/telemetry/catalogue.h"
#include "gateway/telemetry/exporter.h"
#include "gateway/telemetry/exposition.h"
#include "gateway/telemetry/recent.h"
#include "gateway/telemetry/tally.h"

struct history;

#define TELEMETRY_FEEDS 16

/*
 * Figures that another room keeps (the state of breakers, retries, the cache): its rows, and who
 * writes the samples of a row when somebody asks. `write` is called by the worker that answers the
 * admin listener, while the others work: what it reads must allow that.
 */
struct metric_feed {
    const struct metric *metrics;
    size_t count;
    void (*write)(struct metric_feed *feed, size_t row, struct exposition *to);
};

/* One worker's share. */
struct witness {
    struct telemetry *telemetry;
    struct tally *tally;
    struct recent *recent;
};

struct telemetry {
    struct catalogue catalogue;
    struct witness *witnesses;
    uint32_t witness_count;
    struct exporter *exporter; /* NULL: spans go nowhere */
    struct metric_feed *feeds[TELEMETRY_FEEDS];
    uint32_t feed_count;
    struct history *history; /* of the worker that answers the admin listener */
    usec began;              /* wall clock */
};

/* Starts the exporter where the settings name a collector. */
struct telemetry *telemetry_new(const struct settings *settings, uint32_t workers);

/* After the last worker has ended; what waits to be exported is sent. NULL is a no-op. */
void telemetry_free(struct telemetry *telemetry);

/* Keeps the feed, whose rows are shown behind braid's own. Before the first worker starts. */
void telemetry_add_feed(struct telemetry *telemetry, struct metric_feed *feed);

#endif

/* See telemetry.h. */
#include "gateway/telemetry/telemetry.h"

#include <assert.h>
#include <stdlib.h>

struct telemetry *telemetry_new(const struct settings *settings, uint32_t workers)
{
    struct telemetry *telemetry = calloc(1, sizeof *telemetry);
    if (telemetry == NULL)
        abort();
    telemetry->began = clock_wall();
    catalogue_init(&telemetry->catalogue);
    telemetry->witness_count = workers;
    telemetry->witnesses = calloc(workers, sizeof *telemetry->witnesses);
    if (telemetry->witnesses == NULL)
        abort();
    for (uint32_t i = 0; i < workers; i++)
        telemetry->witnesses[i] = (struct witness){telemetry, tally_new(), recent_new()};
    if (settings->traces.endpoint.length > 0)
        telemetry->exporter = exporter_start(settings->traces.endpoint, settings->traces.name);
    return telemetry;
}

void telemetry_free(struct telemetry *telemetry)
{
    if (telemetry == NULL)
        return;
    exporter_stop(telemetry->exporter);
    for (uint32_t i = 0; i < telemetry->witness_count; i++) {
        tally_free(telemetry->witnesses[i].tally);
        recent_free(telemetry->witnesses[i].recent);
    }
    free(telemetry->witnesses);
    catalogue_done(&telemetry->catalogue);
    free(telemetry);
}

void telemetry_add_feed(struct telemetry *telemetry, struct metric_feed *feed)
{
    assert(telemetry->feed_count < TELEMETRY_FEEDS);
    telemetry->feeds[telemetry->feed_count++] = feed;
}

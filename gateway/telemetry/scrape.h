/*
 * Reading what all workers have counted: sums over their tallies, written family by family.
 */
#ifndef BRAID_GATEWAY_TELEMETRY_SCRAPE_H
#define BRAID_GATEWAY_TELEMETRY_SCRAPE_H

#include "gateway/telemetry/exposition.h"

struct telemetry;

/* Every row of metrics.h, then those of the feeds. Any thread. */
void scrape_write(struct telemetry *telemetry, enum exposition_format format, struct slices *out);

#endif

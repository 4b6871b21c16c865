/*
 * Spans to a collector: OTLP over HTTP, JSON encoding, from a thread of its own, so that a slow
 * collector stops nobody. What waits is bounded; what finds no room is dropped and counted.
 */
#ifndef BRAID_GATEWAY_TELEMETRY_EXPORTER_H
#define BRAID_GATEWAY_TELEMETRY_EXPORTER_H

#include "base/buffer.h"

#define EXPORTER_QUEUE 1024                       /* requests whose spans wait */
#define EXPORTER_BYTES ((size_t)16 * 1024 * 1024) /* of them in all */
#define EXPORTER_BATCH 256                        /* requests in one export */

struct exporter;

/* Keeps neither text. NULL where there is no thread for it; that is in the log. */
struct exporter *exporter_start(struct str endpoint, struct str service_name);

/*
 * Takes the text (from malloc): `count` span objects, joined by commas. Any thread; waits for
 * nobody but who does the same.
 */
void exporter_give(struct exporter *exporter, char *text, size_t length, uint32_t count);

/* Counts spans that never came to be one of those. */
void exporter_drop(struct exporter *exporter, uint32_t count);

/* Sends what waits, once, as long as the collector takes it; frees. NULL is a no-op. */
void exporter_stop(struct exporter *exporter);

/* Spans that were taken; that were dropped. Any thread. */
uint64_t exporter_sent(const struct exporter *exporter);
uint64_t exporter_lost(const struct exporter *exporter);

#endif

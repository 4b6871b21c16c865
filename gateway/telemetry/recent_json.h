/*
 * The recent requests as JSON documents.
 */
#ifndef BRAID_GATEWAY_TELEMETRY_RECENT_JSON_H
#define BRAID_GATEWAY_TELEMETRY_RECENT_JSON_H

#include "base/slices.h"

struct telemetry;

#define RECENT_LISTED 64 /* of each kind, over all workers: the newest, or the slowest */

/*
 * {"requests": [...]}, one object for each without its calls: what was asked for, then failed,
 * degraded, slow and ordinary ones.
 */
void recent_write_list(struct telemetry *telemetry, struct slices *out);

/* The newest with that request or trace id, with its calls; false where there is none. */
bool recent_write_one(struct telemetry *telemetry, struct str id, struct slices *out);

#endif

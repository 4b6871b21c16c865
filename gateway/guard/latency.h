/*
 * How long the answers of a service take, as percentiles: counts in buckets that grow with the
 * value, eight for each doubling, so that what is read is at most an eighth too much. Two
 * generations of ten seconds each: what is read is never about the distant past.
 */
#ifndef BRAID_GATEWAY_GUARD_LATENCY_H
#define BRAID_GATEWAY_GUARD_LATENCY_H

#include "base/clock.h"

#define LATENCY_BUCKETS    256           /* the last one begins beyond an hour */
#define LATENCY_GENERATION (10 * SECOND) /* in which at most 2^32 answers come */
#define LATENCY_ENOUGH     20            /* below so many answers nothing is said */

struct latency {
    usec began; /* of the younger generation */
    uint32_t counts[2];
    uint32_t buckets[2][LATENCY_BUCKETS]; /* the younger generation first */
};

void latency_init(struct latency *latency, usec now);

void latency_record(struct latency *latency, usec now, usec took);

/* Below it are so many percent of the answers (rounded up to its bucket's end); 0: too few. */
usec latency_percentile(struct latency *latency, usec now, uint32_t percentile);

#endif

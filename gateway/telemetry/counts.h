/*
 * Counting without locks. Each worker counts in memory of its own, with relaxed atomics: it alone
 * writes, so an addition is a load and a store; whoever shows the figures loads what every worker
 * has and adds it up. What is read is never torn, and at most a moment old.
 */
#ifndef BRAID_GATEWAY_TELEMETRY_COUNTS_H
#define BRAID_GATEWAY_TELEMETRY_COUNTS_H

#include "base/clock.h"

#include <stdatomic.h>
#include <stddef.h>

typedef _Atomic uint64_t counter;

static inline uint64_t count_read(const counter *from)
{
    return atomic_load_explicit((counter *)(uintptr_t)from, memory_order_relaxed);
}

/* By the one thread that owns it. */
static inline void count_add(counter *to, uint64_t number)
{
    atomic_store_explicit(to, count_read(to) + number, memory_order_relaxed);
}

#define HISTOGRAM_BOUNDS 16

/*
 * The upper bounds in microseconds: those that OpenTelemetry's conventions advise for HTTP, two
 * finer ones in front, since a gateway is often faster than that.
 */
extern const usec histogram_bounds[HISTOGRAM_BOUNDS];

/* The same as Prometheus and OpenMetrics write them in `le`: seconds, "0.005", "1.0". */
extern const char *const histogram_texts[HISTOGRAM_BOUNDS];

struct histogram {
    counter buckets[HISTOGRAM_BOUNDS + 1]; /* not cumulative; the last one has no bound */
    counter sum;                           /* microseconds */
};

/* A negative time counts as none. */
void histogram_add(struct histogram *histogram, usec time);

/* Adds what `from` holds to plain sums. */
struct histogram_sum {
    uint64_t buckets[HISTOGRAM_BOUNDS + 1];
    uint64_t sum;
};
void histogram_read(const struct histogram *from, struct histogram_sum *sum);

#endif

/*
 * Buckets of 64 microseconds up to 512, then eight for each power of two.
 */
#include "gateway/guard/latency.h"

#include <string.h>

#define UNIT_BITS 6 /* nobody hedges by less than 64 microseconds */
#define PART_BITS 3
#define PARTS     (1u << PART_BITS)

static uint32_t bucket_of(usec took)
{
    uint64_t units = took > 0 ? (uint64_t)took >> UNIT_BITS : 0;
    if (units < PARTS)
        return (uint32_t)units;
    unsigned power = 63 - (unsigned)__builtin_clzll(units);
    uint64_t bucket =
        (power - PART_BITS + 1) * PARTS + ((units >> (power - PART_BITS)) & (PARTS - 1));
    return bucket < LATENCY_BUCKETS ? (uint32_t)bucket : LATENCY_BUCKETS - 1;
}

static usec bucket_end(uint32_t bucket)
{
    if (bucket < PARTS)
        return (usec)(bucket + 1) << UNIT_BITS;
    unsigned power = bucket / PARTS + PART_BITS - 1;
    uint64_t units = (uint64_t)(PARTS + bucket % PARTS + 1) << (power - PART_BITS);
    return (usec)(units << UNIT_BITS);
}

void latency_init(struct latency *latency, usec now)
{
    *latency = (struct latency){.began = now};
}

static void latency_advance(struct latency *latency, usec now)
{
    if (now - latency->began < LATENCY_GENERATION)
        return;
    if (now - latency->began >= 2 * LATENCY_GENERATION) {
        latency_init(latency, now);
        return;
    }
    memcpy(latency->buckets[1], latency->buckets[0], sizeof(latency->buckets[1]));
    latency->counts[1] = latency->counts[0];
    memset(latency->buckets[0], 0, sizeof(latency->buckets[0]));
    latency->counts[0] = 0;
    latency->began += LATENCY_GENERATION;
}

void latency_record(struct latency *latency, usec now, usec took)
{
    latency_advance(latency, now);
    latency->buckets[0][bucket_of(took)]++;
    latency->counts[0]++;
}

usec latency_percentile(struct latency *latency, usec now, uint32_t percentile)
{
    latency_advance(latency, now);
    uint64_t all = (uint64_t)latency->counts[0] + latency->counts[1];
    if (all < LATENCY_ENOUGH)
        return 0;
    uint64_t wanted = (all * percentile + 99) / 100;
    uint64_t seen = 0;
    uint32_t bucket = 0;
    for (; bucket < LATENCY_BUCKETS - 1; bucket++) {
        seen += (uint64_t)latency->buckets[0][bucket] + latency->buckets[1][bucket];
        if (seen >= wanted)
            break;
    }
    return bucket_end(bucket);
}

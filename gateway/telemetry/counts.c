/* See counts.h. */
#include "gateway/telemetry/counts.h"

const usec histogram_bounds[HISTOGRAM_BOUNDS] = {
    1000,   2500,   5000,   10000,   25000,   50000,   75000,   100000,
    250000, 500000, 750000, 1000000, 2500000, 5000000, 7500000, 10000000,
};

const char *const histogram_texts[HISTOGRAM_BOUNDS] = {
    "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.075", "0.1",
    "0.25",  "0.5",    "0.75",  "1.0",  "2.5",   "5.0",  "7.5",   "10.0",
};

void histogram_add(struct histogram *histogram, usec time)
{
    size_t i = 0;
    while (i < HISTOGRAM_BOUNDS && time > histogram_bounds[i])
        i++;
    count_add(&histogram->buckets[i], 1);
    count_add(&histogram->sum, time > 0 ? (uint64_t)time : 0);
}

void histogram_read(const struct histogram *from, struct histogram_sum *sum)
{
    for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++)
        sum->buckets[i] += count_read(&from->buckets[i]);
    sum->sum += count_read(&from->sum);
}

/*
 * Figures as text: the exposition format of Prometheus (0.0.4) and OpenMetrics 1.0. They differ in
 * the name of a counter's family, the unit, and the end.
 */
#ifndef BRAID_GATEWAY_TELEMETRY_EXPOSITION_H
#define BRAID_GATEWAY_TELEMETRY_EXPOSITION_H

#include "base/slices.h"
#include "gateway/telemetry/counts.h"

enum exposition_format { EXPOSITION_PROMETHEUS, EXPOSITION_OPENMETRICS, EXPOSITION_FORMAT_COUNT };

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM, METRIC_TYPE_COUNT };

#define METRIC_LABELS 3

/* A row of a table. */
struct metric {
    const char *name; /* of a counter without _total */
    enum metric_type type;
    const char *unit; /* the name's end, "seconds", "bytes"; NULL: it counts things */
    const char *help; /* one sentence */
    const char *labels[METRIC_LABELS];
};

struct exposition {
    struct slices *out;
    enum exposition_format format;
    const struct metric *metric; /* the family at work */
};

/* The values of a family's labels, in the order of its row. */
struct label_values {
    struct str at[METRIC_LABELS];
};

/* What an Accept field (at == NULL: none) asks for. */
enum exposition_format exposition_choose(struct str accept);

const char *exposition_content_type(enum exposition_format format);

/* The lines before a family's samples. Keeps the metric until the next one. */
void exposition_family(struct exposition *exposition, const struct metric *metric);

/* One sample; a duration is written in seconds. `values` may be NULL where there are no labels. */
void exposition_number(struct exposition *exposition, const struct label_values *values,
                       uint64_t number);
void exposition_duration(struct exposition *exposition, const struct label_values *values,
                         usec duration);
void exposition_histogram(struct exposition *exposition, const struct label_values *values,
                          const struct histogram_sum *sum);

/* After the last family. */
void exposition_end(struct exposition *exposition);

#endif

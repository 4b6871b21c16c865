/* See exposition.h. A value of a label is escaped: quotes, backslashes, ends of lines. */
#include "gateway/telemetry/exposition.h"

#include <inttypes.h>
#include <stdio.h>

static void text(struct exposition *to, const char *zero_terminated)
{
    slices_copy_literal(to->out, zero_terminated);
}

static void escaped(struct exposition *to, struct str value, bool is_quoted)
{
    size_t from = 0;
    for (size_t i = 0; i < value.length; i++) {
        const char *escape = value.at[i] == '\n'               ? "\\n"
                             : value.at[i] == '\\'             ? "\\\\"
                             : value.at[i] == '"' && is_quoted ? "\\\""
                                                               : NULL;
        if (escape == NULL)
            continue;
        slices_copy(to->out, (struct str){value.at + from, i - from});
        text(to, escape);
        from = i + 1;
    }
    slices_copy(to->out, str_from(value, from));
}

/* --- which format ------------------------------------------------------------------------- */

/* The weight of one member of Accept in thousandths (RFC 9110 12.4.2); 1000 where none is said. */
static unsigned weight_of(struct str parameters)
{
    struct str part;
    while (parameters.at != NULL && str_cut(&parameters, ';', &part)) {
        part = str_trim(part);
        if (part.length < 3 || (part.at[0] != 'q' && part.at[0] != 'Q') || part.at[1] != '=')
            continue;
        unsigned weight = part.at[2] == '1' ? 1000 : 0;
        for (size_t i = 4, place = 100; i < part.length && place > 0 && weight < 1000; i++) {
            weight += (unsigned)(part.at[i] - '0') % 10 * (unsigned)place;
            place /= 10;
        }
        return weight;
    }
    return 1000;
}

/* Versions of OpenMetrics before 1.0.0 are not spoken. */
static bool version_is_spoken(struct str parameters)
{
    struct str part;
    while (parameters.at != NULL && str_cut(&parameters, ';', &part)) {
        part = str_trim(part);
        if (str_starts_with(part, STR("version=")))
            return str_equal(part, STR("version=1.0.0")) ||
                   str_equal(part, STR("version=\"1.0.0\""));
    }
    return true;
}

enum exposition_format exposition_choose(struct str accept)
{
    unsigned open = 0, plain = 0;
    struct str part;
    while (accept.at != NULL && str_cut(&accept, ',', &part)) {
        size_t end = str_find(part, ';');
        struct str type = str_trim((struct str){part.at, end});
        struct str parameters = end < part.length ? str_from(part, end + 1) : STR_NONE;
        unsigned weight = weight_of(parameters);
        if (str_equal_ignore_case(type, STR("application/openmetrics-text")) &&
            version_is_spoken(parameters))
            open = weight > open ? weight : open;
        else if (str_equal_ignore_case(type, STR("text/plain")))
            plain = weight > plain ? weight : plain;
    }
    return open > 0 && open >= plain ? EXPOSITION_OPENMETRICS : EXPOSITION_PROMETHEUS;
}

const char *exposition_content_type(enum exposition_format format)
{
    return format == EXPOSITION_OPENMETRICS
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

/* --- lines -------------------------------------------------------------------------------- */

static const char *const type_names[METRIC_TYPE_COUNT] = {
    [METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_HISTOGRAM] = "histogram"};

static void about(struct exposition *to, const char *what)
{
    bool has_ending = to->format == EXPOSITION_PROMETHEUS && to->metric->type == METRIC_COUNTER;
    text(to, "# ");
    text(to, what);
    text(to, " ");
    text(to, to->metric->name);
    text(to, has_ending ? "_total " : " ");
}

void exposition_family(struct exposition *to, const struct metric *metric)
{
    to->metric = metric;
    about(to, "HELP");
    escaped(to, str_of(metric->help), to->format == EXPOSITION_OPENMETRICS);
    text(to, "\n");
    about(to, "TYPE");
    text(to, type_names[metric->type]);
    text(to, "\n");
    if (to->format != EXPOSITION_OPENMETRICS || metric->unit == NULL)
        return;
    about(to, "UNIT");
    text(to, metric->unit);
    text(to, "\n");
}

static void label(struct exposition *to, char before, const char *name, struct str value)
{
    slices_copy(to->out, (struct str){&before, 1});
    text(to, name);
    text(to, "=\"");
    escaped(to, value, true);
    text(to, "\"");
}

/* The name of a sample with its labels; `bound`: the `le` of a bucket, or NULL. */
static void sample(struct exposition *to, const char *ending, const struct label_values *values,
                   const char *bound)
{
    char before = '{';
    text(to, to->metric->name);
    text(to, ending);
    for (int i = 0; i < METRIC_LABELS && to->metric->labels[i] != NULL; i++) {
        label(to, before, to->metric->labels[i], values->at[i]);
        before = ',';
    }
    if (bound != NULL) {
        label(to, before, "le", str_of(bound));
        before = ',';
    }
    text(to, before == '{' ? " " : "} ");
}

static void number_end(struct exposition *to, uint64_t number)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%" PRIu64 "\n", number);
    text(to, digits);
}

static void seconds_end(struct exposition *to, uint64_t microseconds)
{
    char digits[48];
    snprintf(digits, sizeof digits, "%" PRIu64 ".%06" PRIu64 "\n", microseconds / 1000000,
             microseconds % 1000000);
    text(to, digits);
}

static const char *ending_of(const struct metric *metric)
{
    return metric->type == METRIC_COUNTER ? "_total" : "";
}

void exposition_number(struct exposition *to, const struct label_values *values, uint64_t number)
{
    sample(to, ending_of(to->metric), values, NULL);
    number_end(to, number);
}

void exposition_duration(struct exposition *to, const struct label_values *values, usec duration)
{
    sample(to, ending_of(to->metric), values, NULL);
    seconds_end(to, duration > 0 ? (uint64_t)duration : 0);
}

void exposition_histogram(struct exposition *to, const struct label_values *values,
                          const struct histogram_sum *sum)
{
    uint64_t total = 0;
    for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++) {
        total += sum->buckets[i];
        sample(to, "_bucket", values, i < HISTOGRAM_BOUNDS ? histogram_texts[i] : "+Inf");
        number_end(to, total);
    }
    sample(to, "_sum", values, NULL);
    seconds_end(to, sum->sum);
    sample(to, "_count", values, NULL);
    number_end(to, total);
}

void exposition_end(struct exposition *to)
{
    if (to->format == EXPOSITION_OPENMETRICS)
        text(to, "# EOF\n");
}

/*
 * One reader for all units: digits, perhaps a fraction, and a word of a table. Computed in
 * integers, so that 1.001s is 1,001,000 µs and nothing else.
 */
#include "config/units.h"

#include <stdio.h>

struct unit {
    const char *name;
    int64_t scale;
};

static const struct unit durations[] = {
    {"ms", MILLISECOND}, {"s", SECOND}, {"m", MINUTE}, {"h", HOUR}, {NULL, 0},
};

static const struct unit sizes[] = {
    {"B", 1},        {"kB", 1000},         {"KB", 1000},       {"KiB", 1024},
    {"MB", 1000000}, {"MiB", 1024 * 1024}, {"GB", 1000000000}, {"GiB", 1024 * 1024 * 1024},
    {NULL, 0},
};

/* Millionths of a percent. */
static const struct unit shares[] = {{"%", 1000000}, {NULL, 0}};

static size_t digits_at(struct str text, size_t at)
{
    size_t end = at;
    while (end < text.length && text.at[end] >= '0' && text.at[end] <= '9')
        end++;
    return end - at;
}

static const struct unit *unit_find(const struct unit *units, struct str name)
{
    for (; units->name != NULL; units++) {
        if (str_equal(name, str_of(units->name)))
            return units;
    }
    return NULL;
}

/* The fraction of `scale` that the digits behind the point say: nine of them, what is finer is cut
   off. 10^9 times the largest scale (an hour, 3.6 * 10^9) is below 2^63. */
static int64_t fraction_of(struct str digits, int64_t scale)
{
    int64_t number = 0;
    int64_t power = 1;
    for (size_t i = 0; i < digits.length && i < 9; i++) {
        number = number * 10 + (digits.at[i] - '0');
        power *= 10;
    }
    return number * scale / power;
}

static const char *number_read(struct str text, const struct unit *units, int64_t *ret_number)
{
    size_t whole = digits_at(text, 0);
    if (whole == 0)
        return "is not a number with a unit";
    size_t at = whole;
    struct str fraction = STR_NONE;
    if (at < text.length && text.at[at] == '.') {
        fraction = (struct str){text.at + at + 1, digits_at(text, at + 1)};
        at += 1 + fraction.length;
        if (str_is_empty(fraction))
            return "is not a number with a unit";
    }
    if (at == text.length)
        return "has no unit";
    const struct unit *unit = unit_find(units, str_from(text, at));
    if (unit == NULL)
        return "has a unit that does not exist";
    uint64_t number;
    if (!str_to_unsigned((struct str){text.at, whole}, (uint64_t)(INT64_MAX / unit->scale - 1),
                         &number))
        return "is too large";
    *ret_number = (int64_t)number * unit->scale + fraction_of(fraction, unit->scale);
    return NULL;
}

const char *units_duration(struct str text, usec *ret_duration)
{
    return number_read(text, durations, ret_duration);
}

const char *units_size(struct str text, uint64_t *ret_size)
{
    int64_t size;
    const char *why = number_read(text, sizes, &size);
    if (why == NULL)
        *ret_size = (uint64_t)size;
    return why;
}

const char *units_share(struct str text, double *ret_share)
{
    int64_t millionths;
    const char *why = number_read(text, shares, &millionths);
    if (why != NULL)
        return why;
    if (millionths > 100 * (int64_t)1000000)
        return "is more than 100%";
    *ret_share = (double)millionths / 1e8;
    return NULL;
}

void units_format_duration(usec duration, char to[UNITS_TEXT_SIZE])
{
    const struct unit *best = &durations[0];
    for (const struct unit *unit = durations; unit->name != NULL; unit++) {
        if (duration > 0 && duration % unit->scale == 0)
            best = unit;
    }
    if (duration % best->scale == 0)
        snprintf(to, UNITS_TEXT_SIZE, "%lld%s", (long long)(duration / best->scale), best->name);
    else
        snprintf(to, UNITS_TEXT_SIZE, "%.3fms", (double)duration / (double)MILLISECOND);
}

void units_format_size(uint64_t size, char to[UNITS_TEXT_SIZE])
{
    static const struct unit binary[] = {
        {"B", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024}, {NULL, 0},
    };
    const struct unit *best = &binary[0];
    for (const struct unit *unit = binary; unit->name != NULL; unit++) {
        if (size > 0 && size % (uint64_t)unit->scale == 0)
            best = unit;
    }
    snprintf(to, UNITS_TEXT_SIZE, "%llu%s", (unsigned long long)(size / (uint64_t)best->scale),
             best->name);
}

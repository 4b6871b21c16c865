/*
 * The rules in the order of RFC 9111: may it be stored (3), how old is it (4.2.3), how long is it
 * fresh (4.2.1, 4.2.2), may it be used when it is stale (4.2.4, RFC 5861).
 */
#include "gateway/cache/cache_rules.h"

#include "base/field_lines.h"
#include "gateway/cache/cache_control.h"
#include "gateway/cache/http_date.h"

#define HEURISTIC_SHARE   10    /* a tenth of the time since it was changed, as 4.2.2 suggests */
#define HEURISTIC_SECONDS 86400 /* and a day at the most */

/* The fields of an answer that the rules look at. */
struct said {
    struct cache_control control;
    bool has_expires;
    bool has_date;
    bool has_changed;
    bool has_tag;
    bool has_cookie;
    bool varies_on_everything;
    int64_t expires;
    int64_t date;
    int64_t changed; /* Last-Modified */
    uint64_t age;
};

/*
 * A stored answer is found by the whole request, so a Vary is kept whatever fields it names, but
 * for those that differ with each request and are therefore no part of the key.
 */
static void vary_read(struct said *said, struct str line)
{
    static const struct str unknown[] = {
        {"*", 1},
        {"traceparent", 11},
        {"tracestate", 10},
        {"x-request-id", 12},
        {"forwarded", 9},
        {"x-forwarded-for", 15},
        {"x-forwarded-proto", 17},
        {"x-forwarded-host", 16},
        {"x-request-timeout-ms", 20},
    };
    struct str member;
    while (cache_control_next(&line, &member))
        for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
            if (str_equal_ignore_case(member, unknown[i]))
                said->varies_on_everything = true;
}

static void field_read(struct said *said, const struct field *field, int64_t now)
{
    if (str_equal_ignore_case(field->name, STR("cache-control"))) {
        cache_control_read(&said->control, field->value);
    } else if (str_equal_ignore_case(field->name, STR("vary"))) {
        vary_read(said, field->value);
    } else if (str_equal_ignore_case(field->name, STR("set-cookie"))) {
        said->has_cookie = true;
    } else if (str_equal_ignore_case(field->name, STR("etag"))) {
        said->has_tag = true;
    } else if (str_equal_ignore_case(field->name, STR("age"))) {
        if (!str_to_unsigned(field->value, CACHE_SECONDS_MAXIMUM, &said->age))
            said->age = 0;
    } else if (str_equal_ignore_case(field->name, STR("date"))) {
        said->has_date = http_date_parse(field->value, now, &said->date);
    } else if (str_equal_ignore_case(field->name, STR("last-modified"))) {
        said->has_changed = http_date_parse(field->value, now, &said->changed);
    } else if (str_equal_ignore_case(field->name, STR("expires")) && !said->has_expires) {
        said->has_expires = true; /* no date, "0" above all, is in the past (5.3) */
        if (!http_date_parse(field->value, now, &said->expires))
            said->expires = INT64_MIN / 2;
    }
}

static uint32_t seconds_between(int64_t from, int64_t to)
{
    if (to <= from)
        return 0;
    return to - from < CACHE_SECONDS_MAXIMUM ? (uint32_t)(to - from) : CACHE_SECONDS_MAXIMUM;
}

/* RFC 9110 15.1, without 206, which is never stored here. */
static bool status_is_heuristic(int status)
{
    static const int list[] = {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        if (list[i] == status)
            return true;
    return false;
}

/* What was changed long ago will last (4.2.2); a query is too often an order for that. */
static uint32_t heuristic_life(const struct cache_asking *asking, const struct said *said,
                               int status)
{
    if (!said->has_changed || !status_is_heuristic(status) ||
        str_find(asking->target, '?') < asking->target.length)
        return 0;
    uint32_t tenth = seconds_between(said->changed, said->date) / HEURISTIC_SHARE;
    return tenth < HEURISTIC_SECONDS ? tenth : HEURISTIC_SECONDS;
}

/* 4.2.1 */
static uint32_t life_of(const struct cache_asking *asking, const struct said *said, int status)
{
    const struct cache_control *control = &said->control;
    if (control->no_cache)
        return 0;
    if (control->s_maxage.is_given)
        return control->s_maxage.seconds;
    if (control->max_age.is_given)
        return control->max_age.seconds;
    if (said->has_expires)
        return seconds_between(said->date, said->expires);
    return heuristic_life(asking, said, status);
}

/* 4.2.3: by the service's clock or by what caches between say, whichever makes it older. */
static usec age_of(const struct said *said, const struct cache_times *times)
{
    int64_t wall = times->wall / SECOND;
    usec apparent = (usec)seconds_between(said->date, wall) * SECOND;
    usec corrected = (usec)said->age * SECOND + (times->received - times->asked);
    return apparent > corrected ? apparent : corrected;
}

/* 3, with 3.5 for who sends credentials. */
static bool is_storable(const struct cache_asking *asking, const struct said *said, uint32_t life)
{
    const struct cache_control *control = &said->control;
    struct str value;
    bool is_shared = control->is_public || control->must_revalidate || control->s_maxage.is_given;
    if (field_lines_find(asking->lines, STR("authorization"), &value) && !is_shared)
        return false;
    return life > 0 || said->has_tag || said->has_changed || control->is_public;
}

struct cache_ruling cache_rules_judge(const struct cache_asking *asking,
                                      const struct flight_answer *answer,
                                      const struct cache_times *times)
{
    struct said said = {.date = times->wall / SECOND};
    for (uint32_t i = 0; i < answer->field_count; i++)
        field_read(&said, &answer->fields[i], times->wall / SECOND);
    if (!said.has_date)
        said.date = times->wall / SECOND;
    const struct cache_control *control = &said.control;
    uint32_t life = life_of(asking, &said, answer->status);
    /* s-maxage forbids it too (5.2.2.10), but who writes both means what both say */
    bool must_ask = control->must_revalidate || control->proxy_revalidate || control->no_cache;
    struct cache_ruling ruling = {
        .may_keep = !control->no_store && !control->is_private && !said.has_cookie &&
                    !said.varies_on_everything && answer->status != 206 && answer->status != 304 &&
                    answer->status >= 200 &&
                    (asking->method == METHOD_GET || asking->method == METHOD_HEAD),
        .has_validator = said.has_tag || said.has_changed,
        .born = times->received - age_of(&said, times),
        .life = life,
        .while_revalidate = must_ask ? 0 : control->stale_while_revalidate.seconds,
        .if_error = must_ask ? 0 : control->stale_if_error.seconds,
    };
    ruling.is_standard = ruling.may_keep && is_storable(asking, &said, life);
    return ruling;
}

bool cache_rules_is_error(int status)
{
    return status == 0 || status == 500 || (status >= 502 && status <= 504);
}

bool cache_rules_allow_stale(int status)
{
    return status < 400 || status > 499 || status == 408 || status == 429;
}

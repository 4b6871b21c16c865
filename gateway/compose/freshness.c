/*
 * The directives of RFC 9111 5.2.2 that a shared cache obeys; `s-maxage` wins over `max-age`
 * (4.2.1), and what is already spent (Age) is taken off. `Expires` is not read: who wants to be
 * kept says max-age. What is in the cache has a life of its own there, which counts instead.
 */
#include "gateway/compose/freshness.h"

#include "base/arena.h"
#include "gateway/cache/cache_control.h"

#define SECONDS_MAXIMUM ((uint64_t)31536000) /* a year, as RFC 2616 asked and caches still do */

struct freshness freshness_of_part(const struct outcome *outcome)
{
    struct cache_control control = {0};
    uint64_t age = 0, seconds = 0;
    bool is_private = false;
    for (uint32_t i = 0; i < outcome->field_count; i++) {
        const struct field *field = &outcome->fields[i];
        if (str_equal_ignore_case(field->name, STR("age")))
            (void)str_to_unsigned(field->value, UINT32_MAX, &age);
        else if (str_equal_ignore_case(field->name, STR("set-cookie")))
            is_private = true;
        else if (str_equal_ignore_case(field->name, STR("cache-control")))
            cache_control_read(&control, field->value);
    }
    seconds = control.s_maxage.is_given ? control.s_maxage.seconds : control.max_age.seconds;
    if (control.no_cache)
        seconds = 0;
    seconds = seconds > age ? seconds - age : 0;
    if (outcome->has_life)
        seconds = outcome->life;
    return (struct freshness){
        .seconds = (uint32_t)(seconds < SECONDS_MAXIMUM ? seconds : SECONDS_MAXIMUM),
        .is_private = is_private || control.is_private,
        .is_forbidden = control.no_store,
    };
}

struct freshness freshness_least(struct freshness a, struct freshness b)
{
    return (struct freshness){
        .seconds = a.seconds < b.seconds ? a.seconds : b.seconds,
        .is_private = a.is_private || b.is_private,
        .is_forbidden = a.is_forbidden || b.is_forbidden,
    };
}

const char *freshness_text(struct arena *arena, struct freshness freshness)
{
    if (freshness.is_forbidden)
        return "no-store";
    if (freshness.seconds == 0)
        return freshness.is_private ? "private, max-age=0" : "max-age=0";
    return str_format(arena, "%smax-age=%u", freshness.is_private ? "private, " : "",
                      freshness.seconds)
        .at;
}

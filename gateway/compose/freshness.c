/*
 * The directives of RFC 9111 5.2.2 that a shared cache obeys; `s-maxage` wins over `max-age`
 * (4.2.1), and what is already spent (Age) is taken off. `Expires` is not read: who wants to be
 * kept says max-age.
 */
#include "gateway/compose/freshness.h"

#include "base/arena.h"

#define SECONDS_MAXIMUM ((uint64_t)31536000) /* a year, as RFC 2616 asked and caches still do */

struct directives {
    uint64_t max_age;
    uint64_t s_maxage;
    bool has_max_age;
    bool has_s_maxage;
    bool is_private;
    bool is_no_store;
    bool is_no_cache;
};

static bool seconds_read(struct str text, uint64_t *ret_seconds)
{
    if (text.length >= 2 && text.at[0] == '"')
        text = (struct str){text.at + 1, text.length - 2};
    return str_to_unsigned(text, UINT32_MAX, ret_seconds);
}

static void directive_read(struct directives *directives, struct str part)
{
    size_t equals = str_find(part, '=');
    struct str name = str_trim((struct str){part.at, equals});
    struct str value = equals < part.length ? str_trim(str_from(part, equals + 1)) : STR("");
    if (str_equal_ignore_case(name, STR("no-store")))
        directives->is_no_store = true;
    else if (str_equal_ignore_case(name, STR("no-cache")))
        directives->is_no_cache = true;
    else if (str_equal_ignore_case(name, STR("private")))
        directives->is_private = true;
    else if (str_equal_ignore_case(name, STR("max-age")))
        directives->has_max_age = seconds_read(value, &directives->max_age);
    else if (str_equal_ignore_case(name, STR("s-maxage")))
        directives->has_s_maxage = seconds_read(value, &directives->s_maxage);
}

struct freshness freshness_of_part(const struct outcome *outcome)
{
    struct directives directives = {0};
    uint64_t age = 0, seconds = 0;
    for (uint32_t i = 0; i < outcome->field_count; i++) {
        const struct field *field = &outcome->fields[i];
        struct str rest = field->value, part;
        if (str_equal_ignore_case(field->name, STR("age")))
            (void)str_to_unsigned(field->value, UINT32_MAX, &age);
        else if (str_equal_ignore_case(field->name, STR("set-cookie")))
            directives.is_private = true;
        else if (str_equal_ignore_case(field->name, STR("cache-control")))
            while (str_cut(&rest, ',', &part))
                directive_read(&directives, part);
    }
    if (directives.has_s_maxage)
        seconds = directives.s_maxage;
    else if (directives.has_max_age)
        seconds = directives.max_age;
    if (directives.is_no_cache)
        seconds = 0;
    seconds = seconds > age ? seconds - age : 0;
    return (struct freshness){
        .seconds = (uint32_t)(seconds < SECONDS_MAXIMUM ? seconds : SECONDS_MAXIMUM),
        .is_private = directives.is_private,
        .is_forbidden = directives.is_no_store,
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

/*
 * What is not understood is passed over. A number that is none counts as 0, as RFC 9111 4.2.1
 * encourages: what cannot be read is not fresh.
 */
#include "gateway/cache/cache_control.h"

bool cache_control_next(struct str *rest, struct str *ret_member)
{
    bool is_quoted = false;
    size_t end = 0;
    if (rest->at == NULL)
        return false;
    for (; end < rest->length && (is_quoted || rest->at[end] != ','); end++) {
        if (rest->at[end] == '"')
            is_quoted = !is_quoted;
        else if (is_quoted && rest->at[end] == '\\' && end + 1 < rest->length)
            end++;
    }
    *ret_member = str_trim((struct str){rest->at, end});
    *rest = end < rest->length ? str_from(*rest, end + 1) : STR_NONE;
    return true;
}

static void seconds_read(struct cache_seconds *into, struct str value)
{
    uint64_t seconds = 0;
    if (value.length >= 2 && value.at[0] == '"' && value.at[value.length - 1] == '"')
        value = (struct str){value.at + 1, value.length - 2};
    bool is_number = value.length > 0;
    for (size_t i = 0; i < value.length; i++)
        is_number = is_number && value.at[i] >= '0' && value.at[i] <= '9';
    if (is_number && !str_to_unsigned(value, CACHE_SECONDS_MAXIMUM, &seconds))
        seconds = CACHE_SECONDS_MAXIMUM;
    if (!into->is_given || seconds < into->seconds)
        into->seconds = (uint32_t)seconds;
    into->is_given = true;
}

static void flag_read(struct cache_control *control, struct str name)
{
    if (str_equal_ignore_case(name, STR("no-store")))
        control->no_store = true;
    else if (str_equal_ignore_case(name, STR("no-cache")))
        control->no_cache = true;
    else if (str_equal_ignore_case(name, STR("private")))
        control->is_private = true;
    else if (str_equal_ignore_case(name, STR("public")))
        control->is_public = true;
    else if (str_equal_ignore_case(name, STR("must-revalidate")))
        control->must_revalidate = true;
    else if (str_equal_ignore_case(name, STR("proxy-revalidate")))
        control->proxy_revalidate = true;
}

static void directive_read(struct cache_control *control, struct str member)
{
    size_t equals = str_find(member, '=');
    struct str name = str_trim((struct str){member.at, equals});
    struct str value = equals < member.length ? str_trim(str_from(member, equals + 1)) : STR("");
    if (str_equal_ignore_case(name, STR("max-age")))
        seconds_read(&control->max_age, value);
    else if (str_equal_ignore_case(name, STR("s-maxage")))
        seconds_read(&control->s_maxage, value);
    else if (str_equal_ignore_case(name, STR("stale-while-revalidate")))
        seconds_read(&control->stale_while_revalidate, value);
    else if (str_equal_ignore_case(name, STR("stale-if-error")))
        seconds_read(&control->stale_if_error, value);
    else
        flag_read(control, name);
}

void cache_control_read(struct cache_control *control, struct str line)
{
    struct str member;
    while (cache_control_next(&line, &member))
        directive_read(control, member);
}

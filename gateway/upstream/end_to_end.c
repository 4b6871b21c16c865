/* See end_to_end.h. */
#include "gateway/upstream/end_to_end.h"

static bool field_is_hop_by_hop(struct str name)
{
    static const struct str hop_by_hop[] = {
        {"connection", 10},        {"keep-alive", 10}, {"te", 2},     {"trailer", 7},
        {"transfer-encoding", 17}, {"upgrade", 7},     {"expect", 6}, {"http2-settings", 14},
    };
    if (name.length > 6 && str_equal_ignore_case((struct str){name.at, 6}, STR("proxy-")))
        return true;
    for (size_t i = 0; i < sizeof hop_by_hop / sizeof hop_by_hop[0]; i++)
        if (str_equal_ignore_case(hop_by_hop[i], name))
            return true;
    return false;
}

static bool field_is_nominated(const struct field *fields, uint32_t count, struct str name)
{
    for (uint32_t i = 0; i < count; i++) {
        struct str rest = fields[i].value, part;
        if (!str_equal_ignore_case(fields[i].name, STR("connection")))
            continue;
        while (str_cut(&rest, ',', &part))
            if (str_equal_ignore_case(str_trim(part), name))
                return true;
    }
    return false;
}

bool field_is_end_to_end(const struct field *fields, uint32_t count, struct str name)
{
    return !field_is_hop_by_hop(name) && !field_is_nominated(fields, count, name);
}

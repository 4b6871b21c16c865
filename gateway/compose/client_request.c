/*
 * Looking fields up. A request has few fields and each is asked for rarely, so a walk is cheaper
 * than an index.
 */
#include "gateway/compose/client_request.h"

#include "base/arena.h"

struct str client_request_field(struct arena *arena, const struct client_request *request,
                                struct str name)
{
    struct str joined = STR_NONE;
    for (uint32_t i = 0; i < request->field_count; i++) {
        if (!str_equal_ignore_case(request->fields[i].name, name))
            continue;
        struct str value = request->fields[i].value;
        joined = joined.at == NULL
                     ? value
                     : str_format(arena, "%.*s, %.*s", STR_ARGS(joined), STR_ARGS(value));
    }
    return joined;
}

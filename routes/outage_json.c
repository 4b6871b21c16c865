/*
 * The worst of a route's calls is the route's; lists are empty where they mean nothing.
 */
#include "routes/outage_json.h"

#include "base/arena.h"
#include "base/json/build.h"
#include "routes/call_json.h"
#include "routes/explain.h"
#include "routes/loss.h"

static const char *const outage_names[OUTAGE_COUNT] = {
    [OUTAGE_UNTOUCHED] = "untouched",
    [OUTAGE_DEGRADES] = "degrades",
    [OUTAGE_FAILS] = "fails",
};

const char *outage_name(enum outage outage)
{
    return outage_names[outage];
}

/* A service that is asked may refuse (502, 503) or be late (504); a call that cannot be asked for
   is 502. */
static struct json statuses_json(struct arena *arena, enum outage outage, bool is_asked)
{
    struct json_builder statuses = json_builder_in(arena);
    if (outage == OUTAGE_FAILS)
        json_builder_add(&statuses, json_from_integer(arena, 502));
    if (outage == OUTAGE_FAILS && is_asked) {
        json_builder_add(&statuses, json_from_integer(arena, 503));
        json_builder_add(&statuses, json_from_integer(arena, 504));
    }
    return json_builder_array(&statuses);
}

static struct json fallen_json(struct arena *arena, const struct config *config,
                               const struct route *route, const struct call *call,
                               const struct outage_call *fallen)
{
    struct json_builder object = json_builder_in(arena);
    const char *outcome = outage_name(fallen->outage);
    json_builder_set(&object, "call", json_from_text(arena, call->name));
    json_builder_set(&object, "outcome", json_decoded(str_of(outcome)));
    json_builder_set(&object, "by_dependency", json_boolean(fallen->by_dependency));
    json_builder_set(&object, "fallback",
                     fallen->rung != NULL ? rung_json(arena, config, route, fallen->rung)
                                          : json_null());
    return json_builder_object(&object);
}

static struct json members_json(struct arena *arena, const struct config *config,
                                const struct route *route, const struct outage_call *calls)
{
    uint32_t count = 0;
    const struct lost_member *lost = loss_of_answer(arena, route, calls, &count);
    struct json_builder members = json_builder_in(arena);
    for (uint32_t i = 0; i < count; i++) {
        struct json_builder object = json_builder_in(arena);
        const char *becomes = loss_name(lost[i].loss);
        json_builder_set(&object, "path", json_from_text(arena, lost[i].path));
        json_builder_set(&object, "becomes", json_decoded(str_of(becomes)));
        if (lost[i].loss == LOSS_VALUE)
            shown_value_set(&object, config, lost[i].value);
        json_builder_set(&object, "call", json_from_text(arena, lost[i].call->name));
        json_builder_add(&members, json_builder_object(&object));
    }
    return json_builder_array(&members);
}

struct json outage_json(struct arena *arena, const struct config *config, const struct route *route,
                        const struct service *service)
{
    enum outage worst = explain_outage(route, service);
    const struct outage_call *calls = outage_of_calls(arena, route, service);
    struct json_builder list = json_builder_in(arena);
    bool is_asked = route_is_proxy(route);
    for (uint32_t i = 0; i < route->call_count; i++) {
        if (calls[i].outage == OUTAGE_UNTOUCHED)
            continue;
        is_asked |= calls[i].outage == OUTAGE_FAILS && !calls[i].by_dependency;
        json_builder_add(&list, fallen_json(arena, config, route, &route->calls[i], &calls[i]));
    }
    const char *outcome = outage_name(worst);
    struct json_builder object = json_builder_in(arena);
    json_builder_set(&object, "outcome", json_decoded(str_of(outcome)));
    json_builder_set(&object, "statuses", statuses_json(arena, worst, is_asked));
    json_builder_set(&object, "calls", json_builder_array(&list));
    json_builder_set(&object, "members",
                     worst == OUTAGE_DEGRADES ? members_json(arena, config, route, calls)
                                              : json_array(NULL, 0));
    return json_builder_object(&object);
}

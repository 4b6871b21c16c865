/*
 * One object for each route; a proxy route has no calls and no deadline, a composed one no proxies.
 */
#include "routes/explain_json.h"

#include "base/arena.h"
#include "base/json/build.h"
#include "routes/call_json.h"
#include "routes/explain.h"
#include "routes/outage_json.h"
#include "routes/timing.h"

static struct json proxies_json(struct arena *arena, const struct route *route)
{
    struct json_builder list = json_builder_in(arena);
    for (uint32_t i = 0; i < route->proxy_count; i++) {
        const struct proxy *proxy = &route->proxies[i];
        usec timeout = proxy->timeout > 0 ? proxy->timeout : proxy->service->timeout;
        bool keeps_path = proxy->path.length == 0 && !proxy->has_rest;
        struct str path =
            str_format(arena, "%.*s%s", STR_ARGS(proxy->path), proxy->has_rest ? "/*" : "");
        struct json_builder object = json_builder_in(arena);
        json_builder_set(&object, "service", json_from_text(arena, proxy->service->name));
        json_builder_set(&object, "path", keeps_path ? json_null() : json_from_text(arena, path));
        json_builder_set(&object, "timeout_ms", milliseconds_json(arena, timeout));
        json_builder_set(&object, "condition", json_boolean(proxy->has_when));
        enum call_cache cache = proxy->is_cached ? CALL_CACHE_STANDARD : CALL_CACHE_OFF;
        json_builder_set(&object, "cache", cache_json(arena, cache, 0));
        json_builder_add(&list, json_builder_object(&object));
    }
    return json_builder_array(&list);
}

static struct json calls_json(struct arena *arena, const struct config *config,
                              const struct route *route)
{
    struct json_builder list = json_builder_in(arena);
    for (uint32_t i = 0; i < route->call_count; i++)
        json_builder_add(&list, call_json(arena, config, route, &route->calls[i]));
    return json_builder_array(&list);
}

/* From the call that starts at once to the one that ends last. */
static struct json path_json(struct arena *arena, const struct route *route,
                             const struct timing_call *calls, uint32_t last)
{
    uint32_t *path = arena_array(arena, uint32_t, route->call_count);
    uint32_t count = 0;
    for (uint32_t at = last; at != UINT32_MAX; at = calls[at].behind)
        path[count++] = at;
    struct json_builder list = json_builder_in(arena);
    while (count > 0) {
        uint32_t at = path[--count];
        struct json_builder object = json_builder_in(arena);
        json_builder_set(&object, "call", json_from_text(arena, route->calls[at].name));
        json_builder_set(&object, "ms", milliseconds_json(arena, calls[at].own));
        json_builder_add(&list, json_builder_object(&object));
    }
    return json_builder_array(&list);
}

static struct json outages_json(struct arena *arena, const struct config *config,
                                const struct route *route)
{
    struct json_builder list = json_builder_in(arena);
    for (uint32_t i = 0; i < config->service_count; i++) {
        struct json_builder object = json_builder_in(arena);
        json_builder_set(&object, "service", json_from_text(arena, config->services[i].name));
        json_builder_set_all(&object, outage_json(arena, config, route, &config->services[i]));
        json_builder_add(&list, json_builder_object(&object));
    }
    return json_builder_array(&list);
}

struct json explain_json(struct arena *arena, const struct config *config,
                         const struct route *route)
{
    const struct timing_call *timing = timing_of_calls(arena, route);
    uint32_t last = timing_last(route, timing);
    usec worst = explain_worst_case(route);
    usec whole = last == UINT32_MAX ? worst : timing[last].end;
    struct str path = route->place.file != NULL ? route->place.file->path : STR("?");
    struct json_builder object = json_builder_in(arena);
    json_builder_set(&object, "route", json_from_text(arena, route->key));
    json_builder_set(&object, "file", json_from_text(arena, path));
    json_builder_set(&object, "line", json_from_integer(arena, route->place.line));
    json_builder_set(&object, "deadline_ms",
                     route_is_proxy(route) ? json_null()
                                           : milliseconds_json(arena, route->deadline));
    json_builder_set(&object, "calls", calls_json(arena, config, route));
    json_builder_set(&object, "proxies", proxies_json(arena, route));
    json_builder_set(&object, "longest_path", path_json(arena, route, timing, last));
    json_builder_set(&object, "without_deadline_ms", milliseconds_json(arena, whole));
    json_builder_set(&object, "worst_case_ms", milliseconds_json(arena, worst));
    json_builder_set(&object, "outages", outages_json(arena, config, route));
    return json_builder_object(&object);
}

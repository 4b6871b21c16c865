/*
 * Calls as objects whose members are always all there.
 */
#include "routes/call_json.h"

#include "base/arena.h"
#include "routes/secret.h"
#include "routes/timing.h"

static const char *const rung_names[RUNG_KIND_COUNT] = {
    [RUNG_STALE] = "stale",
    [RUNG_REQUEST] = "request",
    [RUNG_VALUE] = "value",
    [RUNG_OMIT] = "omit",
};

struct json milliseconds_json(struct arena *arena, usec duration)
{
    return json_from_double(arena, (double)duration / (double)MILLISECOND);
}

void shown_value_set(struct json_builder *object, const struct config *config, struct json value)
{
    bool is_hidden = secret_is_in(config, json_text(object->arena, value));
    json_builder_set(object, "value", is_hidden ? json_null() : value);
    if (is_hidden)
        json_builder_set(object, "hidden", json_boolean(true));
}

static struct json names_json(struct arena *arena, const struct route *route, const uint32_t *list,
                              uint32_t count)
{
    struct json_builder names = json_builder_in(arena);
    for (uint32_t i = 0; i < count; i++)
        json_builder_add(&names, json_from_text(arena, route->calls[list[i]].name));
    return json_builder_array(&names);
}

static void request_set(struct json_builder *object, const struct request *request, usec timeout)
{
    struct arena *arena = object->arena;
    json_builder_set(object, "service", json_from_text(arena, request->service->name));
    json_builder_set(object, "method", json_from_text(arena, method_name(request->method)));
    json_builder_set(object, "target", json_from_text(arena, request->target_text));
    json_builder_set(object, "timeout_ms", milliseconds_json(arena, timeout));
}

struct json rung_json(struct arena *arena, const struct config *config, const struct route *route,
                      const struct rung *rung)
{
    struct json_builder object = json_builder_in(arena);
    struct json value = json_null();
    json_builder_set(&object, "kind", json_decoded(str_of(rung_names[rung->kind])));
    switch (rung->kind) {
    case RUNG_STALE:
        json_builder_set(&object, "age_ms", milliseconds_json(arena, rung->stale));
        break;
    case RUNG_REQUEST:
        request_set(&object, &rung->request, timing_of_request(&rung->request));
        json_builder_set(&object, "waits_for",
                         names_json(arena, route, rung->waits_for, rung->waits_for_count));
        break;
    case RUNG_VALUE:
        json_builder_set(&object, "known", json_boolean(template_is_constant(rung->value, &value)));
        shown_value_set(&object, config, value);
        json_builder_set(&object, "waits_for",
                         names_json(arena, route, rung->waits_for, rung->waits_for_count));
        break;
    case RUNG_OMIT:
    case RUNG_KIND_COUNT:
        break;
    }
    return json_builder_object(&object);
}

static struct json each_json(struct arena *arena, const struct call *call)
{
    if (!call->has_each)
        return json_null();
    struct json_builder each = json_builder_in(arena);
    json_builder_set(&each, "limit", json_from_integer(arena, call->limit));
    json_builder_set(&each, "concurrency", json_from_integer(arena, call->concurrency));
    json_builder_set(&each, "batch",
                     call->batch > 0 ? json_from_integer(arena, call->batch) : json_null());
    return json_builder_object(&each);
}

struct json cache_json(struct arena *arena, enum call_cache cache, usec time)
{
    if (cache == CALL_CACHE_OFF)
        return json_null();
    bool is_fixed = cache == CALL_CACHE_FIXED;
    struct json_builder object = json_builder_in(arena);
    json_builder_set(&object, "kind",
                     json_from_text(arena, is_fixed ? STR("time") : STR("standard")));
    if (is_fixed)
        json_builder_set(&object, "ms", milliseconds_json(arena, time));
    return json_builder_object(&object);
}

struct json call_json(struct arena *arena, const struct config *config, const struct route *route,
                      const struct call *call)
{
    struct json_builder object = json_builder_in(arena);
    struct json_builder ladder = json_builder_in(arena);
    for (uint32_t i = 0; i < call->rung_count; i++)
        json_builder_add(&ladder, rung_json(arena, config, route, &call->ladder[i]));
    json_builder_set(&object, "name", json_from_text(arena, call->name));
    request_set(&object, &call->request, timing_of_call(call));
    json_builder_set(&object, "required", json_boolean(call_is_required(call)));
    json_builder_set(&object, "waits_for",
                     names_json(arena, route, call->waits_for, call->waits_for_count));
    json_builder_set(&object, "after", names_json(arena, route, call->after, call->after_count));
    json_builder_set(&object, "unblocks",
                     names_json(arena, route, call->unblocks, call->unblocks_count));
    json_builder_set(&object, "condition", json_boolean(call->has_when));
    json_builder_set(&object, "each", each_json(arena, call));
    json_builder_set(&object, "cache", cache_json(arena, call->cache, call->cache_time));
    json_builder_set(&object, "fallback", json_builder_array(&ladder));
    return json_builder_object(&object);
}

/*
 * Routes of the same path are one path item; within it a named method wins over ANY, as in the
 * router.
 */
#include "routes/openapi.h"

#include "base/arena.h"
#include "routes/openapi_parts.h"

#include <ctype.h>

struct describing {
    struct arena *arena;
    const struct config *config;
    const struct route *routes;
    uint32_t count;
    struct str *names; /* operationIds that are taken */
    uint32_t name_count;
};

static bool is_same_path(const struct route *a, const struct route *b)
{
    return pattern_compare(&a->pattern, &b->pattern) == 0;
}

/* --- names -------------------------------------------------------------------------------- */

/* "/orders/{id}"; the rest of a pattern becomes a parameter of its own. */
static struct str path_text(struct arena *arena, const struct pattern *pattern)
{
    struct str text = STR("");
    for (uint32_t i = 0; i < pattern->count; i++) {
        const struct pattern_segment *segment = &pattern->segments[i];
        struct str name =
            segment->kind == PATTERN_REST ? openapi_rest_name(arena, pattern) : segment->text;
        text = str_format(arena, segment->kind == PATTERN_LITERAL ? "%.*s/%.*s" : "%.*s/{%.*s}",
                          STR_ARGS(text), STR_ARGS(name));
    }
    return text;
}

static bool name_is_taken(const struct describing *describing, struct str name)
{
    for (uint32_t i = 0; i < describing->name_count; i++) {
        if (str_equal(describing->names[i], name))
            return true;
    }
    return false;
}

/* "get_orders_by_id": unlike any other of the document. */
static struct str operation_name(struct describing *describing, enum method method,
                                 const struct pattern *pattern)
{
    struct arena *arena = describing->arena;
    struct str text = method_name(method);
    for (uint32_t i = 0; i < pattern->count; i++) {
        const struct pattern_segment *segment = &pattern->segments[i];
        const char *between = segment->kind == PATTERN_PARAMETER ? "_by_" : "_";
        struct str word = segment->kind == PATTERN_REST ? STR("rest") : segment->text;
        if (word.length > 0)
            text = str_format(arena, "%.*s%s%.*s", STR_ARGS(text), between, STR_ARGS(word));
    }
    char *plain = arena_bytes(arena, text.length);
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        plain[i] = (char)(byte < 0x80 && isalnum(byte) ? tolower(byte) : '_');
    }
    struct str name = {plain, text.length};
    for (unsigned i = 2; name_is_taken(describing, name); i++)
        name = str_format(arena, "%.*s_%u", (int)text.length, plain, i);
    describing->names[describing->name_count++] = name;
    return name;
}

/* --- operations --------------------------------------------------------------------------- */

/* The methods of this path that routes name. */
static method_set named_methods(const struct describing *describing, const struct route *route)
{
    method_set named = 0;
    for (uint32_t i = 0; i < describing->count; i++) {
        const struct route *other = &describing->routes[i];
        if (!other->is_any && is_same_path(other, route))
            named |= other->methods;
    }
    return named;
}

static struct str description_text(struct arena *arena, const struct route *route)
{
    struct str text = STR("Composed of ");
    for (uint32_t i = 0; i < route->call_count; i++) {
        const char *between = i == 0 ? "" : i + 1 == route->call_count ? " and " : ", ";
        text = str_format(arena, "%.*s%s%.*s", STR_ARGS(text), between,
                          STR_ARGS(route->calls[i].name));
    }
    return str_format(arena, "%.*s.", STR_ARGS(text));
}

static struct json operation_json(struct describing *describing, const struct route *route,
                                  enum method method, const struct pattern *names)
{
    struct arena *arena = describing->arena;
    struct json_builder operation = json_builder_in(arena);
    json_builder_set(&operation, "operationId",
                     json_from_text(arena, operation_name(describing, method, names)));
    if (route->call_count > 0)
        json_builder_set(&operation, "description",
                         json_from_text(arena, description_text(arena, route)));
    openapi_parameters_set(&operation, route, names);
    openapi_request_body_set(&operation, route);
    openapi_responses_set(&operation, describing->config, route);
    return json_builder_object(&operation);
}

/* HEAD is said nowhere beside GET: it follows it. */
static void operations_set(struct describing *describing, const struct route *route,
                           const struct pattern *names, struct json_builder *item)
{
    method_set methods = route->methods;
    if (route->is_any)
        methods &= ~named_methods(describing, route);
    if (methods & 1u << METHOD_GET && route->is_any)
        methods &= ~(1u << METHOD_HEAD);
    for (unsigned i = 0; i < METHOD_COUNT; i++) {
        if (!(methods & 1u << i))
            continue;
        struct str name = method_name((enum method)i);
        char lower[16] = {0};
        for (size_t j = 0; j < name.length; j++)
            lower[j] = (char)tolower((unsigned char)name.at[j]);
        struct json operation = operation_json(describing, route, (enum method)i, names);
        json_builder_set_named(item, str_copy(describing->arena, str_of(lower)), operation);
    }
}

static struct json paths_json(struct describing *describing)
{
    struct json_builder paths = json_builder_in(describing->arena);
    bool *is_done = arena_array(describing->arena, bool, describing->count);
    for (uint32_t i = 0; i < describing->count; i++) {
        const struct route *first = &describing->routes[i];
        struct json_builder item = json_builder_in(describing->arena);
        for (uint32_t j = i; j < describing->count; j++) {
            const struct route *route = &describing->routes[j];
            if (is_done[j] || route_is_proxy(route) || !is_same_path(first, route))
                continue;
            is_done[j] = true;
            operations_set(describing, route, &first->pattern, &item);
        }
        if (item.count > 0)
            json_builder_set_named(&paths, path_text(describing->arena, &first->pattern),
                                   json_builder_object(&item));
    }
    return json_builder_object(&paths);
}

struct json openapi_document(struct arena *arena, const struct config *config,
                             const struct router *router, const struct openapi_info *info)
{
    struct describing describing = {.arena = arena, .config = config};
    describing.routes = router_routes(router, &describing.count);
    describing.names = arena_array(arena, struct str, (size_t)describing.count * METHOD_COUNT);
    struct json_builder about = json_builder_in(arena);
    json_builder_set(&about, "title", json_from_text(arena, info->title));
    json_builder_set(&about, "version", json_from_text(arena, info->version));
    struct json_builder document = json_builder_in(arena);
    json_builder_set(&document, "openapi", json_decoded(STR("3.1.0")));
    json_builder_set(&document, "info", json_builder_object(&about));
    json_builder_set(&document, "paths", paths_json(&describing));
    json_builder_set(&document, "components", openapi_components(arena));
    return json_builder_object(&document);
}

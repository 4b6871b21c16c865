/*
 * Routes compiled: the key gives methods and pattern; the value gives calls and a response, or a
 * proxy, or a list of alternatives.
 */
#include "routes/route.h"

#include "base/arena.h"
#include "config/expose.h"
#include "routes/keep_node.h"
#include "routes/plan.h"
#include "routes/proxy.h"
#include "routes/response.h"
#include "routes/route_compile.h"
#include "routes/spot.h"
#include "routes/vary.h"

struct route_keys {
    const struct node *calls;
    const struct node *response;
    const struct node *proxy;
    const struct cors *cors;
    unsigned expose;
    usec deadline;
};

#define OFFSET(member) offsetof(struct route_keys, member)

static const struct key route_key_list[] = {
    {.name = "deadline",
     .type = KEY_DURATION,
     .offset = OFFSET(deadline),
     .default_text = "3s",
     .minimum = MILLISECOND,
     .maximum = HOUR,
     .says = "When it passes, every call that has not ended takes its fallback at once, and the "
             "answer leaves.",
     .example = "deadline: 800ms"},
    {.name = "calls",
     .type = KEY_CUSTOM,
     .shape = "mapping of calls",
     .offset = OFFSET(calls),
     .read = keep_node,
     .says = "The calls by name. One that mentions another waits for it; all others start at once.",
     .example = "calls: { order: \"orders GET /orders/${path.id}\" }"},
    {.name = "response",
     .type = KEY_CUSTOM,
     .shape = "mapping",
     .offset = OFFSET(response),
     .read = keep_node,
     .says = "What the client gets; without it, an object with one member per call.",
     .example = "response: { body: { id: \"${order.id}\" } }"},
    {.name = "proxy",
     .type = KEY_CUSTOM,
     .shape = "SERVICE and a path, or a mapping",
     .offset = OFFSET(proxy),
     .read = keep_node,
     .says = "A service that the request is passed on to instead, streamed and never parsed.",
     .example = "proxy: users /users/*"},
    {.name = "cors",
     .type = KEY_CUSTOM,
     .shape = "mapping or `off`",
     .offset = OFFSET(cors),
     .read = cors_read,
     .says = "The route's own rules for other origins, or off.",
     .example = "cors: off"},
    {.name = "expose",
     .type = KEY_CUSTOM,
     .shape = "list of `server_timing`, `cache_status`",
     .offset = OFFSET(expose),
     .read = expose_read,
     .says = "What the answer tells of its making, instead of the file's `expose`.",
     .example = "expose: [server_timing]"},
};

const struct schema route_schema = {"route", route_key_list,
                                    sizeof(route_key_list) / sizeof(*route_key_list)};

struct alternative_keys {
    const struct node *when;
    const struct node *proxy;
};

static const struct key alternative_key_list[] = {
    {.name = "when",
     .type = KEY_CUSTOM,
     .shape = "one `${…}`",
     .offset = offsetof(struct alternative_keys, when),
     .read = keep_node,
     .says = "One ${…} over what the client sent; the first alternative that is true is taken. "
             "Only the last may do without.",
     .example = "when: ${headers.x_tenant == 'acme'}"},
    {.name = "proxy",
     .type = KEY_CUSTOM,
     .shape = "SERVICE and a path, or a mapping",
     .offset = offsetof(struct alternative_keys, proxy),
     .read = keep_node,
     .is_required = true,
     .says = "Where the request goes.",
     .example = "proxy: acme /*"},
};

const struct schema alternative_schema = {"alternative", alternative_key_list,
                                          sizeof(alternative_key_list) /
                                              sizeof(*alternative_key_list)};

/* What a route is compiled with. */
struct route_building {
    struct config *config;
    struct reader reader;
    struct scope constants; /* of settings: env and file */
    struct scope scope;
    struct route *route;
};

/* --- the key ------------------------------------------------------------------------------ */

static bool method_add(const struct node *key, struct str word, struct diagnostics *diagnostics,
                       struct route *route)
{
    enum method method;
    if (method_parse(word, &method)) {
        route->methods |= 1u << method;
        return true;
    }
    struct str names[METHOD_COUNT + 1];
    for (unsigned i = 0; i < METHOD_COUNT; i++)
        names[i] = method_name((enum method)i);
    names[METHOD_COUNT] = STR("ANY");
    struct str hint = diagnostic_did_you_mean(diagnostics->arena, word, names, METHOD_COUNT + 1);
    if (str_equal(word, STR("CONNECT")) || str_equal(word, STR("TRACE")))
        hint = STR("CONNECT and TRACE are never answered");
    else if (word.length == 0)
        hint = STR("write METHOD /path, e.g. GET /orders/{id}");
    diagnostics_error(diagnostics, spot_of(key, word), hint, "'%.*s' is no method of a route",
                      STR_ARGS(word));
    return false;
}

static bool methods_compile(const struct node *key, struct str words,
                            struct diagnostics *diagnostics, struct route *route)
{
    if (str_equal(words, STR("ANY"))) {
        route->is_any = true;
        route->methods = METHOD_ALL;
        return true;
    }
    struct str word;
    bool is_good = true;
    while (str_cut(&words, ',', &word))
        is_good &= method_add(key, str_trim(word), diagnostics, route);
    return is_good;
}

static bool key_compile(struct arena *arena, const struct node *key,
                        struct diagnostics *diagnostics, struct route *route)
{
    struct str text = str_trim(key->text);
    size_t slash = str_find(text, '/');
    struct str words = str_trim((struct str){text.at, slash});
    route->key = text;
    route->place = key->place;
    if (slash == text.length) {
        diagnostics_error(diagnostics, key->place, STR("write METHOD /path, e.g. GET /orders/{id}"),
                          "a route is a method and a pattern");
        return false;
    }
    bool has_methods = methods_compile(key, words, diagnostics, route);
    struct str pattern = str_from(text, slash);
    struct pattern compiled = {0};
    size_t offset = (size_t)(pattern.at - key->text.at);
    bool has_pattern = pattern_compile(arena, key, offset, pattern, diagnostics, &compiled);
    if (has_methods && has_pattern)
        route->pattern = compiled;
    route->slots.arena = arena;
    return has_methods && has_pattern;
}

/* --- calls and response ------------------------------------------------------------------- */

static bool calls_name(struct route_building *building, const struct node *calls)
{
    struct str *names = arena_array(building->reader.arena, struct str, calls->count);
    bool is_good = true;
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct node *key = calls->entries[i].key;
        names[i] = key->text;
        is_good &= scope_check_name(building->reader.diagnostics, key->text, key->place, "call");
    }
    building->scope.calls = names;
    building->scope.call_count = calls->count;
    return is_good;
}

static bool calls_compile(struct route_building *building, const struct node *calls)
{
    struct route *route = building->route;
    struct reader *reader = &building->reader;
    if (!calls)
        return true;
    if (calls->kind != NODE_MAPPING) {
        diagnostics_error(reader->diagnostics, calls->place,
                          STR("write name: SERVICE METHOD TARGET"), "'calls' is a mapping, not %s",
                          node_kind_name(calls));
        return false;
    }
    if (calls->count > PLAN_CALLS_MAXIMUM) {
        diagnostics_error(reader->diagnostics, calls->place, STR_NONE,
                          "a route has at most %d calls", PLAN_CALLS_MAXIMUM);
        return false;
    }
    bool is_good = calls_name(building, calls);
    route->calls = arena_array(reader->arena, struct call, calls->count);
    route->call_count = calls->count;
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct node_entry *entry = &calls->entries[i];
        route->calls[i].index = i;
        is_good &= call_compile(building->config, reader, entry->key, entry->value,
                                &building->scope, &route->calls[i]);
    }
    return is_good;
}

static bool composition_compile(struct route_building *building, const struct route_keys *keys)
{
    struct reader *reader = &building->reader;
    struct route *route = building->route;
    bool is_good = calls_compile(building, keys->calls);
    is_good &= response_compile(reader, keys->response, &building->scope, &route->response);
    if (!keys->calls && !keys->response) {
        diagnostics_error(reader->diagnostics, route->place, STR("add one of them"),
                          "'%.*s' has neither calls, response nor proxy", STR_ARGS(route->key));
        return false;
    }
    return is_good && plan_build(reader->arena, route, reader->diagnostics);
}

/* --- proxies ------------------------------------------------------------------------------ */

static bool proxy_add(struct route_building *building, const struct node *node)
{
    struct route *route = building->route;
    struct proxy *proxy = &route->proxies[route->proxy_count++];
    return proxy_compile(building->config, &building->reader, node, &route->pattern,
                         &building->scope, proxy);
}

static void proxies_begin(struct route_building *building, uint32_t count)
{
    building->route->proxies = arena_array(building->reader.arena, struct proxy, count);
    building->scope.allowed = SCOPE_CLIENT & ~(1u << SLOT_BODY);
    building->scope.purpose = "in a route that is passed on";
}

static bool lone_proxy_compile(struct route_building *building, const struct node *node,
                               const struct route_keys *keys)
{
    static const char *const others[] = {"calls", "response", "deadline"};
    bool is_good = true;
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        const struct node *other = node_member(node, str_of(others[i]));
        if (!other)
            continue;
        diagnostics_error(building->reader.diagnostics, other->place,
                          STR("a proxy has a `timeout` of its own"),
                          "'%s' is not for a route with 'proxy'", others[i]);
        is_good = false;
    }
    proxies_begin(building, 1);
    return proxy_add(building, keys->proxy) && is_good;
}

static bool alternative_compile(struct route_building *building, const struct node *node,
                                bool is_last)
{
    struct reader *reader = &building->reader;
    struct alternative_keys keys = {0};
    if (!schema_read(&alternative_schema, reader, node, STR("an alternative"), &keys))
        return false;
    if (!keys.when && !is_last) {
        diagnostics_error(reader->diagnostics, node->place,
                          STR("add a `when`, or move it to the end"),
                          "nothing behind an alternative without 'when' is ever reached");
        return false;
    }
    bool is_good = proxy_add(building, keys.proxy);
    struct proxy *proxy = &building->route->proxies[building->route->proxy_count - 1];
    if (!keys.when)
        return is_good;
    proxy->has_when = true;
    return text_compile_expression(reader->arena, keys.when, &building->scope, &proxy->when) &&
           is_good;
}

static bool alternatives_compile(struct route_building *building, const struct node *node)
{
    struct reader *reader = &building->reader;
    if (node->count == 0) {
        diagnostics_error(reader->diagnostics, node->place, STR("write - proxy: SERVICE"),
                          "a route without alternatives");
        return false;
    }
    proxies_begin(building, node->count);
    bool is_good = true;
    for (uint32_t i = 0; i < node->count; i++)
        is_good &= alternative_compile(building, node->entries[i].value, i + 1 == node->count);
    return is_good;
}

/* --- all ---------------------------------------------------------------------------------- */

static bool value_compile(struct route_building *building, const struct node *node)
{
    struct route *route = building->route;
    if (node->kind == NODE_LIST)
        return alternatives_compile(building, node);
    struct str what = str_format(building->reader.arena, "route '%.*s'", STR_ARGS(route->key));
    struct route_keys keys = {.cors = route->cors, .expose = route->expose};
    bool is_good = schema_read(&route_schema, &building->reader, node, what, &keys);
    if (node->kind != NODE_MAPPING)
        return false;
    route->deadline = keys.deadline;
    route->cors = keys.cors;
    route->expose = keys.expose;
    if (keys.proxy)
        return lone_proxy_compile(building, node, &keys) && is_good;
    return composition_compile(building, &keys) && is_good;
}

static bool mentions_body(const struct route *route)
{
    for (uint32_t i = 0; i < route->slots.count; i++) {
        if (route->slots.list[i].kind == SLOT_BODY)
            return true;
    }
    return false;
}

bool route_compile(struct arena *arena, struct config *config, const struct route_node *source,
                   struct diagnostics *diagnostics, struct route *route)
{
    if (!key_compile(arena, source->key, diagnostics, route))
        return false;
    route->node = source->value;
    route->cors = config->settings.cors;
    route->expose = config->settings.expose;
    struct route_building building = {.config = config, .route = route};
    scope_init(&building.constants, &route->slots, &config->environment, diagnostics, SCOPE_NONE);
    building.constants.purpose = "in a setting";
    scope_init(&building.scope, &route->slots, &config->environment, diagnostics, SCOPE_ALL);
    building.scope.parameters = route->pattern.parameters;
    building.scope.parameter_count = route->pattern.parameter_count;
    building.reader = (struct reader){arena, diagnostics, &building.constants};
    bool is_good = value_compile(&building, source->value);
    route->reads_body = mentions_body(route);
    if (is_good)
        route->vary = vary_of_route(arena, route);
    return is_good;
}

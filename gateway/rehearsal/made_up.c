/*
 * One rule for each request of the route: its method, its target up to the first value that is
 * inserted, and the sketch of the call's value. Calls that cannot be told apart by that share one
 * sketch.
 */
#include "gateway/rehearsal/made_up.h"

#include "base/arena.h"
#include "base/json/build.h"
#include "base/slices.h"
#include "gateway/rehearsal/sketch.h"

struct made_up {
    struct arena *arena;
    const struct config *config;
    const struct route *route;
    struct sketch sketch;
    struct sketch_member **members; /* of each call */
    struct canned_service *services;
    uint32_t *rooms;
};

static const struct field json_field[] = {{{"Content-Type", 12}, {"application/json", 16}}};

static struct canned_rule rule_of_request(const struct request *request)
{
    size_t literal = str_find_text(request->target_text, STR("${"));
    return (struct canned_rule){.methods = 1u << request->method,
                                .target = {request->target_text.at, literal},
                                .has_rest = literal < request->target_text.length};
}

static bool rule_is_alike(const struct request *a, const struct request *b)
{
    struct canned_rule one = rule_of_request(a), other = rule_of_request(b);
    return a->service == b->service && one.methods == other.methods &&
           one.has_rest == other.has_rest && str_equal(one.target, other.target);
}

static void sketch_calls(struct made_up *made_up)
{
    const struct route *route = made_up->route;
    made_up->members = arena_array(made_up->arena, struct sketch_member *, route->call_count + 1);
    for (uint32_t i = 0; i < route->call_count; i++) {
        struct sketch_member *member = NULL;
        for (uint32_t k = 0; k < i && member == NULL; k++) {
            if (rule_is_alike(&route->calls[i].request, &route->calls[k].request))
                member = made_up->members[k];
        }
        made_up->members[i] = member != NULL ? member : sketch_member_new(&made_up->sketch);
        sketch_add_root(&made_up->sketch, route->calls[i].name, made_up->members[i]);
    }
    if (route->node != NULL)
        sketch_read(&made_up->sketch, route->node);
}

/* The value of an `each` is a list of answers, that of a batch is made of lists. */
static struct json answer_of_call(struct made_up *made_up, const struct call *call)
{
    struct sketch_member member = *made_up->members[call->index];
    if (call->has_each)
        member.is_list = call->batch > 0;
    return sketch_json(&made_up->sketch, &member, true);
}

/* Among the made-up rules, those with more text come first. */
static void rule_add(struct made_up *made_up, const struct request *request, struct json value)
{
    struct canned_service *service = &made_up->services[request->service->index];
    struct canned_rule *rules = (struct canned_rule *)(uintptr_t)service->rules;
    struct canned_rule rule = rule_of_request(request);
    uint32_t first = made_up->rooms[request->service->index], at = service->rule_count;
    rule.answer = (struct canned_answer){.status = 200,
                                         .fields = json_field,
                                         .field_count = 1,
                                         .body = json_text(made_up->arena, value)};
    while (at > first && rules[at - 1].target.length < rule.target.length) {
        rules[at] = rules[at - 1];
        at--;
    }
    rules[at] = rule;
    service->rule_count++;
}

static void rules_of_call(struct made_up *made_up, const struct call *call)
{
    struct json value = answer_of_call(made_up, call);
    rule_add(made_up, &call->request, value);
    for (uint32_t i = 0; i < call->rung_count; i++) {
        if (call->ladder[i].kind == RUNG_REQUEST)
            rule_add(made_up, &call->ladder[i].request, value);
    }
}

static void services_begin(struct made_up *made_up, const struct canned_service *base)
{
    static const struct canned_answer otherwise = {
        .status = 200, .fields = json_field, .field_count = 1, .body = {"{}", 2}};
    uint32_t more = 0;
    for (uint32_t i = 0; i < made_up->route->call_count; i++)
        more += 1 + made_up->route->calls[i].rung_count;
    uint32_t count = made_up->config->service_count;
    made_up->services = arena_array(made_up->arena, struct canned_service, count + 1);
    made_up->rooms = arena_array(made_up->arena, uint32_t, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        struct canned_service *service = &made_up->services[i];
        uint32_t own = base != NULL ? base[i].rule_count : 0;
        struct canned_rule *rules = arena_array(made_up->arena, struct canned_rule, own + more);
        if (base != NULL)
            *service = base[i];
        if (own > 0)
            memcpy(rules, base[i].rules, own * sizeof(*rules));
        service->rules = rules;
        service->otherwise = &otherwise;
        made_up->rooms[i] = own;
    }
}

const struct canned_service *made_up_services(struct arena *arena, const struct config *config,
                                              const struct route *route,
                                              const struct canned_service *base)
{
    struct made_up made_up = {
        .arena = arena, .config = config, .route = route, .sketch = {.arena = arena}};
    services_begin(&made_up, base);
    sketch_calls(&made_up);
    for (uint32_t i = 0; i < route->call_count; i++)
        rules_of_call(&made_up, &route->calls[i]);
    return made_up.services;
}

/* --- the client ---------------------------------------------------------------------------- */

static struct str made_up_path(struct arena *arena, const struct pattern *pattern)
{
    struct slices out;
    slices_init(&out, arena);
    for (uint32_t i = 0; i < pattern->count; i++) {
        const struct pattern_segment *segment = &pattern->segments[i];
        if (segment->kind == PATTERN_REST)
            break;
        slices_copy(&out, STR("/"));
        slices_copy(&out, segment->kind == PATTERN_LITERAL ? segment->text : STR("1"));
    }
    if (out.bytes == 0)
        slices_copy(&out, STR("/"));
    return slices_join(&out);
}

static struct str made_up_query(struct arena *arena, const struct sketch_member *query)
{
    struct slices out;
    slices_init(&out, arena);
    for (const struct sketch_member *member = query->first; member; member = member->next) {
        if (out.bytes > 0)
            slices_copy(&out, STR("&"));
        slices_copy(&out, member->name);
        slices_copy(&out, STR("=1"));
    }
    return out.bytes > 0 ? slices_join(&out) : STR_NONE;
}

static void field_set(struct field *fields, uint32_t *count, struct str name, struct str value)
{
    fields[(*count)++] = (struct field){name, value};
}

/* `headers.accept_language` is Accept-Language: 1; `cookies` are one field. */
static void made_up_fields(struct arena *arena, const struct sketch_member *headers,
                           const struct sketch_member *cookies, struct client_request *request)
{
    uint32_t count = 0, room = 3;
    for (const struct sketch_member *member = headers->first; member; member = member->next)
        room++;
    struct field *fields = arena_array(arena, struct field, room);
    field_set(fields, &count, STR("Host"), request->host);
    if (request->has_body)
        field_set(fields, &count, STR("Content-Type"), STR("application/json"));
    for (const struct sketch_member *member = headers->first; member; member = member->next) {
        struct str name = str_copy(arena, member->name);
        for (char *at = strchr((char *)(uintptr_t)name.at, '_'); at; at = strchr(at, '_'))
            *at = '-';
        if (!str_equal_ignore_case(name, STR("host")) &&
            !str_equal_ignore_case(name, STR("content-type")))
            field_set(fields, &count, name, STR("1"));
    }
    struct str cookie = STR("");
    for (const struct sketch_member *member = cookies->first; member; member = member->next)
        cookie = str_format(arena, "%.*s%s%.*s=1", STR_ARGS(cookie), cookie.length > 0 ? "; " : "",
                            STR_ARGS(member->name));
    if (cookie.length > 0)
        field_set(fields, &count, STR("Cookie"), cookie);
    request->fields = fields;
    request->field_count = count;
}

static enum method made_up_method(const struct route *route)
{
    enum method method = METHOD_GET;
    while (!route->is_any && (route->methods & 1u << method) == 0)
        method++;
    return method;
}

struct client_request made_up_request(struct arena *arena, const struct route *route)
{
    static const char *const names[] = {"query", "body", "headers", "cookies"};
    struct sketch sketch = {.arena = arena};
    struct sketch_member *members[4];
    for (size_t i = 0; i < 4; i++) {
        members[i] = sketch_member_new(&sketch);
        sketch_add_root(&sketch, str_of(names[i]), members[i]);
    }
    if (route->node != NULL && !route_is_proxy(route))
        sketch_read(&sketch, route->node);
    struct client_request request = {.method = made_up_method(route),
                                     .path = made_up_path(arena, &route->pattern),
                                     .query = made_up_query(arena, members[0]),
                                     .host = STR("localhost"),
                                     .peer = STR("127.0.0.1"),
                                     .has_body = route->reads_body};
    request.target =
        request.query.at == NULL
            ? request.path
            : str_format(arena, "%.*s?%.*s", STR_ARGS(request.path), STR_ARGS(request.query));
    if (route->reads_body)
        request.body = json_text(arena, sketch_json(&sketch, members[1], true));
    made_up_fields(arena, members[2], members[3], &request);
    return request;
}

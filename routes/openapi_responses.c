/*
 * What a client gets: the answer with the shape of its body, and a problem document for each cause
 * that the calls of the route can give.
 */
#include "routes/openapi_parts.h"

#include "base/arena.h"
#include "config/json_schema.h"
#include "config/reason.h"
#include "routes/answer_shape.h"

#define PROBLEM "application/problem+json"

bool openapi_may_degrade(const struct route *route)
{
    struct json ignored;
    for (uint32_t i = 0; i < route->call_count; i++) {
        if (!call_is_required(&route->calls[i]))
            return true;
    }
    return route->response.body != NULL && !template_is_constant(route->response.body, &ignored);
}

/* --- the answer --------------------------------------------------------------------------- */

/* Three digits, or "default" where an expression decides. */
static struct str status_text(struct arena *arena, const struct response_plan *response)
{
    struct jmespath_frame frame = {.arena = arena, .steps_left = JMESPATH_STEPS_DEFAULT};
    struct json value;
    struct str text;
    if (!response->has_status)
        return STR("200");
    if (text_is_constant(&response->status) && text_evaluate(&response->status, &frame, &value) &&
        text_insert(arena, value, &text))
        return text;
    return STR("default");
}

static bool status_has_body(struct str status)
{
    return !str_equal(status, STR("204")) && !str_equal(status, STR("205")) &&
           !str_equal(status, STR("304"));
}

/* OpenAPI says the type beside the content, and Degraded is ours. */
static bool header_is_elsewhere(struct str name)
{
    return str_equal_ignore_case(name, STR("content-type")) ||
           str_equal_ignore_case(name, STR("degraded"));
}

static void headers_set(struct json_builder *response, const struct route *route)
{
    struct arena *arena = response->arena;
    struct json_builder headers = json_builder_in(arena);
    struct json text = json_schema_fragment(arena, "{'schema': {'type': 'string'}}");
    for (uint32_t i = 0; i < route->response.header_count; i++) {
        if (!header_is_elsewhere(route->response.headers[i].name))
            json_builder_set_named(&headers, route->response.headers[i].name, text);
    }
    if (route->response.cookie_count > 0)
        json_builder_set(&headers, "Set-Cookie", text);
    if (route->response.etag)
        json_builder_set(&headers, "ETag", text);
    if (openapi_may_degrade(route))
        json_builder_set(&headers, "Degraded",
                         json_schema_fragment(arena, "{'$ref': '#/components/headers/Degraded'}"));
    if (headers.count > 0)
        json_builder_set(response, "headers", json_builder_object(&headers));
}

/* The type that the route sets itself, where it is known at load. */
static struct str media_type(struct arena *arena, const struct route *route)
{
    struct jmespath_frame frame = {.arena = arena, .steps_left = JMESPATH_STEPS_DEFAULT};
    for (uint32_t i = 0; i < route->response.header_count; i++) {
        const struct request_header *header = &route->response.headers[i];
        struct json value;
        struct str text;
        if (str_equal_ignore_case(header->name, STR("content-type")) &&
            text_is_constant(&header->text) && text_evaluate(&header->text, &frame, &value) &&
            text_insert(arena, value, &text))
            return text;
    }
    return STR("application/json");
}

static struct json answer_json(struct arena *arena, const struct config *config,
                               const struct route *route, bool has_body)
{
    struct json_builder response = json_builder_in(arena);
    json_builder_set(&response, "description", json_decoded(STR("The composed answer.")));
    headers_set(&response, route);
    if (!has_body)
        return json_builder_object(&response);
    struct shape shape = answer_shape(arena, route);
    struct json_builder media = json_builder_in(arena);
    json_builder_set(&media, "schema", shape_schema(arena, config, &shape));
    struct json_builder content = json_builder_in(arena);
    json_builder_set_named(&content, media_type(arena, route), json_builder_object(&media));
    json_builder_set(&response, "content", json_builder_object(&content));
    return json_builder_object(&response);
}

/* --- problems ----------------------------------------------------------------------------- */

/* What a call can do to its route. */
enum cause { CAUSE_CALL, CAUSE_PASSED_ON, CAUSE_PASSED_ON_FEW, CAUSE_COUNT };

static bool call_has_cause(const struct call *call, enum cause cause)
{
    switch (cause) {
    case CAUSE_PASSED_ON:
        return !call->target_mentions_call;
    case CAUSE_PASSED_ON_FEW:
        return call->target_mentions_call;
    case CAUSE_CALL:
    case CAUSE_COUNT:
        break;
    }
    return true;
}

/* "order or customer"; empty where no such call has the cause. */
static struct str names_of(struct arena *arena, const struct route *route, enum cause cause,
                           bool is_required)
{
    struct str names = STR("");
    for (uint32_t i = 0; i < route->call_count; i++) {
        const struct call *call = &route->calls[i];
        if (call_is_required(call) == is_required && call_has_cause(call, cause))
            names = str_format(arena, "%.*s%s%.*s", STR_ARGS(names), names.length > 0 ? " or " : "",
                               STR_ARGS(call->name));
    }
    return names;
}

struct problem {
    const char *status;
    enum cause cause;
    const char *says; /* "%.*s" are the names of calls */
};

/* Those of one status stand together. */
static const struct problem problems[] = {
    {"4XX", CAUSE_PASSED_ON, "the service that %.*s asks refuses"},
    {"4XX", CAUSE_PASSED_ON_FEW, "the service that %.*s asks refuses with 401, 403 or 429"},
    {"502", CAUSE_CALL, "%.*s fails, or is answered with what cannot be used"},
    {"503", CAUSE_CALL, "there is no place for %.*s; to be asked again later"},
    {"504", CAUSE_CALL, "%.*s takes too long"},
};

#define PROBLEM_COUNT (sizeof(problems) / sizeof(*problems))

static struct json problem_json(struct arena *arena, struct str description, bool has_retry)
{
    struct json_builder response = json_builder_in(arena);
    json_builder_set(&response, "description", json_decoded(description));
    if (has_retry)
        json_builder_set(
            &response, "headers",
            json_schema_fragment(arena,
                                 "{'Retry-After': {'$ref': '#/components/headers/Retry-After'}}"));
    json_builder_set(&response, "content",
                     json_schema_fragment(arena, "{'" PROBLEM "': {'schema': {'$ref':"
                                                 " '#/components/schemas/Problem'}}}"));
    return json_builder_object(&response);
}

/* One sentence for the calls that are required, one for those that have a fallback. */
static struct str description_add(struct arena *arena, struct str text, const struct route *route,
                                  const struct problem *problem)
{
    for (int is_required = 1; is_required >= 0; is_required--) {
        struct str names = names_of(arena, route, problem->cause, is_required != 0);
        if (names.length == 0)
            continue;
        const char *head = is_required != 0 ? "Problem: " : "With Prefer: handling=strict: ";
        size_t mark = str_find_text(str_of(problem->says), STR("%.*s"));
        text = str_format(arena, "%.*s%s%s%.*s%.*s%s.", STR_ARGS(text), text.length > 0 ? " " : "",
                          head, (int)mark, problem->says, STR_ARGS(names),
                          problem->says + mark + sizeof("%.*s") - 1);
    }
    return text;
}

static bool reads_client(const struct route *route)
{
    for (uint32_t i = 0; i < route->slots.count; i++) {
        enum slot_kind kind = route->slots.list[i].kind;
        if (kind != SLOT_CALL && kind != SLOT_META && kind != SLOT_LOOP && kind != SLOT_REQUEST)
            return true;
    }
    return false;
}

static void client_problems_add(struct json_builder *responses, const struct route *route)
{
    struct arena *arena = responses->arena;
    if (reads_client(route))
        json_builder_set(
            responses, "400",
            problem_json(arena, STR("Something is missing in the request, or cannot be read."),
                         false));
    if (!route->reads_body)
        return;
    json_builder_set(responses, "413",
                     problem_json(arena, STR("The body of the request is too large."), false));
    json_builder_set(responses, "415",
                     problem_json(arena, STR("The body of the request is not JSON."), false));
}

void openapi_responses_set(struct json_builder *operation, const struct config *config,
                           const struct route *route)
{
    struct arena *arena = operation->arena;
    struct json_builder responses = json_builder_in(arena);
    struct str status = status_text(arena, &route->response);
    json_builder_set_named(&responses, status,
                           answer_json(arena, config, route, status_has_body(status)));
    if (route->response.etag && !str_equal(status, STR("304")))
        json_builder_set(&responses, "304",
                         json_schema_fragment(
                             arena, "{'description': 'What If-None-Match names is still right.'}"));
    client_problems_add(&responses, route);
    for (size_t i = 0; i < PROBLEM_COUNT;) {
        const char *code = problems[i].status;
        struct str description = STR("");
        for (; i < PROBLEM_COUNT && strcmp(problems[i].status, code) == 0; i++)
            description = description_add(arena, description, route, &problems[i]);
        if (description.length == 0 || str_equal(status, str_of(code)))
            continue;
        json_builder_set(&responses, code,
                         problem_json(arena, description, strcmp(code, "503") == 0));
    }
    json_builder_set(operation, "responses", json_builder_object(&responses));
}

/* --- what is shared ----------------------------------------------------------------------- */

static struct json reasons_json(struct arena *arena)
{
    struct json_builder reasons = json_builder_in(arena);
    for (int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
        const char *name = reason_name((enum reason)i);
        if (i != REASON_CANCELLED)
            json_builder_add(&reasons, json_decoded(str_of(name)));
    }
    struct json_builder schema = json_builder_in(arena);
    json_builder_set(&schema, "description", json_decoded(STR("Why it failed.")));
    json_builder_set(&schema, "enum", json_builder_array(&reasons));
    return json_builder_object(&schema);
}

static struct json problem_schema(struct arena *arena)
{
    struct json_builder properties = json_builder_in(arena);
    json_builder_set_all(
        &properties,
        json_schema_fragment(
            arena, "{'type': {'type': 'string', 'format': 'uri-reference'}, 'title': {'type':"
                   " 'string'}, 'status': {'type': 'integer'}, 'call': {'description': 'The call"
                   " that failed.', 'type': 'string'}, 'parameter': {'description': 'What the"
                   " request should have held.', 'type': 'string'}, 'request_id': {'type':"
                   " 'string'}}"));
    json_builder_set(&properties, "reason", reasons_json(arena));
    struct json_builder schema = json_builder_in(arena);
    json_builder_set_all(
        &schema,
        json_schema_fragment(arena, "{'description': 'A problem document (RFC 9457).', 'type':"
                                    " 'object', 'required': ['type', 'title', 'status']}"));
    json_builder_set(&schema, "properties", json_builder_object(&properties));
    return json_builder_object(&schema);
}

struct json openapi_components(struct arena *arena)
{
    struct json_builder schemas = json_builder_in(arena);
    json_builder_set(&schemas, "Problem", problem_schema(arena));
    struct json_builder components = json_builder_in(arena);
    json_builder_set(&components, "schemas", json_builder_object(&schemas));
    json_builder_set_all(
        &components,
        json_schema_fragment(
            arena,
            "{'headers': {'Degraded': {'description': 'The answer is not complete: one item for"
            " each call whose fallback stands in it (RFC 9651), with source and reason.', 'schema':"
            " {'type': 'string'}, 'example': 'customer;source=value;reason=timeout'},"
            " 'Retry-After': {'description': 'Seconds.', 'schema': {'type': 'string'}}},"
            " 'parameters': {'Prefer': {'name': 'Prefer', 'in': 'header', 'description': 'With"
            " handling=strict (RFC 7240) an answer that is not complete becomes a problem"
            " document.', 'schema': {'type': 'string'}, 'example': 'handling=strict'}}}"));
    return json_builder_object(&components);
}

/*
 * What a client sends: the slots that a route's expressions read. A value without which a required
 * call cannot be asked for is required.
 */
#include "routes/openapi_parts.h"

#include "base/arena.h"
#include "base/jmespath/ast.h"
#include "base/list.h"
#include "config/json_schema.h"
#include "routes/plan.h"
#include "routes/visit.h"

static bool pattern_has(const struct pattern *pattern, struct str name)
{
    for (uint32_t i = 0; i < pattern->parameter_count; i++) {
        if (str_equal(pattern->parameters[i], name))
            return true;
    }
    return false;
}

struct str openapi_rest_name(struct arena *arena, const struct pattern *pattern)
{
    struct str name = STR("rest");
    while (pattern_has(pattern, name))
        name = str_format(arena, "%.*s_", STR_ARGS(name));
    return name;
}

/* --- parameters --------------------------------------------------------------------------- */

static struct json parameter_json(struct arena *arena, struct str name, const char *in,
                                  bool is_required, const char *schema)
{
    struct json_builder parameter = json_builder_in(arena);
    json_builder_set(&parameter, "name", json_from_text(arena, name));
    json_builder_set(&parameter, "in", json_decoded(str_of(in)));
    if (is_required)
        json_builder_set(&parameter, "required", json_boolean(true));
    json_builder_set(&parameter, "schema", json_schema_fragment(arena, schema));
    return json_builder_object(&parameter);
}

static bool text_is_slot(const struct text *text, uint32_t slot)
{
    uint32_t own;
    return text->is_value && jmespath_is_slot(text->parts[0].expression, &own) && own == slot;
}

/* Without the value the call is `unresolved`, and so the client's request is refused. */
static bool call_needs(const struct call *call, uint32_t slot)
{
    const struct request *request = &call->request;
    if (!call_is_required(call) || call->has_when || call->has_each)
        return false;
    for (uint32_t i = 0; i < request->target_count; i++) {
        if (!request->target[i].is_literal && text_is_slot(&request->target[i].text, slot))
            return true;
    }
    for (uint32_t i = 0; i < request->query_count; i++) {
        if (!request->query[i].is_optional && text_is_slot(&request->query[i].text, slot))
            return true;
    }
    return false;
}

static bool slot_is_required(const struct route *route, uint32_t slot)
{
    for (uint32_t i = 0; i < route->call_count; i++) {
        if (call_needs(&route->calls[i], slot))
            return true;
    }
    return false;
}

/* The same name as a list of values says more. */
static bool has_all_values(const struct route *route, struct str name)
{
    for (uint32_t i = 0; i < route->slots.count; i++) {
        const struct slot *slot = &route->slots.list[i];
        if (slot->kind == SLOT_QUERIES && str_equal(slot->name, name))
            return true;
    }
    return false;
}

/* OpenAPI has other places for these (3.1.0, 4.8.12.1), and we say the last two ourselves. */
static bool header_is_elsewhere(struct str name)
{
    static const char *const names[] = {"accept", "content-type", "authorization", "prefer",
                                        "if-none-match"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (str_equal_ignore_case(name, str_of(names[i])))
            return true;
    }
    return false;
}

static void slot_add(struct json_builder *list, const struct route *route, uint32_t index)
{
    static const char text[] = "{'type': 'string'}";
    static const char texts[] = "{'type': 'array', 'items': {'type': 'string'}}";
    const struct slot *slot = &route->slots.list[index];
    bool is_required = slot_is_required(route, index);
    if (slot->name.length == 0)
        return;
    if (slot->kind == SLOT_QUERIES)
        json_builder_add(list,
                         parameter_json(list->arena, slot->name, "query", is_required, texts));
    else if (slot->kind == SLOT_QUERY && !has_all_values(route, slot->name))
        json_builder_add(list, parameter_json(list->arena, slot->name, "query", is_required, text));
    else if (slot->kind == SLOT_HEADER && !header_is_elsewhere(slot->name))
        json_builder_add(list,
                         parameter_json(list->arena, slot->name, "header", is_required, text));
    else if (slot->kind == SLOT_COOKIE)
        json_builder_add(list,
                         parameter_json(list->arena, slot->name, "cookie", is_required, text));
}

void openapi_parameters_set(struct json_builder *operation, const struct route *route,
                            const struct pattern *names)
{
    struct arena *arena = operation->arena;
    struct json_builder list = json_builder_in(arena);
    for (uint32_t i = 0; i < names->parameter_count; i++)
        json_builder_add(&list, parameter_json(arena, names->parameters[i], "path", true,
                                               "{'type': 'string', 'minLength': 1}"));
    if (names->has_rest)
        json_builder_add(&list, parameter_json(arena, openapi_rest_name(arena, names), "path", true,
                                               "{'type': 'string', 'description': 'The rest of the"
                                               " path, slashes included.'}"));
    for (uint32_t i = 0; i < route->slots.count; i++)
        slot_add(&list, route, i);
    if (route->response.etag)
        json_builder_add(&list, parameter_json(arena, STR("If-None-Match"), "header", false,
                                               "{'type': 'string'}"));
    if (openapi_may_degrade(route))
        json_builder_add(&list,
                         json_schema_fragment(arena, "{'$ref': '#/components/parameters/Prefer'}"));
    if (list.count > 0)
        json_builder_set(operation, "parameters", json_builder_array(&list));
}

/* --- the body ----------------------------------------------------------------------------- */

struct body_search {
    struct text_visitor texts;
    const struct route *route;
    struct json_builder properties;
    bool is_used_whole;
};

static bool is_body(const struct body_search *search, const struct ast *node)
{
    return node->kind == AST_SLOT && search->route->slots.list[node->number].kind == SLOT_BODY;
}

static void property_add(struct body_search *search, struct str name)
{
    for (uint32_t i = 0; i < search->properties.count; i += 2) {
        if (json_string_is(search->properties.parts[i], name))
            return;
    }
    json_builder_set_named(&search->properties, name, json_object(NULL, 0));
}

/* As deep as an expression (AST_HEIGHT_MAXIMUM). */
static void tree_search(struct body_search *search, const struct ast *node)
{
    if (node == NULL)
        return;
    if (is_body(search, node)) {
        search->is_used_whole = true;
        return;
    }
    if (node->kind == AST_FIELD && node->left != NULL && is_body(search, node->left)) {
        property_add(search, node->name);
        return;
    }
    tree_search(search, node->left);
    tree_search(search, node->right);
    tree_search(search, node->inner);
    tree_search(search, node->condition);
    for (uint32_t i = 0; i < node->count; i++)
        tree_search(search, node->items[i]);
}

static void body_visit(struct text_visitor *texts, const struct text *text)
{
    struct body_search *search = container_of(texts, struct body_search, texts);
    for (uint32_t i = 0; i < text->count; i++) {
        if (text->parts[i].expression != NULL)
            tree_search(search, jmespath_tree(text->parts[i].expression));
    }
}

static void route_visit_texts(const struct route *route, struct text_visitor *visitor)
{
    for (uint32_t i = 0; i < route->call_count; i++)
        plan_visit_texts(&route->calls[i], visitor);
    response_plan_visit_texts(&route->response, visitor);
}

/* The members that expressions ask for; where the whole goes on, any JSON will do. */
static struct json body_schema(struct arena *arena, const struct route *route)
{
    struct body_search search = {
        .texts = {body_visit}, .route = route, .properties = json_builder_in(arena)};
    route_visit_texts(route, &search.texts);
    struct json_builder schema = json_builder_in(arena);
    if (!search.is_used_whole && search.properties.count > 0)
        json_builder_set(&schema, "type", json_decoded(STR("object")));
    if (search.properties.count > 0)
        json_builder_set(&schema, "properties", json_builder_object(&search.properties));
    return json_builder_object(&schema);
}

void openapi_request_body_set(struct json_builder *operation, const struct route *route)
{
    struct arena *arena = operation->arena;
    if (!route->reads_body)
        return;
    struct json_builder media = json_builder_in(arena);
    json_builder_set(&media, "schema", body_schema(arena, route));
    struct json_builder content = json_builder_in(arena);
    json_builder_set(&content, "application/json", json_builder_object(&media));
    struct json_builder body = json_builder_in(arena);
    json_builder_set(&body, "content", json_builder_object(&content));
    json_builder_set(operation, "requestBody", json_builder_object(&body));
}

/*
 * The forms of what stands below `routes:`, and the document put together: the top of the file,
 * and one definition for each thing that stands in more than one place.
 */
#include "routes/file_schema.h"

#include "base/json/build.h"
#include "config/listener.h"
#include "config/service.h"
#include "config/settings.h"
#include "config/warning.h"
#include "routes/call.h"
#include "routes/ladder.h"
#include "routes/proxy.h"
#include "routes/response.h"
#include "routes/route_compile.h"

#define NAME       "[A-Za-z][A-Za-z0-9_]*"
#define REQUEST    "^\\\\s*[A-Za-z][A-Za-z0-9_.-]*\\\\s+" JSON_SCHEMA_METHODS "\\\\s+/"
#define TARGET     "^[A-Za-z][A-Za-z0-9_.-]*( +/.*)?$"
#define TEMPLATE   "{'$ref': '#/$defs/template'}"
#define EXPRESSION "{'$ref': '#/$defs/expression'}"
#define STATUSES                                                                                   \
    "{'type': 'array', 'minItems': 1, 'items': {'type': ['integer', 'string'], 'minimum': 200,"    \
    " 'maximum': 599, 'pattern': '^[2-5][0-9][0-9]$" JSON_SCHEMA_CONSTANT "'}}"
#define FIELDS "{'type': 'object', 'additionalProperties': {'$ref': '#/$defs/header'}}"
#define CALLS  "{'type': ['array', 'string'], 'items': {'type': 'string', 'pattern': '^" NAME "$'}}"
#define LINE   "{'$ref': '#/$defs/request'}"

static const struct json_schema_form forms[] = {
    {"route", "calls",
     "{'type': 'object', 'maxProperties': 256, 'propertyNames': {'pattern': '^" NAME
     "$', 'not': {'enum': ['path', 'query', 'queries', 'headers', 'cookies', 'body', 'request',"
     " 'meta', 'env', 'response', 'file']}}, 'additionalProperties': {'$ref': '#/$defs/call'}}",
     false},
    {"route", "response", "{'$ref': '#/$defs/response'}", false},
    {"route", "proxy", "{'$ref': '#/$defs/proxy'}", false},
    {"route", "cors", "{'$ref': '#/properties/cors'}", false},
    {"route", "expose", "{'$ref': '#/properties/expose'}", false},
    {"alternative", "when", EXPRESSION, false},
    {"alternative", "proxy", "{'$ref': '#/$defs/proxy'}", false},
    {"call", "request", LINE, false},
    {"call", "query",
     "{'type': 'object', 'additionalProperties': {'type': ['string', 'number', 'boolean', 'array'],"
     " 'items': {'$ref': '#/$defs/text'}}}",
     false},
    {"call", "headers", FIELDS, false},
    {"call", "body", TEMPLATE, false},
    {"call", "when", EXPRESSION, false},
    {"call", "after", CALLS, false},
    {"call", "each", "{'$ref': '#/$defs/loop'}", false},
    {"call", "fallback",
     "{'if': {'type': 'array'}, 'then': {'minItems': 1, 'items': {'$ref': '#/$defs/rung'}},"
     " 'else': {'$ref': '#/$defs/rung'}}",
     false},
    {"call", "cache", "{'anyOf': [{'const': 'standard'}, {'$ref': '#/$defs/duration'}]}", false},
    {"call", "batch",
     "{'type': ['integer', 'string'], 'minimum': 1, 'pattern': '^[0-9]+$" JSON_SCHEMA_CONSTANT "'}",
     false},
    {"call", "accept", STATUSES, true},
    {"call", "absent", STATUSES, false},
    {"rung", "stale", "{'$ref': '#/$defs/duration'}", false},
    {"rung", "request", LINE, false},
    {"rung", "headers", FIELDS, false},
    {"rung", "body", TEMPLATE, false},
    {"rung", "value", TEMPLATE, false},
    {"rung", "accept", STATUSES, false},
    {"response", "status",
     "{'type': ['integer', 'string'], 'minimum': 200, 'maximum': 599,"
     " 'pattern': '^[2-5][0-9][0-9]$" JSON_SCHEMA_CONSTANT "'}",
     false},
    {"response", "headers", FIELDS, false},
    {"response", "cookies", CALLS, false},
    {"response", "body", TEMPLATE, false},
    {"proxy", "to", "{'type': 'string', 'pattern': '" TARGET "'}", false},
    {"proxy", "headers", FIELDS, false},
    {"proxy", "cache", "{'const': 'standard'}", false},
    {"proxy", "upgrade", "{'$ref': '#/$defs/texts'}", false},
};

const struct json_schema_forms routes_forms = {forms, sizeof(forms) / sizeof(*forms),
                                               &config_forms};

static const struct json_schema_definition definitions[] = {
    {"expression", NULL,
     "{'title': 'expression', 'description': 'Exactly one ${…}.', 'type': 'string',"
     " 'pattern': '^\\\\s*[$][{]'}"},
    {"loop", NULL,
     "{'title': 'loop', 'description': 'NAME in ${…}', 'type': 'string',"
     " 'pattern': '^\\\\s*" NAME "\\\\s+in\\\\s+[$][{]', 'examples': ['item in ${order.items}']}"},
    {"request", NULL,
     "{'title': 'request', 'description': 'SERVICE METHOD TARGET', 'type': 'string',"
     " 'pattern': '" REQUEST "', 'examples': ['users GET /users/${path.id}']}"},
    {"template", NULL,
     "{'title': 'template', 'description': 'The JSON to build: ${…} anywhere, ... spreads an"
     " object, a key with ? is left out when null, $each makes an array.', 'properties': {"
     "'...': {'description': 'One ${…} whose members stand here, or a list of them.', 'type':"
     " ['string', 'array'], 'pattern': '^\\\\s*[$][{]', 'items': {'$ref': '#/$defs/expression'}},"
     " '$each': {'description': 'One element for each element of an array.', '$ref':"
     " '#/$defs/loop'}, '$value': {'description': 'The element, where it is no object.', '$ref':"
     " '#/$defs/template'}}, 'patternProperties': {'^[$](?![$]|each$|value$)': false},"
     " 'additionalProperties': {'$ref': '#/$defs/template'}, 'items': {'$ref':"
     " '#/$defs/template'}}"},
    {"route", &route_schema,
     "{'title': 'route', 'description': 'Calls and a response, a proxy, or a list of alternatives"
     " of which each is a proxy.', 'type': ['object', 'array'], 'minItems': 1, 'items': {'$ref':"
     " '#/$defs/alternative'}, 'if': {'type': 'object'}, 'then': {'anyOf': [{'required':"
     " ['calls']}, {'required': ['response']}, {'required': ['proxy']}]}, 'dependentSchemas':"
     " {'proxy': {'properties': {'calls': false, 'response': false, 'deadline': false}}}}"},
    {"alternative", &alternative_schema, "{'title': 'alternative'}"},
    {"call", &call_schema,
     "{'title': 'call', 'description': 'A call: SERVICE METHOD TARGET alone, or its keys.',"
     " 'type': ['object', 'string'], 'pattern': '" REQUEST "', 'dependentRequired': {'concurrency':"
     " ['each'], 'limit': ['each'], 'batch': ['each']}}"},
    {"rung", &rung_schema,
     "{'title': 'rung', 'description': 'A way to a value when a call failed.', 'type':"
     " ['object', 'string'], 'pattern': '^omit$', 'if': {'type': 'object'}, 'then': {'oneOf':"
     " [{'required': ['stale']}, {'required': ['request']}, {'required': ['value']}]},"
     " 'dependentRequired': {'headers': ['request'], 'body': ['request'], 'timeout': ['request'],"
     " 'accept': ['request']}}"},
    {"response", &response_schema, "{'title': 'response'}"},
    {"proxy", &proxy_schema,
     "{'title': 'proxy', 'description': 'SERVICE and perhaps a path alone, or its keys.', 'type':"
     " ['object', 'string'], 'pattern': '" TARGET "'}"},
    {0},
};

const struct schema *const file_schema_tables[] = {
    &settings_schema, &include_schema, &service_schema,     &address_schema,
    &listener_schema, &route_schema,   &call_schema,        &rung_schema,
    &response_schema, &proxy_schema,   &alternative_schema, NULL,
};

static void definitions_add(struct arena *arena, const struct json_schema_definition *list,
                            struct json_builder *all)
{
    for (; list->name != NULL; list++) {
        struct json one = list->schema == NULL
                              ? json_schema_fragment(arena, list->more)
                              : json_schema_of(arena, &routes_forms, list->schema, list->more);
        json_builder_set(all, list->name, one);
    }
}

/* Another name silences nothing, which is only warned of: so it completes, and does not underline.
 */
static struct json allow_schema(struct arena *arena)
{
    struct json_builder names = json_builder_in(arena);
    for (int i = 0; i < WARNING_COUNT; i++) {
        const char *name = warning_name((enum warning)i);
        json_builder_add(&names, json_decoded(str_of(name)));
    }
    struct json_builder known = json_builder_in(arena);
    json_builder_set(&known, "enum", json_builder_array(&names));
    struct json_builder either = json_builder_in(arena);
    json_builder_add(&either, json_builder_object(&known));
    json_builder_add(&either, json_schema_fragment(arena, "{'type': 'string'}"));
    struct json_builder item = json_builder_in(arena);
    json_builder_set(&item, "anyOf", json_builder_array(&either));
    struct json_builder schema = json_builder_in(arena);
    json_builder_set_all(&schema,
                         json_schema_fragment(arena, "{'title': 'allow', 'description': 'Names of"
                                                     " warnings that are silenced here.', 'type':"
                                                     " 'array'}"));
    json_builder_set(&schema, "items", json_builder_object(&item));
    return json_builder_object(&schema);
}

/* The `url` of all services may stand in `defaults`; what is included is not seen from here. */
#define FILE_FORM                                                                                  \
    "{'patternProperties': {'^x-': {}}, 'if': {'required': ['defaults'], 'properties':"            \
    " {'defaults': {'anyOf': [{'required': ['url']}, {'required': ['urls']}]}}}, 'else':"          \
    " {'properties': {'services': {'additionalProperties': {'$ref': '#/$defs/has_address'}}}}}"

struct json file_schema(struct arena *arena)
{
    struct json_builder document = json_builder_in(arena);
    struct json head = json_schema_fragment(
        arena, "{'$schema': 'https://json-schema.org/draft/2020-12/schema', 'title': 'braid',"
               " 'description': 'The configuration of braid, an API composition gateway.'}");
    json_builder_set_all(&document, head);
    json_builder_set_all(&document,
                         json_schema_of(arena, &routes_forms, &settings_schema, FILE_FORM));
    struct json_builder all = json_builder_in(arena);
    json_builder_set(&all, "allow", allow_schema(arena));
    definitions_add(arena, config_definitions, &all);
    definitions_add(arena, definitions, &all);
    json_builder_set(&document, "$defs", json_builder_object(&all));
    return json_builder_object(&document);
}

/*
 * The forms of the top of the file and of services: two tables.
 */
#include "config/json_schema.h"

#include "config/listener.h"
#include "config/service.h"
#include "config/settings.h"

#define TIME "[0-9]+([.][0-9]+)?(ms|s|m|h)"
#define URL  "^(https?://|unix:/)" JSON_SCHEMA_CONSTANT

#define TEXTS "{'$ref': '#/$defs/texts'}"
#define TEXT  "{'$ref': '#/$defs/text'}"
#define SERVICES                                                                                   \
    "{'type': 'object', 'propertyNames': {'pattern': '^[A-Za-z][A-Za-z0-9_.-]*$',"                 \
    " 'not': {'enum': ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT',"     \
    " 'TRACE', 'ANY']}}, 'properties': {'allow': {'if': {'type': 'array'}, 'then': {'$ref':"       \
    " '#/$defs/allow'}, 'else': {'$ref': '#/$defs/service'}}},"                                    \
    " 'additionalProperties': {'$ref': '#/$defs/service'}}"
#define ROUTES                                                                                     \
    "{'type': 'object', 'properties': {'allow': {'$ref': '#/$defs/allow'}}, 'patternProperties':"  \
    " {'^ *(ANY|" JSON_SCHEMA_METHODS "( *, *" JSON_SCHEMA_METHODS                                 \
    ")*) */': {'$ref': '#/$defs/route'}},"                                                         \
    " 'additionalProperties': false}"
#define INCLUDE "{'type': ['array', 'string'], 'items': {'$ref': '#/$defs/text'}}"

static const struct json_schema_form forms[] = {
    {"file", "listen",
     "{'if': {'type': 'array'}, 'then': {'minItems': 1, 'items': {'$ref': '#/$defs/listener'}},"
     " 'else': {'$ref': '#/$defs/listener'}}",
     false},
    {"file", "admin", "{'anyOf': [{'$ref': '#/$defs/off'}, {'$ref': '#/$defs/listener'}]}", false},
    {"file", "workers",
     "{'type': ['integer', 'string'], 'minimum': 1, 'maximum': 1024,"
     " 'pattern': '^(auto|[0-9]+)$" JSON_SCHEMA_CONSTANT "'}",
     false},
    {"file", "trusted_proxies", TEXTS, false},
    {"file", "defaults", "{'$ref': '#/$defs/service_keys'}", false},
    {"file", "expose",
     "{'type': 'array', 'items': {'anyOf': [{'enum': ['server_timing', 'cache_status']},"
     " {'$ref': '#/$defs/constant'}]}}",
     false},
    {"file", "include", INCLUDE, false},
    {"file", "services", SERVICES, false},
    {"file", "routes", ROUTES, false},
    {"included file", "include", INCLUDE, false},
    {"included file", "services", SERVICES, false},
    {"included file", "routes", ROUTES, false},
    {"debug", "header", TEXT, false},
    {"traces", "endpoint", "{'type': 'string', 'pattern': '^https?://" JSON_SCHEMA_CONSTANT "'}",
     false},
    {"cache", "file", "{'anyOf': [{'$ref': '#/$defs/off'}, {'$ref': '#/$defs/text'}]}", false},
    {"resolver", "nameservers", TEXTS, false},
    {"service", "url", "{'$ref': '#/$defs/url'}", false},
    {"service", "urls",
     "{'type': 'array', 'minItems': 1, 'maxItems': 256, 'items': {'$ref': '#/$defs/address'}}",
     false},
    {"service", "balance",
     "{'anyOf': [{'enum': ['round_robin', 'least_requests']},"
     " {'type': 'string', 'pattern': '^hash( |$)" JSON_SCHEMA_CONSTANT "'}]}",
     false},
    {"service", "hedge",
     "{'type': ['string', 'boolean'], 'pattern': '^(off|false|p[1-9][0-9]?|" TIME
     ")$" JSON_SCHEMA_CONSTANT "', 'not': {'const': true}}",
     false},
    {"service", "forward_headers", TEXTS, false},
    {"service", "headers", "{'type': 'object', 'additionalProperties': {'$ref': '#/$defs/header'}}",
     false},
    {"address", "url", "{'$ref': '#/$defs/url'}", false},
    {"tls", "ca", TEXT, false},
    {"tls", "certificate", TEXT, false},
    {"tls", "key", TEXT, false},
    {"tls", "client_ca", TEXT, false},
    {"tls", "more",
     "{'type': 'array', 'minItems': 1, 'maxItems': 63, 'items': {'$ref': '#/$defs/certificate'}}",
     false},
    {"certificate", "certificate", TEXT, false},
    {"certificate", "key", TEXT, false},
    {"retry", "for",
     "{'type': 'array', 'items': {'anyOf': [{'enum': ['connect', 'reset', 'timeout']},"
     " {'type': 'integer', 'minimum': 400, 'maximum': 599},"
     " {'type': 'string', 'pattern': '^[45][0-9][0-9]$" JSON_SCHEMA_CONSTANT "'}]}}",
     false},
    {"health", "path", "{'type': 'string', 'pattern': '^/" JSON_SCHEMA_CONSTANT "'}", false},
};

const struct json_schema_forms config_forms = {forms, sizeof(forms) / sizeof(*forms), NULL};

const struct json_schema_definition config_definitions[] = {
    {"constant", NULL,
     "{'title': 'constant', 'description': 'From the environment or a file, when the file is"
     " loaded.', 'type': 'string', 'pattern': '[$][{]', 'examples': ['${env.NAME}']}"},
    {"text", NULL, "{'title': 'text', 'type': ['string', 'number', 'boolean']}"},
    {"texts", NULL, "{'title': 'texts', 'type': 'array', 'items': {'$ref': '#/$defs/text'}}"},
    {"duration", NULL,
     "{'title': 'duration', 'type': 'string', 'pattern': '^" TIME "$" JSON_SCHEMA_CONSTANT
     "', 'examples': ['250ms', '1s', '5m', '1h']}"},
    {"size", NULL,
     "{'title': 'size', 'type': 'string', 'pattern': "
     "'^[0-9]+([.][0-9]+)?(B|kB|KB|KiB|MB|MiB|GB|GiB)$" JSON_SCHEMA_CONSTANT
     "', 'examples': ['16KiB', '1MiB', '1MB']}"},
    {"share", NULL,
     "{'title': 'share', 'type': 'string', 'pattern': '^[0-9]+([.][0-9]+)?%$" JSON_SCHEMA_CONSTANT
     "', 'examples': ['20%']}"},
    {"switch", NULL,
     "{'title': 'on or off', 'anyOf': [{'enum': ['on', 'off', 'true', 'false', true, false]},"
     " {'$ref': '#/$defs/constant'}]}"},
    {"off", NULL, "{'title': 'off', 'enum': ['off', 'false', false]}"},
    {"header", NULL,
     "{'title': 'field', 'description': 'A text, perhaps with ${…} in it; null: not sent.',"
     " 'type': ['string', 'number', 'boolean', 'null']}"},
    {"url", NULL, "{'title': 'URL', 'type': 'string', 'pattern': '" URL "'}"},
    {"listener", &listener_schema,
     "{'title': 'address', 'description': 'An address with its port, or unix:/path.',"
     " 'type': ['string', 'object'], 'pattern': '^unix:/|:[0-9]+$" JSON_SCHEMA_CONSTANT "'}"},
    {"certificate", &certificate_schema, "{'title': 'certificate'}"},
    {"address", &address_schema,
     "{'title': 'address', 'type': ['string', 'object'], 'pattern': '" URL "'}"},
    {"service", &service_schema,
     "{'title': 'service', 'description': 'A service: its URL alone, or its keys.',"
     " 'type': ['object', 'string'], 'pattern': '" URL "', 'if': {'type': 'object'}, 'then':"
     " {'not': {'required': ['url', 'urls']}}}"},
    {"has_address", NULL,
     "{'if': {'type': 'object'}, 'then': {'anyOf': [{'required': ['url']}, {'required':"
     " ['urls']}]}}"},
    {"service_keys", &service_schema, "{'title': 'keys of every service'}"},
    {"included", &include_schema, "{'title': 'included file', 'patternProperties': {'^x-': {}}}"},
    {0},
};

/*
 * Responses compiled.
 */
#include "routes/response.h"

#include "base/arena.h"
#include "routes/keep_node.h"
#include "routes/visit.h"

struct response_keys {
    const struct node *status;
    const struct node *headers;
    const struct node *cookies;
    const struct node *body;
    bool etag;
};

#define OFFSET(member) offsetof(struct response_keys, member)

static const struct key response_key_list[] = {
    {.name = "status",
     .type = KEY_CUSTOM,
     .shape = "status or one `${…}`",
     .offset = OFFSET(status),
     .read = keep_node,
     .default_text = "200",
     .says = "The status, 200 to 599; an expression may give a number or three digits.",
     .example = "status: ${meta.session.status}"},
    {.name = "headers",
     .type = KEY_CUSTOM,
     .shape = "mapping of texts",
     .offset = OFFSET(headers),
     .read = keep_node,
     .says = "Headers of the answer. null leaves one out, an array makes several lines.",
     .example = "headers: { Cache-Control: private }"},
    {.name = "cookies",
     .type = KEY_CUSTOM,
     .shape = "list of names of calls",
     .offset = OFFSET(cookies),
     .read = keep_node,
     .says = "Calls whose Set-Cookie lines reach the client.",
     .example = "cookies: [session]"},
    {.name = "etag",
     .type = KEY_SWITCH,
     .offset = OFFSET(etag),
     .default_text = "off",
     .says = "Whether a complete answer with status 200 to a GET carries an ETag, and one that the "
             "client names in If-None-Match is answered with 304.",
     .example = "etag: on"},
    {.name = "body",
     .type = KEY_CUSTOM,
     .shape = "template",
     .offset = OFFSET(body),
     .read = keep_node,
     .says = "The template of the JSON; without it, one member per call, in the file's order.",
     .example = "body: { user: \"${session.user}\" }"},
};

const struct schema response_schema = {"response", response_key_list,
                                       sizeof(response_key_list) / sizeof(*response_key_list)};

static bool status_is_good(struct json value)
{
    if (json_type(value) != JSON_NUMBER && json_type(value) != JSON_STRING)
        return false;
    struct str text = {value.text, value.size};
    uint64_t status;
    return text.length == 3 && str_to_unsigned(text, 599, &status) && status >= 200;
}

static bool status_compile(struct reader *reader, const struct node *node, struct scope *scope,
                           struct response_plan *response)
{
    if (!node)
        return true;
    if (!text_compile(reader->arena, node, scope, &response->status))
        return false;
    response->has_status = true;
    text_mark_slots(&response->status, true, scope->slots);
    if (!text_is_constant(&response->status))
        return true;
    struct jmespath_frame frame = {.arena = reader->arena, .steps_left = JMESPATH_STEPS_DEFAULT};
    struct json value;
    if (text_evaluate(&response->status, &frame, &value) && status_is_good(value))
        return true;
    diagnostics_error(reader->diagnostics, node->place, STR("write a status from 200 to 599"),
                      "this is no status of an answer");
    return false;
}

static bool cookie_add(struct reader *reader, const struct node *node, const struct scope *scope,
                       struct response_plan *response)
{
    struct str name;
    if (!reader_text(reader, node, "the name of a call", &name))
        return false;
    for (uint32_t i = 0; i < scope->call_count; i++) {
        if (str_equal(scope->calls[i], name)) {
            response->cookies[response->cookie_count++] = i;
            return true;
        }
    }
    struct str hint = diagnostic_did_you_mean(reader->arena, name, scope->calls, scope->call_count);
    diagnostics_error(reader->diagnostics, node->place, hint, "there is no call '%.*s'",
                      STR_ARGS(name));
    return false;
}

static bool cookies_compile(struct reader *reader, const struct node *node,
                            const struct scope *scope, struct response_plan *response)
{
    if (!node)
        return true;
    if (node->kind != NODE_LIST) {
        diagnostics_error(reader->diagnostics, node->place, STR("write [session]"),
                          "'cookies' is a list of calls");
        return false;
    }
    response->cookies = arena_array(reader->arena, uint32_t, node->count);
    bool is_good = true;
    for (uint32_t i = 0; i < node->count; i++)
        is_good &= cookie_add(reader, node->entries[i].value, scope, response);
    return is_good;
}

static bool headers_compile(struct reader *reader, const struct node *node, struct scope *scope,
                            struct response_plan *response)
{
    if (!node)
        return true;
    response->headers = arena_array(reader->arena, struct request_header, node->count);
    return request_headers_compile(reader->arena, node, scope, response->headers,
                                   &response->header_count);
}

bool response_compile(struct reader *reader, const struct node *node, struct scope *scope,
                      struct response_plan *response)
{
    *response = (struct response_plan){0};
    if (!node)
        return true;
    struct response_keys keys = {0};
    bool is_good = schema_read(&response_schema, reader, node, STR("'response'"), &keys);
    is_good &= status_compile(reader, keys.status, scope, response);
    is_good &= headers_compile(reader, keys.headers, scope, response);
    is_good &= cookies_compile(reader, keys.cookies, scope, response);
    response->etag = keys.etag;
    if (keys.body) {
        response->body = template_compile(reader->arena, keys.body, scope);
        is_good &= response->body != NULL;
    }
    return is_good;
}

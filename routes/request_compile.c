/*
 * Requests compiled: the three words of "SERVICE METHOD TARGET", then the keys beside them.
 */
#include "routes/request.h"

#include "base/arena.h"
#include "config/config.h"
#include "config/header_name.h"
#include "routes/path.h"
#include "routes/spot.h"
#include "routes/target.h"
#include "routes/visit.h"

/* --- service and method ------------------------------------------------------------------- */

const struct service *request_find_service(const struct config *config, struct str name,
                                           struct place place, struct diagnostics *diagnostics)
{
    const struct service *service = config_service(config, name);
    if (service || config->has_broken_services)
        return service; /* one that was reported already may have had this name */
    struct arena *arena = diagnostics->arena;
    struct str *names = arena_array(arena, struct str, config->service_count);
    for (uint32_t i = 0; i < config->service_count; i++)
        names[i] = config->services[i].name;
    struct str hint = diagnostic_did_you_mean(arena, name, names, config->service_count);
    if (str_find_text(name, STR("${")) < name.length)
        hint = STR("a service is never chosen by ${…}");
    else if (str_find_text(name, STR("://")) < name.length)
        hint = STR("give the address a name under `services` and write the name");
    diagnostics_error(diagnostics, place, hint, "there is no service '%.*s'", STR_ARGS(name));
    return NULL;
}

static bool method_read(struct str word, struct place place, struct diagnostics *diagnostics,
                        enum method *ret_method)
{
    if (method_parse(word, ret_method))
        return true;
    struct str names[METHOD_COUNT];
    for (unsigned i = 0; i < METHOD_COUNT; i++)
        names[i] = method_name((enum method)i);
    struct str hint = diagnostic_did_you_mean(diagnostics->arena, word, names, METHOD_COUNT);
    if (str_starts_with(word, STR("/")))
        hint = STR("write SERVICE METHOD TARGET: users GET /users");
    diagnostics_error(diagnostics, place, hint, "'%.*s' is no method", STR_ARGS(word));
    return false;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n';
}

/* Takes blanks and a word off *rest; behind a word there is a blank or nothing. */
static struct str take_word(struct str *rest)
{
    size_t begin = 0;
    while (begin < rest->length && is_blank(rest->at[begin]))
        begin++;
    size_t end = begin;
    while (end < rest->length && !is_blank(rest->at[end]))
        end++;
    struct str word = {rest->at + begin, end - begin};
    *rest = str_from(*rest, end);
    return word;
}

static struct str trim(struct str text)
{
    while (text.length > 0 && is_blank(text.at[0]))
        text = str_from(text, 1);
    while (text.length > 0 && is_blank(text.at[text.length - 1]))
        text.length--;
    return text;
}

static bool line_compile(struct arena *arena, const struct config *config, const struct node *node,
                         struct scope *scope, struct request *request)
{
    struct str rest = node->text;
    struct str service = take_word(&rest);
    struct str method = take_word(&rest);
    struct str target = trim(rest);
    struct place place = spot_of(node, service);
    enum method swapped;
    if (target.length == 0) {
        diagnostics_error(scope->diagnostics, node->place, STR("write users GET /users/${path.id}"),
                          "a request is SERVICE METHOD TARGET");
        return false;
    }
    if (method_parse(service, &swapped) && config_service(config, method)) {
        diagnostics_error(scope->diagnostics, place, STR("the service stands before the method"),
                          "'%.*s' is a method, not a service", STR_ARGS(service));
        return false;
    }
    request->service = request_find_service(config, service, place, scope->diagnostics);
    bool has_method =
        method_read(method, spot_of(node, method), scope->diagnostics, &request->method);
    struct str prefix = STR_NONE;
    if (request->service && request->service->url_count > 0)
        prefix = request->service->urls[0].prefix;
    bool has_target = target_compile(arena, node, target, prefix, scope, request);
    return request->service && has_method && has_target;
}

/* --- query -------------------------------------------------------------------------------- */

static bool parameter_compile(struct arena *arena, const struct node *key, const struct node *value,
                              struct scope *scope, struct query_parameter *parameter)
{
    struct str name = key->text;
    if (str_ends_with(name, STR("??"))) {
        name.length--;
    } else if (str_ends_with(name, STR("?"))) {
        name.length--;
        parameter->is_optional = true;
    }
    parameter->name = path_encode(arena, name);
    if (node_is_missing(value))
        return false;
    if (value->kind != NODE_TEXT) {
        diagnostics_error(scope->diagnostics, value->place, STR_NONE,
                          "the parameter '%.*s' is text or a list of texts, not %s", STR_ARGS(name),
                          node_kind_name(value));
        return false;
    }
    if (node_is_null(value)) {
        diagnostics_error(scope->diagnostics, value->place, STR("leave the parameter out"),
                          "the parameter '%.*s' is always null", STR_ARGS(name));
        return false;
    }
    if (!text_compile(arena, value, scope, &parameter->text))
        return false;
    text_mark_slots(&parameter->text, true, scope->slots);
    return true;
}

static uint32_t count_parameters(const struct node *node)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct node *value = node->entries[i].value;
        count += value->kind == NODE_LIST ? value->count : 1;
    }
    return count;
}

static bool query_compile(struct arena *arena, const struct node *node, struct scope *scope,
                          struct request *request)
{
    if (!node || node_is_missing(node))
        return node == NULL;
    if (node->kind != NODE_MAPPING) {
        diagnostics_error(scope->diagnostics, node->place, STR("write name: ${…}"),
                          "'query' is a mapping of parameters, not %s", node_kind_name(node));
        return false;
    }
    request->query = arena_array(arena, struct query_parameter, count_parameters(node));
    bool is_good = true;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct node *key = node->entries[i].key;
        const struct node *value = node->entries[i].value;
        uint32_t repeated = value->kind == NODE_LIST ? value->count : 1;
        for (uint32_t j = 0; j < repeated; j++) {
            const struct node *text = value->kind == NODE_LIST ? value->entries[j].value : value;
            is_good &=
                parameter_compile(arena, key, text, scope, &request->query[request->query_count++]);
        }
    }
    return is_good;
}

/* --- headers ------------------------------------------------------------------------------ */

static uint32_t header_index(const struct request_header *list, uint32_t count, struct str name)
{
    uint32_t at = 0;
    while (at < count && !str_equal_ignore_case(list[at].name, name))
        at++;
    return at;
}

static bool header_compile(struct arena *arena, const struct node *key, const struct node *value,
                           struct scope *scope, struct request_header *ret_header)
{
    if (!header_name_check(scope->diagnostics, key) || node_is_missing(value))
        return false;
    if (value->kind != NODE_TEXT) {
        diagnostics_error(scope->diagnostics, value->place, STR_NONE,
                          "the header '%.*s' is text, not %s", STR_ARGS(key->text),
                          node_kind_name(value));
        return false;
    }
    ret_header->name = key->text;
    if (!text_compile(arena, value, scope, &ret_header->text))
        return false;
    text_mark_slots(&ret_header->text, true, scope->slots);
    return true;
}

bool request_headers_compile(struct arena *arena, const struct node *node, struct scope *scope,
                             struct request_header *list, uint32_t *count)
{
    if (node_is_missing(node))
        return false;
    if (node->kind != NODE_MAPPING) {
        diagnostics_error(scope->diagnostics, node->place, STR("write Name: value"),
                          "'headers' is a mapping, not %s", node_kind_name(node));
        return false;
    }
    bool is_good = true;
    uint32_t before = *count;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct node *key = node->entries[i].key;
        const struct node *value = node->entries[i].value;
        struct request_header header = {0};
        if (!header_compile(arena, key, value, scope, &header)) {
            is_good = false;
            continue;
        }
        uint32_t at = header_index(list, *count, key->text);
        if (at < *count && at >= before) {
            diagnostics_error(scope->diagnostics, key->place, STR("case does not count in names"),
                              "the header '%.*s' stands twice", STR_ARGS(key->text));
            is_good = false;
            continue;
        }
        bool is_new = at == *count;
        if (!node_is_null(value)) {
            list[at] = header;
            *count += is_new ? 1 : 0;
        } else if (!is_new) {
            memmove(&list[at], &list[at + 1], (*count - at - 1) * sizeof(*list));
            --*count;
            before--;
        }
    }
    return is_good;
}

bool request_service_headers_compile(struct arena *arena, const struct service *service,
                                     struct scope *scope, struct request_header *list,
                                     uint32_t *count)
{
    unsigned allowed = scope->allowed;
    const char *purpose = scope->purpose;
    const struct scope_loop *loops = scope->loops;
    scope->allowed &= SCOPE_CLIENT;
    scope->loops = NULL;
    scope->purpose = "in the headers of a service";
    bool is_good = true;
    for (uint32_t i = 0; i < service->header_count; i++) {
        struct request_header header = {.name = service->headers[i].name};
        bool is_read = text_compile(arena, service->headers[i].text, scope, &header.text);
        is_good &= is_read;
        if (!is_read)
            continue;
        text_mark_slots(&header.text, true, scope->slots);
        list[(*count)++] = header;
    }
    scope->allowed = allowed;
    scope->loops = loops;
    scope->purpose = purpose;
    return is_good;
}

static bool headers_compile(struct arena *arena, const struct node *node, struct scope *scope,
                            struct request *request)
{
    uint32_t room =
        (request->service ? request->service->header_count : 0) + (node ? node->count : 0);
    request->headers = arena_array(arena, struct request_header, room);
    bool is_good = !request->service ||
                   request_service_headers_compile(arena, request->service, scope, request->headers,
                                                   &request->header_count);
    if (node)
        is_good &=
            request_headers_compile(arena, node, scope, request->headers, &request->header_count);
    return is_good;
}

/* --- all ---------------------------------------------------------------------------------- */

static bool body_compile(struct arena *arena, const struct node *node, struct scope *scope,
                         struct request *request)
{
    if (!node)
        return true;
    request->body = template_compile(arena, node, scope);
    if (request->method != METHOD_GET && request->method != METHOD_HEAD)
        return request->body != NULL;
    struct str method = method_name(request->method);
    diagnostics_error(scope->diagnostics, node->place, STR("use `query`, or another method"),
                      "a %.*s request has no body", STR_ARGS(method));
    return false;
}

bool request_hash_compile(struct arena *arena, const struct service *service, struct scope *scope,
                          bool *ret_has_hash, struct text *ret_hash)
{
    const struct node *node = service->policies.hash;
    size_t word = sizeof(BALANCE_HASH_WORD) - 1;
    if (node == NULL)
        return true;
    *ret_has_hash = true;
    return text_compile_part(arena, node, word, node->text.length - word, scope, ret_hash);
}

bool request_compile(struct arena *arena, const struct config *config,
                     const struct request_source *source, struct scope *scope,
                     struct request *ret_request)
{
    const struct node *text = source->text;
    if (node_is_missing(text))
        return false;
    if (text->kind != NODE_TEXT) {
        diagnostics_error(scope->diagnostics, text->place, STR("write users GET /users/${path.id}"),
                          "a request is SERVICE METHOD TARGET, not %s", node_kind_name(text));
        return false;
    }
    struct request request = {.method = METHOD_POST, .place = text->place};
    bool is_good = line_compile(arena, config, text, scope, &request);
    is_good &= query_compile(arena, source->query, scope, &request);
    is_good &= headers_compile(arena, source->headers, scope, &request);
    is_good &= body_compile(arena, source->body, scope, &request);
    is_good &= request.service == NULL || request_hash_compile(arena, request.service, scope,
                                                               &request.has_hash, &request.hash);
    if (is_good)
        *ret_request = request;
    return is_good;
}

void request_visit_texts(const struct request *request, struct text_visitor *visitor)
{
    for (uint32_t i = 0; i < request->target_count; i++) {
        if (!request->target[i].is_literal)
            visitor->visit(visitor, &request->target[i].text);
    }
    for (uint32_t i = 0; i < request->query_count; i++)
        visitor->visit(visitor, &request->query[i].text);
    for (uint32_t i = 0; i < request->header_count; i++)
        visitor->visit(visitor, &request->headers[i].text);
    if (request->has_hash)
        visitor->visit(visitor, &request->hash);
    if (request->body)
        template_visit_texts(request->body, visitor);
}

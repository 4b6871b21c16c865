/*
 * Ladders: `omit`, one rung as a mapping, or a list of rungs.
 */
#include "routes/ladder.h"

#include "base/arena.h"
#include "routes/keep_node.h"
#include "routes/status_set.h"

struct rung_keys {
    const struct node *stale;
    const struct node *request;
    const struct node *headers;
    const struct node *body;
    const struct node *value;
    usec timeout;
    struct status_set accept;
};

#define OFFSET(member) offsetof(struct rung_keys, member)

static const struct key rung_key_list[] = {
    {.name = "stale",
     .type = KEY_CUSTOM,
     .shape = "duration",
     .offset = OFFSET(stale),
     .read = keep_node,
     .says = "The last good answer to the same request, if it is not older than this; it is kept "
             "for that, also without `cache`. GET and HEAD only, and not where the service has "
             "said 4xx, but for 408 and 429.",
     .example = "stale: 1h"},
    {.name = "request",
     .type = KEY_CUSTOM,
     .shape = "SERVICE METHOD TARGET",
     .offset = OFFSET(request),
     .read = keep_node,
     .says = "Another request, as SERVICE METHOD TARGET.",
     .example = "request: users_replica GET /users/${path.id}"},
    {.name = "headers",
     .type = KEY_CUSTOM,
     .shape = "mapping of texts",
     .offset = OFFSET(headers),
     .read = keep_node,
     .says = "Headers of that request; those of the call are not sent with it.",
     .example = "headers: { X-Replica: \"1\" }"},
    {.name = "body",
     .type = KEY_CUSTOM,
     .shape = "template",
     .offset = OFFSET(body),
     .read = keep_node,
     .says = "The template of the JSON that this request sends.",
     .example = "body: { id: \"${path.id}\" }"},
    {.name = "timeout",
     .type = KEY_DURATION,
     .offset = OFFSET(timeout),
     .minimum = MILLISECOND,
     .maximum = 24 * HOUR,
     .says = "How long that request may take; without it, the service's timeout.",
     .example = "timeout: 100ms"},
    {.name = "accept",
     .type = KEY_CUSTOM,
     .shape = "list of statuses",
     .offset = OFFSET(accept),
     .read = status_set_read,
     .says = "Statuses that are an answer to that request; without it, those of the call.",
     .example = "accept: [200, 404]"},
    {.name = "value",
     .type = KEY_CUSTOM,
     .shape = "template",
     .offset = OFFSET(value),
     .read = keep_node,
     .says = "A template whose value the call then has; `null` is one too.",
     .example = "value: { name: Unknown, email: null }"},
};

const struct schema rung_schema = {"rung", rung_key_list,
                                   sizeof(rung_key_list) / sizeof(*rung_key_list)};

/* --- one rung ----------------------------------------------------------------------------- */

static bool rung_report(const struct reader *reader, const struct node *node, struct str hint,
                        const char *message)
{
    diagnostics_error(reader->diagnostics, node->place, hint, "%s", message);
    return false;
}

static bool extras_check(const struct reader *reader, const struct node *node,
                         const struct rung_keys *keys)
{
    if (keys->request)
        return true;
    static const char *const extras[] = {"headers", "body", "timeout", "accept"};
    for (size_t i = 0; i < sizeof(extras) / sizeof(*extras); i++) {
        const struct node *extra = node_member(node, str_of(extras[i]));
        if (!extra)
            continue;
        diagnostics_error(reader->diagnostics, extra->place, STR_NONE,
                          "'%s' is only for a rung with 'request'", extras[i]);
        return false;
    }
    return true;
}

static bool stale_compile(struct reader *reader, const struct rung_keys *keys, struct rung *rung)
{
    rung->kind = RUNG_STALE;
    return reader_duration(reader, keys->stale, MILLISECOND, 365 * 24 * HOUR, &rung->stale);
}

static bool request_rung_compile(const struct config *config, struct reader *reader,
                                 const struct rung_keys *keys, struct scope *scope,
                                 const struct call *call, struct rung *rung)
{
    rung->kind = RUNG_REQUEST;
    struct request_source source = {
        .text = keys->request, .headers = keys->headers, .body = keys->body};
    if (!request_compile(reader->arena, config, &source, scope, &rung->request))
        return false;
    rung->request.timeout = keys->timeout;
    rung->request.accept = keys->accept.count > 0 ? keys->accept : call->request.accept;
    return true;
}

static bool mapping_compile(const struct config *config, struct reader *reader,
                            const struct node *node, struct scope *scope, const struct call *call,
                            struct rung *rung)
{
    struct rung_keys keys = {0};
    struct str what = str_format(reader->arena, "a rung of call '%.*s'", STR_ARGS(call->name));
    if (!schema_read(&rung_schema, reader, node, what, &keys))
        return false;
    int kinds = (keys.stale != NULL) + (keys.request != NULL) + (keys.value != NULL);
    if (kinds != 1)
        return rung_report(reader, node, STR("write a list, one rung per line: - value: null"),
                           "a rung is exactly one of 'stale', 'request' and 'value'");
    if (!extras_check(reader, node, &keys))
        return false;
    if (keys.stale)
        return stale_compile(reader, &keys, rung);
    if (keys.request)
        return request_rung_compile(config, reader, &keys, scope, call, rung);
    rung->kind = RUNG_VALUE;
    rung->value = template_compile(reader->arena, keys.value, scope);
    return rung->value != NULL;
}

static bool node_is_omit(const struct node *node)
{
    return node->kind == NODE_TEXT && str_equal(node->text, STR("omit"));
}

static bool rung_compile(const struct config *config, struct reader *reader,
                         const struct node *node, bool is_last, struct scope *scope,
                         struct call *call)
{
    struct rung *rung = &call->ladder[call->rung_count++];
    rung->place = node->place;
    if (node_is_missing(node))
        return false;
    if (node_is_omit(node)) {
        rung->kind = RUNG_OMIT;
        return is_last || rung_report(reader, node, STR("move it to the end"),
                                      "no rung behind 'omit' is ever reached");
    }
    if (node->kind == NODE_MAPPING)
        return mapping_compile(config, reader, node, scope, call, rung);
    if (node_is_null(node))
        return rung_report(reader, node, STR("write { value: null }"), "null is no rung");
    return rung_report(reader, node, STR("write omit, or { value: … }"),
                       "a rung is 'omit' or a mapping");
}

/* --- the ladder --------------------------------------------------------------------------- */

bool ladder_compile(const struct config *config, struct reader *reader, const struct node *node,
                    struct scope *scope, struct call *call)
{
    uint32_t count = node->kind == NODE_LIST ? node->count : 1;
    if (count == 0)
        return rung_report(reader, node, STR("remove the key, or write omit"),
                           "a fallback without rungs");
    call->ladder = arena_array(reader->arena, struct rung, count);
    if (node->kind != NODE_LIST)
        return rung_compile(config, reader, node, true, scope, call);
    bool is_good = true;
    for (uint32_t i = 0; i < count; i++)
        is_good &=
            rung_compile(config, reader, node->entries[i].value, i + 1 == count, scope, call);
    return is_good;
}

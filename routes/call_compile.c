/*
 * Calls compiled: the keys of the file, then the request, the conditions and the ladder. What
 * waits for what is not decided here (plan.c).
 */
#include "routes/call.h"

#include "base/arena.h"
#include "config/config.h"
#include "routes/keep_node.h"
#include "routes/ladder.h"
#include "routes/loop.h"
#include "routes/status_set.h"
#include "routes/visit.h"

struct call_keys {
    const struct node *request;
    const struct node *query;
    const struct node *headers;
    const struct node *body;
    const struct node *when;
    const struct node *after;
    const struct node *each;
    const struct node *fallback;
    const struct node *cache;
    usec timeout;
    struct status_set accept;
    struct status_set absent;
    uint32_t concurrency;
    uint32_t limit;
    uint32_t batch;
};

#define OFFSET(member) offsetof(struct call_keys, member)

static const struct key call_key_list[] = {
    {.name = "request",
     .type = KEY_CUSTOM,
     .shape = "SERVICE METHOD TARGET",
     .offset = OFFSET(request),
     .read = keep_node,
     .is_required = true,
     .says = "What is asked: SERVICE METHOD TARGET. A call that is nothing but this may be "
             "written as `name: SERVICE METHOD TARGET`.",
     .example = "request: users GET /users/${path.id}"},
    {.name = "query",
     .type = KEY_CUSTOM,
     .shape = "mapping of templates",
     .offset = OFFSET(query),
     .read = keep_node,
     .says = "Parameters added to the target. An array repeats the parameter, `name?` is left out "
             "when null.",
     .example = "query: { page?: \"${query.page}\" }"},
    {.name = "headers",
     .type = KEY_CUSTOM,
     .shape = "mapping of texts",
     .offset = OFFSET(headers),
     .read = keep_node,
     .says = "Headers of the request. One that is null is not sent; a name that the service sets "
             "too is set here.",
     .example = "headers: { Accept-Language: \"${headers.accept_language}\" }"},
    {.name = "body",
     .type = KEY_CUSTOM,
     .shape = "template",
     .offset = OFFSET(body),
     .read = keep_node,
     .says = "The template of the JSON that is sent; not with GET or HEAD.",
     .example = "body: { sku: \"${path.sku}\" }"},
    {.name = "timeout",
     .type = KEY_DURATION,
     .offset = OFFSET(timeout),
     .minimum = MILLISECOND,
     .maximum = 24 * HOUR,
     .says = "How long the whole call may take, with waiting, attempts and hedges; never beyond "
             "the route's deadline.",
     .example = "timeout: 200ms"},
    {.name = "when",
     .type = KEY_CUSTOM,
     .shape = "one `${…}`",
     .offset = OFFSET(when),
     .read = keep_node,
     .says = "One ${…}; where it is false the call is skipped and its value is null.",
     .example = "when: ${query.expand == 'customer'}"},
    {.name = "after",
     .type = KEY_CUSTOM,
     .shape = "list of names of calls",
     .offset = OFFSET(after),
     .read = keep_node,
     .says = "Calls whose end is waited for, though nothing of theirs is needed.",
     .example = "after: [audit]"},
    {.name = "accept",
     .type = KEY_CUSTOM,
     .shape = "list of statuses",
     .offset = OFFSET(accept),
     .read = status_set_read,
     .default_text = "2xx",
     .says = "Statuses that count as an answer.",
     .example = "accept: [200, 422]"},
    {.name = "absent",
     .type = KEY_CUSTOM,
     .shape = "list of statuses",
     .offset = OFFSET(absent),
     .read = status_set_read,
     .says = "Statuses that say that there is none: the value is null, and nothing is degraded.",
     .example = "absent: [404]"},
    {.name = "cache",
     .type = KEY_CUSTOM,
     .shape = "duration or `standard`",
     .offset = OFFSET(cache),
     .read = keep_node,
     .says = "How long an answer may be used again, or `standard`: what the service's own "
             "Cache-Control says. GET and HEAD only.",
     .example = "cache: 30s"},
    {.name = "fallback",
     .type = KEY_CUSTOM,
     .shape = "`omit`, a rung, or a list of rungs",
     .offset = OFFSET(fallback),
     .read = keep_node,
     .says = "What gives the call a value when it fails: `omit`, one rung or a list of rungs. "
             "Without it the call is required.",
     .example = "fallback: { value: null }"},
    {.name = "each",
     .type = KEY_CUSTOM,
     .shape = "NAME in `${…}`",
     .offset = OFFSET(each),
     .read = keep_node,
     .says = "One request per element of an array, NAME being the element; the value is an array "
             "of the answers. With `batch`, NAME is an array of elements.",
     .example = "each: sku in ${order.items[].sku}"},
    {.name = "concurrency",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(concurrency),
     .default_text = "8",
     .minimum = 1,
     .maximum = 1000,
     .says = "With `each`: how many requests are made at the same time.",
     .example = "concurrency: 8"},
    {.name = "limit",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(limit),
     .default_text = "100",
     .minimum = 1,
     .maximum = 100000,
     .says = "With `each`: more elements than this are a failure (`limit`), not a flood.",
     .example = "limit: 100"},
    {.name = "batch",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(batch),
     .minimum = 1,
     .maximum = 100000,
     .says = "With `each`: one request for so many different elements; each answer is an array, "
             "and the value is all their elements as one.",
     .example = "batch: 50"},
};

const struct schema call_schema = {"call", call_key_list,
                                   sizeof(call_key_list) / sizeof(*call_key_list)};

/* --- conditions --------------------------------------------------------------------------- */

static bool when_compile(struct arena *arena, const struct node *node, struct scope *scope,
                         struct call *call)
{
    if (!node)
        return true;
    call->has_when = true;
    return text_compile_expression(arena, node, scope, &call->when);
}

static bool after_add(const struct node *node, struct scope *scope, struct call *call)
{
    if (node_is_missing(node))
        return false;
    if (node->kind != NODE_TEXT) {
        diagnostics_error(scope->diagnostics, node->place, STR("write [audit]"),
                          "'after' is a list of calls");
        return false;
    }
    for (uint32_t i = 0; i < scope->call_count; i++) {
        if (str_equal(scope->calls[i], node->text)) {
            call->after[call->after_count++] = i;
            return true;
        }
    }
    struct str hint = diagnostic_did_you_mean(scope->diagnostics->arena, node->text, scope->calls,
                                              scope->call_count);
    diagnostics_error(scope->diagnostics, node->place, hint, "there is no call '%.*s'",
                      STR_ARGS(node->text));
    return false;
}

static bool after_compile(struct arena *arena, const struct node *node, struct scope *scope,
                          struct call *call)
{
    if (!node)
        return true;
    uint32_t count = node->kind == NODE_LIST ? node->count : 1;
    call->after = arena_array(arena, uint32_t, count);
    if (node->kind != NODE_LIST)
        return after_add(node, scope, call);
    bool is_good = true;
    for (uint32_t i = 0; i < count; i++)
        is_good &= after_add(node->entries[i].value, scope, call);
    return is_good;
}

/* --- checks between keys ------------------------------------------------------------------ */

static bool cache_compile(struct reader *reader, const struct node *node, struct call *call)
{
    if (!node)
        return true;
    bool is_standard = node->kind == NODE_TEXT && str_equal(node->text, STR("standard"));
    call->cache = is_standard ? CALL_CACHE_STANDARD : CALL_CACHE_FIXED;
    if (!is_standard &&
        !reader_duration(reader, node, MILLISECOND, 365 * 24 * HOUR, &call->cache_time))
        return false;
    enum method method = call->request.method;
    if (!call->request.service || method == METHOD_GET || method == METHOD_HEAD)
        return true;
    struct str name = method_name(method);
    diagnostics_error(reader->diagnostics, node->place, STR("only GET and HEAD may be cached"),
                      "the answer to a %.*s cannot be cached", STR_ARGS(name));
    return false;
}

/* How long answers are worth keeping for the ladder's sake. */
static usec oldest_stale(const struct call *call)
{
    usec oldest = 0;
    if (call->request.method != METHOD_GET && call->request.method != METHOD_HEAD)
        return 0;
    for (uint32_t i = 0; i < call->rung_count; i++)
        if (call->ladder[i].kind == RUNG_STALE && call->ladder[i].stale > oldest)
            oldest = call->ladder[i].stale;
    return oldest;
}

static bool each_keys_check(struct reader *reader, const struct node *node,
                            const struct call_keys *keys)
{
    static const char *const names[] = {"concurrency", "limit", "batch"};
    bool is_good = true;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !keys->each; i++) {
        const struct node *value = node_member(node, str_of(names[i]));
        if (!value)
            continue;
        diagnostics_error(reader->diagnostics, value->place, STR("add each: NAME in ${…}"),
                          "'%s' is only for a call with 'each'", names[i]);
        is_good = false;
    }
    return is_good;
}

/* --- all ---------------------------------------------------------------------------------- */

static bool requests_compile(const struct config *config, struct reader *reader,
                             const struct call_keys *keys, struct scope *scope, struct call *call)
{
    bool is_good = true;
    struct request_source source = {keys->request, keys->query, keys->headers, keys->body};
    is_good &= request_compile(reader->arena, config, &source, scope, &call->request);
    call->request.accept = keys->accept;
    if (keys->fallback)
        is_good &= ladder_compile(config, reader, keys->fallback, scope, call);
    return is_good;
}

/* The loop variable is known to the requests and rungs, not to `when`, `after` and `each`. */
static bool each_compile(const struct config *config, struct reader *reader,
                         const struct call_keys *keys, struct scope *scope, struct call *call)
{
    if (!keys->each)
        return requests_compile(config, reader, keys, scope, call);
    struct loop loop = {0};
    if (!loop_compile(reader->arena, keys->each, "each", scope, &loop))
        return false;
    text_mark_slots(&loop.source, true, scope->slots);
    call->has_each = true;
    call->each = loop.source;
    call->each_slot = slot_table_add_loop(scope->slots, loop.name);
    struct scope_loop variable = {loop.name, call->each_slot, true, scope->loops};
    scope->loops = &variable;
    bool is_good = requests_compile(config, reader, keys, scope, call);
    scope->loops = variable.outer;
    return is_good;
}

static bool keys_compile(const struct config *config, struct reader *reader,
                         const struct node *node, const struct call_keys *keys, struct scope *scope,
                         struct call *call)
{
    bool is_good = when_compile(reader->arena, keys->when, scope, call);
    is_good &= after_compile(reader->arena, keys->after, scope, call);
    is_good &= each_compile(config, reader, keys, scope, call);
    is_good &= each_keys_check(reader, node, keys);
    is_good &= cache_compile(reader, keys->cache, call);
    call->stale = oldest_stale(call);
    call->timeout = keys->timeout;
    call->absent = keys->absent;
    call->concurrency = keys->concurrency;
    call->limit = keys->limit;
    call->batch = keys->batch;
    return is_good;
}

bool call_compile(const struct config *config, struct reader *reader, const struct node *key,
                  const struct node *node, struct scope *scope, struct call *call)
{
    call->name = key->text;
    call->place = key->place;
    call->node = node;
    struct call_keys keys = {0};
    if (node->kind == NODE_TEXT && !node_is_missing(node)) {
        schema_set_defaults(&call_schema, &keys);
        keys.request = node;
        return keys_compile(config, reader, node, &keys, scope, call);
    }
    struct str what = str_format(reader->arena, "call '%.*s'", STR_ARGS(call->name));
    bool is_good = schema_read(&call_schema, reader, node, what, &keys);
    if (!keys.request)
        return false;
    return keys_compile(config, reader, node, &keys, scope, call) && is_good;
}

/*
 * Proxies compiled: a service, maybe a path that may end in `*`, alone or as `to` of a mapping.
 */
#include "routes/proxy.h"

#include "base/arena.h"
#include "routes/keep_node.h"
#include "routes/path.h"
#include "routes/spot.h"

struct proxy_keys {
    const struct node *to;
    const struct node *headers;
    const struct node *cache;
    const struct node *upgrade;
    usec timeout;
    uint64_t max_body;
};

#define OFFSET(member) offsetof(struct proxy_keys, member)

static const struct key proxy_key_list[] = {
    {.name = "to",
     .type = KEY_CUSTOM,
     .shape = "SERVICE, or SERVICE and a path",
     .offset = OFFSET(to),
     .read = keep_node,
     .is_required = true,
     .says = "SERVICE, or SERVICE and a path; a `*` at its end stands for what the pattern's `*` "
             "took. Without a path the client's own is used. Alone it may be written as "
             "`proxy: SERVICE /path/*`.",
     .example = "to: users /users/*"},
    {.name = "timeout",
     .type = KEY_DURATION,
     .offset = OFFSET(timeout),
     .minimum = MILLISECOND,
     .maximum = 24 * HOUR,
     .says = "How long the service may take; without it, the service's own timeout.",
     .example = "timeout: 30s"},
    {.name = "max_body",
     .type = KEY_SIZE,
     .offset = OFFSET(max_body),
     .default_text = "1GiB",
     .minimum = 1,
     .says = "How large the client's body may be; `limits.body` is not for a proxy.",
     .example = "max_body: 64MiB"},
    {.name = "headers",
     .type = KEY_CUSTOM,
     .shape = "mapping of texts",
     .offset = OFFSET(headers),
     .read = keep_node,
     .says = "Headers set on the request, instead of the client's of the same name.",
     .example = "headers: { X-Via: braid }"},
    {.name = "cache",
     .type = KEY_CUSTOM,
     .shape = "`standard`",
     .offset = OFFSET(cache),
     .read = keep_node,
     .says = "`standard`: answers to GET and HEAD are used again as their Cache-Control says.",
     .example = "cache: standard"},
    {.name = "upgrade",
     .type = KEY_CUSTOM,
     .shape = "list of protocols",
     .offset = OFFSET(upgrade),
     .read = keep_node,
     .has_no_effect = true,
     .says = "Protocols that a connection may change to.",
     .example = "upgrade: [websocket]"},
};

const struct schema proxy_schema = {"proxy", proxy_key_list,
                                    sizeof(proxy_key_list) / sizeof(*proxy_key_list)};

/* --- the path ----------------------------------------------------------------------------- */

static bool path_report(const struct reader *reader, struct place place, struct str hint,
                        const char *message)
{
    diagnostics_error(reader->diagnostics, place, hint, "%s", message);
    return false;
}

static bool literal_check(const struct reader *reader, const struct node *node, struct str path)
{
    struct str rest = path;
    struct str segment;
    for (size_t i = 0; i < path.length; i++) {
        struct place place = spot_of(node, (struct str){path.at + i, 1});
        if (path.at[i] == '*')
            return path_report(reader, place, STR("only '/*' at the end"),
                               "'*' is the whole last segment of a path");
        if (path.at[i] == '{' || path.at[i] == '}')
            return path_report(reader, place, STR("only the pattern's '*' is put into it"),
                               "the path of a proxy is fixed");
    }
    while (str_cut(&rest, '/', &segment)) {
        if (path_is_dot_segment(segment))
            return path_report(reader, spot_of(node, segment), STR("write the path that is meant"),
                               "a path holds no dot segments");
    }
    return true;
}

static bool path_compile(struct reader *reader, const struct node *node, struct str path,
                         const struct pattern *pattern, struct proxy *proxy)
{
    if (path.length == 0)
        return true;
    if (path.at[0] != '/')
        return path_report(reader, spot_of(node, path), STR("write SERVICE /path"),
                           "a path begins with '/'");
    proxy->has_rest = str_ends_with(path, STR("/*"));
    if (proxy->has_rest && !pattern->has_rest)
        return path_report(reader, spot_of(node, path), STR("end the route's pattern with '/*'"),
                           "there is nothing for this '*': the route's pattern has none");
    if (proxy->has_rest)
        path.length -= 2;
    if (!literal_check(reader, node, path))
        return false;
    size_t at = 0;
    if (path_encode_literal(reader->arena, path, &proxy->path, &at))
        return true;
    return path_report(reader, spot_of(node, (struct str){path.at + at, 1}), STR_NONE,
                       "this cannot stand in a path; the client's query goes on by itself");
}

static bool to_compile(const struct config *config, struct reader *reader, const struct node *node,
                       const struct pattern *pattern, struct proxy *proxy)
{
    if (node_is_missing(node))
        return false;
    if (node->kind != NODE_TEXT)
        return path_report(reader, node->place, STR("write SERVICE /path"),
                           "a proxy is a service and a path");
    size_t blank = str_find(node->text, ' ');
    struct str name = {node->text.at, blank};
    struct str path = str_trim(str_from(node->text, blank));
    struct place place = spot_of(node, name);
    proxy->service = request_find_service(config, name, place, reader->diagnostics);
    return path_compile(reader, node, path, pattern, proxy) && proxy->service != NULL;
}

/* --- all ---------------------------------------------------------------------------------- */

static bool headers_compile(struct reader *reader, const struct node *node, struct scope *scope,
                            struct proxy *proxy)
{
    uint32_t room = (proxy->service ? proxy->service->header_count : 0) + (node ? node->count : 0);
    proxy->headers = arena_array(reader->arena, struct request_header, room);
    bool is_good =
        !proxy->service || request_service_headers_compile(reader->arena, proxy->service, scope,
                                                           proxy->headers, &proxy->header_count);
    if (node)
        is_good &= request_headers_compile(reader->arena, node, scope, proxy->headers,
                                           &proxy->header_count);
    if (proxy->service)
        is_good &= request_hash_compile(reader->arena, proxy->service, scope, &proxy->has_hash,
                                        &proxy->hash);
    return is_good;
}

static bool cache_compile(struct reader *reader, const struct node *node, struct proxy *proxy)
{
    static const char *const words[] = {"standard", NULL};
    int word;
    if (!node)
        return true;
    proxy->is_cached = reader_choice(reader, node, words, &word);
    return proxy->is_cached;
}

bool proxy_compile(const struct config *config, struct reader *reader, const struct node *node,
                   const struct pattern *pattern, struct scope *scope, struct proxy *proxy)
{
    proxy->place = node->place;
    struct proxy_keys keys = {0};
    if (node->kind == NODE_TEXT) {
        schema_set_defaults(&proxy_schema, &keys);
        keys.to = node;
    } else if (!schema_read(&proxy_schema, reader, node, STR("'proxy'"), &keys)) {
        return false;
    }
    proxy->timeout = keys.timeout;
    proxy->max_body = keys.max_body;
    bool is_good = to_compile(config, reader, keys.to, pattern, proxy);
    is_good &= cache_compile(reader, keys.cache, proxy);
    return headers_compile(reader, keys.headers, scope, proxy) && is_good;
}

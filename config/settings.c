/*
 * The table of the top of the file, and the readers of what no table can say. Keys that have no
 * effect yet are read and checked all the same, so that a file is right or wrong today as it will
 * be tomorrow.
 */
#include "config/settings.h"

#include "base/arena.h"
#include "config/expose.h"
#include "config/header_name.h"
#include "config/listener.h"
#include "config/open_secret.h"
#include "config/url.h"
#include "config/warning.h"

struct keys {
    struct settings_file file;
    struct listeners listen;
    bool watch;
};

#define OFFSET(member)          offsetof(struct keys, member)
#define SETTINGS_OFFSET(member) offsetof(struct keys, file.settings.member)
#define COUNT(table)            (sizeof(table) / sizeof(*(table)))

static const char *const log_levels[] = {"error", "warning", "info", "debug", NULL};
static const char *const log_formats[] = {"text", "json", NULL};

_Static_assert(LOG_LEVEL_COUNT == 4 && LOG_FORMAT_COUNT == 2, "the words of the log");

/* --- values that are more than one word --------------------------------------------------- */

static bool admin_read(struct reader *reader, const struct node *node, void *into)
{
    struct settings *settings = into;
    if (reader_is_off(node)) {
        settings->has_admin = false;
        return true;
    }
    return listener_read(reader, node, &settings->admin);
}

static bool workers_read(struct reader *reader, const struct node *node, void *into)
{
    if (node->kind == NODE_TEXT && str_equal(node->text, STR("auto")))
        return true;
    return reader_count(reader, node, 1, 1024, into);
}

struct blocks {
    struct block *list;
    uint32_t count;
};

static bool proxies_read(struct reader *reader, const struct node *node, void *into)
{
    struct str *texts;
    uint32_t count;
    if (!reader_texts(reader, node, &texts, &count))
        return false;
    struct blocks *blocks = into;
    blocks->list = arena_array(reader->arena, struct block, count);
    bool is_fine = true;
    for (uint32_t i = 0; i < count; i++) {
        const char *why = block_read(reader->arena, texts[i], &blocks->list[blocks->count]);
        if (why == NULL) {
            blocks->count++;
            continue;
        }
        reader_refuse(reader, node->entries[i].value, "write 10.0.0.0/8", "'%.*s' %s",
                      STR_ARGS(texts[i]), why);
        is_fine = false;
    }
    return is_fine;
}

static bool cache_file_read(struct reader *reader, const struct node *node, void *into)
{
    return reader_is_off(node) || reader_text(reader, node, "the name of a file", into);
}

static bool node_keep(struct reader *reader, const struct node *node, void *into)
{
    (void)reader;
    *(const struct node **)into = node;
    return true;
}

/* --- what is shown of the making of answers ----------------------------------------------- */

static bool debug_header_read(struct reader *reader, const struct node *node, void *into)
{
    return reader_text(reader, node, "a header name", into) &&
           header_name_check(reader->diagnostics, node);
}

static const struct key debug_keys[] = {
    {.name = "header",
     .type = KEY_CUSTOM,
     .shape = "header name",
     .offset = SETTINGS_OFFSET(debug_header),
     .read = debug_header_read,
     .says = "The field by which a client asks.",
     .example = "header: X-Debug",
     .is_required = true},
    {.name = "secret",
     .type = KEY_TEXT,
     .offset = SETTINGS_OFFSET(debug_secret),
     .says = "What the field must hold.",
     .example = "secret: \"${env.DEBUG_SECRET}\"",
     .is_required = true},
};

static const struct schema debug_schema = {"debug", debug_keys, COUNT(debug_keys)};

static bool debug_read(struct reader *reader, const struct node *node, void *into)
{
    return reader_is_off(node) || schema_read(&debug_schema, reader, node, STR("'debug'"), into);
}

static bool endpoint_read(struct reader *reader, const struct node *node, void *into)
{
    struct str text, hint = STR("traces: { endpoint: http://127.0.0.1:4318 }");
    struct url url;
    if (!reader_text(reader, node, "a URL", &text))
        return false;
    const char *why = url_read(reader->arena, text, &url, &hint);
    if (why == NULL && url.unix_path.length > 0)
        why = "is no http or https address";
    if (why != NULL) {
        reader_refuse(reader, node, hint.length > 0 ? hint.at : "", "'%.*s' %s", STR_ARGS(text),
                      why);
        return false;
    }
    *(struct str *)into = text;
    return true;
}

static const struct key trace_keys[] = {
    {.name = "endpoint",
     .type = KEY_CUSTOM,
     .shape = "URL",
     .offset = SETTINGS_OFFSET(traces.endpoint),
     .read = endpoint_read,
     .says = "The collector that takes OTLP over HTTP; /v1/traces is added to it.",
     .example = "endpoint: http://127.0.0.1:4318",
     .is_required = true},
    {.name = "sample",
     .type = KEY_SHARE,
     .offset = SETTINGS_OFFSET(traces.share),
     .default_text = "1%",
     .says = "Of the requests whose client has not decided by traceparent.",
     .example = "sample: 5%"},
    {.name = "name",
     .type = KEY_TEXT,
     .offset = SETTINGS_OFFSET(traces.name),
     .default_text = "braid",
     .says = "What the collector knows this gateway by (service.name).",
     .example = "name: shop-gateway"},
};

static const struct schema trace_schema = {"traces", trace_keys, COUNT(trace_keys)};

static bool traces_read(struct reader *reader, const struct node *node, void *into)
{
    return reader_is_off(node) || schema_read(&trace_schema, reader, node, STR("'traces'"), into);
}

/* --- the tables --------------------------------------------------------------------------- */

#define LIMIT(member) offsetof(struct keys, file.settings.limits.member)

static const struct key limit_keys[] = {
    {.name = "head",
     .type = KEY_SIZE,
     .offset = LIMIT(head),
     .default_text = "16KiB",
     .minimum = 1024,
     .maximum = 64 * 1024,
     .says = "The request line and all fields of a request; beyond it 414 or 431.",
     .example = "head: 8KiB"},
    {.name = "body",
     .type = KEY_SIZE,
     .offset = LIMIT(body),
     .default_text = "1MiB",
     .maximum = 1024 * 1024 * 1024,
     .says = "The body of a request to a composed route; beyond it 413.",
     .example = "body: 256KiB"},
    {.name = "head_timeout",
     .type = KEY_DURATION,
     .offset = LIMIT(head_timeout),
     .default_text = "10s",
     .minimum = MILLISECOND,
     .maximum = HOUR,
     .says = "Time for the whole head of a request.",
     .example = "head_timeout: 5s"},
    {.name = "body_timeout",
     .type = KEY_DURATION,
     .offset = LIMIT(body_timeout),
     .default_text = "30s",
     .minimum = MILLISECOND,
     .maximum = HOUR,
     .says = "Time for the whole body of a request.",
     .example = "body_timeout: 10s"},
    {.name = "idle_timeout",
     .type = KEY_DURATION,
     .offset = LIMIT(idle_timeout),
     .default_text = "75s",
     .minimum = MILLISECOND,
     .maximum = HOUR,
     .says = "How long a connection may wait for its next request.",
     .example = "idle_timeout: 30s"},
    {.name = "connections",
     .type = KEY_COUNT_OF,
     .offset = LIMIT(connections),
     .default_text = "10000",
     .minimum = 1,
     .maximum = 1000000,
     .says = "Connections of clients in all.",
     .example = "connections: 2000"},
    {.name = "per_client",
     .type = KEY_COUNT_OF,
     .offset = LIMIT(per_client),
     .default_text = "1000",
     .minimum = 1,
     .maximum = 1000000,
     .says = "Connections from one address, or one IPv6 network of 64 bits; beyond it 503.",
     .example = "per_client: 100"},
};

static const struct schema limit_schema = {"limits", limit_keys, COUNT(limit_keys)};

static const struct key log_keys[] = {
    {.name = "level",
     .type = KEY_CHOICE,
     .offset = SETTINGS_OFFSET(log_level),
     .default_text = "info",
     .choices = log_levels,
     .says = "What is less urgent is not written.",
     .example = "level: warning"},
    {.name = "format",
     .type = KEY_CHOICE,
     .offset = SETTINGS_OFFSET(log_format),
     .default_text = "json",
     .choices = log_formats,
     .says = "How a line looks.",
     .example = "format: text"},
    {.name = "access",
     .type = KEY_SWITCH,
     .offset = SETTINGS_OFFSET(log_access),
     .default_text = "on",
     .says = "One line per request.",
     .example = "access: off"},
};

static const struct schema log_schema = {"log", log_keys, COUNT(log_keys)};

#define CACHE(member) offsetof(struct keys, file.settings.cache.member)

static const struct key cache_keys[] = {
    {.name = "memory",
     .type = KEY_SIZE,
     .offset = CACHE(memory),
     .default_text = "64MiB",
     .minimum = 1024 * 1024,
     .says = "Memory for answers, of all workers together; what is asked for least makes room.",
     .example = "memory: 1GiB"},
    {.name = "file",
     .type = KEY_CUSTOM,
     .shape = "file name or `off`",
     .offset = CACHE(file),
     .default_text = "off",
     .read = cache_file_read,
     .says = "An SQLite file in which answers that a `stale` rung may need survive a restart.",
     .example = "file: /var/lib/braid/cache.db"},
    {.name = "file_size",
     .type = KEY_SIZE,
     .offset = CACHE(file_size),
     .default_text = "256MiB",
     .minimum = 1024 * 1024,
     .says = "How large that file may grow; the oldest answers make room.",
     .example = "file_size: 1GiB"},
};

static const struct schema cache_schema = {"cache", cache_keys, COUNT(cache_keys)};

static const struct key settings_keys[] = {
    {.name = "listen",
     .type = KEY_CUSTOM,
     .shape = "address, or a list of them",
     .offset = OFFSET(listen),
     .read = listeners_read,
     .says = "Where clients connect: an address with its port, or unix:/path.",
     .example = "listen: 0.0.0.0:8080",
     .is_required = true},
    {.name = "admin",
     .type = KEY_CUSTOM,
     .shape = "address or `off`",
     .offset = offsetof(struct keys, file.settings),
     .default_text = "127.0.0.1:9901",
     .read = admin_read,
     .says = "Where health, metrics and status are shown.",
     .example = "admin: off"},
    {.name = "health",
     .type = KEY_SWITCH,
     .offset = SETTINGS_OFFSET(health),
     .default_text = "on",
     .says = "/healthz and /readyz on the public listeners too, unless a route takes them.",
     .example = "health: off"},
    {.name = "workers",
     .type = KEY_CUSTOM,
     .shape = "whole number or `auto`",
     .offset = SETTINGS_OFFSET(workers),
     .default_text = "auto",
     .read = workers_read,
     .says = "Threads; auto is one per processor. A change needs a restart.",
     .example = "workers: 4"},
    {.name = "limits",
     .type = KEY_GROUP,
     .group = &limit_schema,
     .says = "Bounds of what clients may send and hold.",
     .example = "limits: { body: 256KiB }"},
    {.name = "trusted_proxies",
     .type = KEY_CUSTOM,
     .shape = "list of addresses and blocks",
     .offset = SETTINGS_OFFSET(trusted_proxies),
     .default_text = "[]",
     .read = proxies_read,
     .says = "Whose Forwarded, X-Forwarded-* and X-Request-Timeout-Ms are believed.",
     .example = "trusted_proxies: [10.0.0.0/8]"},
    {.name = "drain",
     .type = KEY_DURATION,
     .offset = SETTINGS_OFFSET(drain),
     .default_text = "30s",
     .maximum = HOUR,
     .says = "How long what is in flight may take to finish after SIGTERM.",
     .example = "drain: 10s"},
    {.name = "cache",
     .type = KEY_GROUP,
     .group = &cache_schema,
     .says = "Where answers of services are kept. A change needs a restart.",
     .example = "cache: { memory: 1GiB, file: /var/lib/braid/cache.db }"},
    {.name = "log",
     .type = KEY_GROUP,
     .group = &log_schema,
     .says = "The log on stderr.",
     .example = "log: { format: text }"},
    {.name = "defaults",
     .type = KEY_CUSTOM,
     .shape = "mapping",
     .offset = OFFSET(file.defaults),
     .read = node_keep,
     .says = "Any key of a service, for all of them.",
     .example = "defaults: { timeout: 500ms }"},
    {.name = "cors",
     .type = KEY_CUSTOM,
     .shape = "mapping or `off`",
     .offset = SETTINGS_OFFSET(cors),
     .default_text = "off",
     .group = &cors_schema,
     .read = cors_read,
     .says = "Which pages of other origins may read the answers.",
     .example = "cors: { origins: [https://shop.example] }"},
    {.name = "expose",
     .type = KEY_CUSTOM,
     .shape = "list of `server_timing`, `cache_status`",
     .offset = SETTINGS_OFFSET(expose),
     .default_text = "[]",
     .read = expose_read,
     .says = "Which fields about the making of an answer are sent to clients.",
     .example = "expose: [server_timing]"},
    {.name = "debug",
     .type = KEY_CUSTOM,
     .shape = "mapping or `off`",
     .default_text = "off",
     .group = &debug_schema,
     .read = debug_read,
     .says = "Who sends the field with the secret gets Server-Timing and a trace id.",
     .example = "debug: { header: X-Debug, secret: \"${env.DEBUG_SECRET}\" }"},
    {.name = "traces",
     .type = KEY_CUSTOM,
     .shape = "mapping or `off`",
     .default_text = "off",
     .group = &trace_schema,
     .read = traces_read,
     .says = "Where spans of requests and calls are sent.",
     .example = "traces: { endpoint: \"http://127.0.0.1:4318\", sample: 5% }"},
    {.name = "resolver",
     .type = KEY_CUSTOM,
     .shape = "mapping or `off`",
     .group = &nameservers_schema,
     .offset = SETTINGS_OFFSET(nameservers),
     .read = nameservers_read,
     .says = "Who is asked where the names of services are; off leaves them to the system.",
     .example = "resolver: { nameservers: [10.0.0.53] }"},
    {.name = "watch",
     .type = KEY_SWITCH,
     .offset = OFFSET(watch),
     .default_text = "off",
     .says = "Reload when the files change.",
     .example = "watch: on",
     .has_no_effect = true},
    {.name = "include",
     .type = KEY_CUSTOM,
     .shape = "list of file names and patterns",
     .offset = OFFSET(file.include),
     .read = node_keep,
     .says = "Files with more services and routes, relative to this one.",
     .example = "include: [routes/*.yaml]"},
    {.name = "services",
     .type = KEY_CUSTOM,
     .shape = "mapping",
     .offset = OFFSET(file.services),
     .read = node_keep,
     .says = "Services by name.",
     .example = "services: { users: http://127.0.0.1:9001 }"},
    {.name = "routes",
     .type = KEY_CUSTOM,
     .shape = "mapping",
     .offset = OFFSET(file.routes),
     .read = node_keep,
     .says = "Routes by method and pattern.",
     .example = "routes: { GET /ping: { response: { body: { pong: true } } } }"},
};

const struct schema settings_schema = {"file", settings_keys, COUNT(settings_keys)};

static const struct key include_keys[] = {
    {.name = "services",
     .type = KEY_CUSTOM,
     .shape = "mapping",
     .offset = offsetof(struct settings_file, services),
     .read = node_keep,
     .says = "Services by name.",
     .example = "services: { users: http://127.0.0.1:9001 }"},
    {.name = "routes",
     .type = KEY_CUSTOM,
     .shape = "mapping",
     .offset = offsetof(struct settings_file, routes),
     .read = node_keep,
     .says = "Routes by method and pattern.",
     .example = "routes: { GET /ping: { response: { body: { pong: true } } } }"},
    {.name = "include",
     .type = KEY_CUSTOM,
     .shape = "list of file names and patterns",
     .offset = offsetof(struct settings_file, include),
     .read = node_keep,
     .says = "More files, relative to this one.",
     .example = "include: [more/*.yaml]"},
};

const struct schema include_schema = {"included file", include_keys, COUNT(include_keys)};

/* --- reading ------------------------------------------------------------------------------ */

/* The mapping without the keys that begin with `x-`. */
static struct node without_own_keys(struct arena *arena, const struct node *root)
{
    struct node rest = *root;
    if (root->kind != NODE_MAPPING)
        return rest;
    rest.entries = arena_array(arena, struct node_entry, root->count);
    rest.count = 0;
    for (uint32_t i = 0; i < root->count; i++) {
        if (!str_starts_with(root->entries[i].key->text, STR("x-")))
            rest.entries[rest.count++] = root->entries[i];
    }
    return rest;
}

static void admin_check(struct reader *reader, const struct settings *settings,
                        const struct node *root)
{
    if (settings->has_admin && !listener_is_local(&settings->admin) &&
        !warning_is_allowed(root, WARNING_PUBLIC_ADMIN))
        warning_add(reader->diagnostics, WARNING_PUBLIC_ADMIN, settings->admin.place,
                    STR("127.0.0.1:9901 is reached from this machine only"),
                    "the admin pages can be reached from outside");
    for (uint32_t i = 0; settings->has_admin && i < settings->listen_count; i++) {
        if (listener_is_same(&settings->admin, &settings->listen[i]))
            diagnostics_error(reader->diagnostics, settings->listen[i].place,
                              STR("give `admin` an address of its own, or write  admin: off"),
                              "'%.*s' is the address of the admin pages",
                              STR_ARGS(settings->listen[i].text));
    }
}

static void debug_check(struct reader *reader, const struct node *root)
{
    const struct node *debug = node_member(root, STR("debug"));
    const struct node *secret = debug ? node_member(debug, STR("secret")) : NULL;
    if (secret && !warning_is_allowed(debug, WARNING_SECRET_IN_FILE))
        open_secret_check(STR("secret"), secret, reader->diagnostics);
}

void settings_read(struct reader *reader, const struct node *root, struct settings_file *ret_file)
{
    struct keys keys = {
        .file.settings = {
            .has_admin = true,
            .admin = {.text = STR("127.0.0.1:9901"), .host = STR("127.0.0.1"), .port = 9901},
            .nameservers = {.timeout = NAMESERVER_TIMEOUT}}};
    struct node rest = without_own_keys(reader->arena, root);
    schema_read(&settings_schema, reader, &rest, STR("the file"), &keys);
    struct settings *settings = &keys.file.settings;
    settings->listen = keys.listen.list;
    settings->listen_count = keys.listen.count;
    admin_check(reader, settings, root);
    debug_check(reader, root);
    *ret_file = keys.file;
}

void settings_read_include(struct reader *reader, const struct node *root,
                           struct settings_file *ret_file)
{
    struct settings_file file = {0};
    struct node rest = without_own_keys(reader->arena, root);
    schema_read(&include_schema, reader, &rest, STR("an included file"), &file);
    *ret_file = file;
}

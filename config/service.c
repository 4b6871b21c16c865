/*
 * The table of a service, and the readers of its addresses, headers and files. Texts with `${…}`
 * are compiled here once for their mistakes, so that these show though no route uses the service.
 */
#include "config/service.h"

#include "base/arena.h"
#include "config/client_scope.h"
#include "config/environment.h"
#include "config/header_name.h"
#include "config/policies.h"
#include "config/text.h"

#include <ctype.h>

struct keys {
    struct service service;
    struct url url;
    bool has_url;
    bool allow_link_local;
};

#define OFFSET(member) offsetof(struct keys, service.member)
#define POLICY_OFFSET  offsetof(struct keys, service.policies)
#define COUNT(table)   (sizeof(table) / sizeof(*(table)))
#define URLS_MAXIMUM   256
#define WEIGHT_MAXIMUM 1000

/* --- addresses ---------------------------------------------------------------------------- */

static bool url_text_read(struct reader *reader, const struct node *node, struct url *ret_url)
{
    struct str text;
    if (!reader_text(reader, node, "a URL", &text))
        return false;
    struct str hint;
    const char *why = url_read(reader->arena, text, ret_url, &hint);
    if (why != NULL)
        diagnostics_error(reader->diagnostics, node->place, hint, "the URL %s", why);
    return why == NULL;
}

static bool url_key_read(struct reader *reader, const struct node *node, void *into)
{
    struct keys *keys = into;
    keys->has_url = true;
    keys->service.urls = &keys->url;
    keys->service.url_count = 1;
    return url_text_read(reader, node, &keys->url);
}

static bool weighted_url_read(struct reader *reader, const struct node *node, void *into)
{
    struct url *url = into;
    unsigned weight = url->weight; /* may have been read before */
    bool is_fine = url_text_read(reader, node, url);
    url->weight = weight;
    return is_fine;
}

static const struct key address_keys[] = {
    {.name = "url",
     .type = KEY_CUSTOM,
     .shape = "URL",
     .read = weighted_url_read,
     .says = "Where it is.",
     .example = "url: http://10.0.0.7:80",
     .is_required = true},
    {.name = "weight",
     .type = KEY_COUNT_OF,
     .offset = offsetof(struct url, weight),
     .default_text = "1",
     .minimum = 1,
     .maximum = WEIGHT_MAXIMUM,
     .says = "How many requests it gets beside the others, each with 1.",
     .example = "weight: 5"},
};

const struct schema address_schema = {"address", address_keys, COUNT(address_keys)};

_Static_assert(sizeof(unsigned) == sizeof(uint32_t), "a weight is read as a uint32_t");

static bool address_read_any(struct reader *reader, const struct node *node, struct url *ret_url)
{
    if (node->kind == NODE_TEXT)
        return url_text_read(reader, node, ret_url);
    return schema_read(&address_schema, reader, node, STR("an address"), ret_url);
}

static bool urls_key_read(struct reader *reader, const struct node *node, void *into)
{
    struct keys *keys = into;
    keys->has_url = true;
    if (node->kind != NODE_LIST || node->count == 0 || node->count > URLS_MAXIMUM) {
        reader_refuse(reader, node, "write [http://10.0.0.7:80, http://10.0.0.8:80]",
                      "a list of 1 to %d addresses is expected", URLS_MAXIMUM);
        return false;
    }
    struct url *urls = arena_array(reader->arena, struct url, node->count);
    bool is_fine = true;
    for (uint32_t i = 0; i < node->count; i++)
        is_fine = address_read_any(reader, node->entries[i].value, &urls[i]) && is_fine;
    keys->service.urls = urls;
    keys->service.url_count = node->count;
    return is_fine;
}

/* --- headers ------------------------------------------------------------------------------ */

static struct str lower_case(struct arena *arena, struct str text)
{
    char *lower = arena_bytes(arena, text.length + 1);
    for (size_t i = 0; i < text.length; i++)
        lower[i] = (char)tolower((unsigned char)text.at[i]);
    lower[text.length] = '\0';
    return (struct str){lower, text.length};
}

static bool forward_read(struct reader *reader, const struct node *node, void *into)
{
    struct service *service = into;
    struct str *names;
    uint32_t count;
    if (!reader_texts(reader, node, &names, &count))
        return false;
    bool is_fine = true;
    for (uint32_t i = 0; i < count; i++) {
        is_fine = header_name_check(reader->diagnostics, node->entries[i].value) && is_fine;
        names[i] = lower_case(reader->arena, names[i]);
    }
    service->forward_headers = names;
    service->forward_header_count = count;
    return is_fine;
}

static bool header_is_new(struct reader *reader, const struct service *service,
                          const struct node *key)
{
    for (uint32_t i = 0; i < service->header_count; i++) {
        if (str_equal_ignore_case(service->headers[i].name, key->text)) {
            diagnostics_error(reader->diagnostics, key->place,
                              STR("the case of letters does not count"),
                              "the header '%.*s' is there twice", STR_ARGS(key->text));
            return false;
        }
    }
    return true;
}

static bool header_read(struct reader *reader, const struct node_entry *entry,
                        struct service *service)
{
    if (!header_name_check(reader->diagnostics, entry->key) ||
        !header_is_new(reader, service, entry->key) || node_is_missing(entry->value))
        return false;
    struct scope client;
    client_scope_init(&client, reader, "in a header of a service");
    struct text text;
    if (!text_compile(reader->arena, entry->value, &client, &text))
        return false;
    service->headers[service->header_count++] =
        (struct service_header){.name = entry->key->text, .text = entry->value};
    return true;
}

static bool headers_read(struct reader *reader, const struct node *node, void *into)
{
    struct service *service = into;
    if (node->kind != NODE_MAPPING) {
        reader_refuse(reader, node, "write { X-Api-Key: \"${env.KEY}\" }",
                      "a mapping is expected, not %s", node_kind_name(node));
        return false;
    }
    service->headers = arena_array(reader->arena, struct service_header, node->count);
    service->header_count = 0;
    bool is_fine = true;
    for (uint32_t i = 0; i < node->count; i++) {
        if (!node_is_allow(&node->entries[i]))
            is_fine = header_read(reader, &node->entries[i], service) && is_fine;
    }
    return is_fine;
}

/* --- files -------------------------------------------------------------------------------- */

static const struct key tls_keys[] = {
    {.name = "ca",
     .type = KEY_CUSTOM,
     .shape = "file name",
     .offset = OFFSET(tls.ca),
     .read = reader_file,
     .says = "Authorities to believe, PEM; without it those of the system.",
     .example = "ca: internal.pem"},
    {.name = "certificate",
     .type = KEY_CUSTOM,
     .shape = "file name",
     .offset = OFFSET(tls.certificate),
     .read = reader_file,
     .says = "The gateway's own certificate, PEM.",
     .example = "certificate: braid.pem"},
    {.name = "key",
     .type = KEY_CUSTOM,
     .shape = "file name",
     .offset = OFFSET(tls.key),
     .read = reader_file,
     .says = "Its private key, PEM.",
     .example = "key: braid.key"},
    {.name = "server_name",
     .type = KEY_TEXT,
     .offset = OFFSET(tls.server_name),
     .says = "The name that the certificate must hold; without it the host.",
     .example = "server_name: users.internal"},
};

static const struct schema tls_schema = {"tls", tls_keys, COUNT(tls_keys)};

/* --- the table ---------------------------------------------------------------------------- */

static const char *const transports[] = {"auto", "curl", NULL};

_Static_assert(TRANSPORT_COUNT == 2, "the words of transports");

static const struct key service_keys[] = {
    {.name = "url",
     .type = KEY_CUSTOM,
     .shape = "URL",
     .read = url_key_read,
     .says = "Where it is: http, https or unix:/path; a path is a prefix of every target.",
     .example = "url: http://users.internal:8080"},
    {.name = "urls",
     .type = KEY_CUSTOM,
     .shape = "list of URLs or `{ url, weight }`",
     .read = urls_key_read,
     .says = "The same for several addresses, all with the same path.",
     .example = "urls: [http://10.0.0.7:80, http://10.0.0.8:80]"},
    {.name = "balance",
     .type = KEY_CUSTOM,
     .shape = "`round_robin`, `least_requests` or `hash ${…}`",
     .offset = POLICY_OFFSET,
     .default_text = "least_requests",
     .read = balance_read,
     .says = "Which of several addresses a request goes to.",
     .example = "balance: round_robin"},
    {.name = "timeout",
     .type = KEY_DURATION,
     .offset = OFFSET(timeout),
     .default_text = "1s",
     .minimum = MILLISECOND,
     .maximum = HOUR,
     .says = "One attempt, connecting included.",
     .example = "timeout: 300ms"},
    {.name = "connect_timeout",
     .type = KEY_DURATION,
     .offset = OFFSET(connect_timeout),
     .default_text = "250ms",
     .minimum = MILLISECOND,
     .maximum = HOUR,
     .says = "Connecting alone.",
     .example = "connect_timeout: 100ms"},
    {.name = "retry",
     .type = KEY_CUSTOM,
     .shape = "mapping or `off`",
     .offset = POLICY_OFFSET,
     .default_text = "off",
     .group = &retry_schema,
     .read = retry_read,
     .says = "Trying again, for idempotent requests.",
     .example = "retry: { attempts: 2 }"},
    {.name = "hedge",
     .type = KEY_CUSTOM,
     .shape = "duration, `p95` or `off`",
     .offset = POLICY_OFFSET,
     .default_text = "off",
     .read = hedge_read,
     .says = "A second attempt when the first is this late, for safe methods.",
     .example = "hedge: 80ms"},
    {.name = "breaker",
     .type = KEY_CUSTOM,
     .shape = "mapping or `off`",
     .offset = POLICY_OFFSET,
     .group = &breaker_schema,
     .read = breaker_read,
     .says = "When to stop asking a service that fails.",
     .example = "breaker: { failure_rate: 30% }"},
    {.name = "concurrency",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(concurrency),
     .default_text = "256",
     .minimum = 1,
     .maximum = 100000,
     .says = "Attempts in flight, over all workers.",
     .example = "concurrency: 64"},
    {.name = "queue",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(queue),
     .default_text = "64",
     .maximum = 1000000,
     .says = "Calls that may wait for a place, over all workers.",
     .example = "queue: 0"},
    {.name = "health",
     .type = KEY_CUSTOM,
     .shape = "mapping or `off`",
     .offset = POLICY_OFFSET,
     .default_text = "off",
     .group = &health_schema,
     .read = health_read,
     .says = "Asking the service how it is.",
     .example = "health: { path: /healthz }"},
    {.name = "outlier",
     .type = KEY_CUSTOM,
     .shape = "mapping or `off`",
     .offset = POLICY_OFFSET,
     .group = &outlier_schema,
     .read = outlier_read,
     .says = "Taking out an address that fails where others do not.",
     .example = "outlier: off"},
    {.name = "forward_headers",
     .type = KEY_CUSTOM,
     .shape = "list of header names",
     .offset = offsetof(struct keys, service),
     .default_text = "[]",
     .read = forward_read,
     .says = "Fields of the client's request that are passed on as they came.",
     .example = "forward_headers: [authorization, accept-language]"},
    {.name = "headers",
     .type = KEY_CUSTOM,
     .shape = "mapping of texts",
     .offset = offsetof(struct keys, service),
     .read = headers_read,
     .says = "Fields that every call to the service sends.",
     .example = "headers: { X-Api-Key: \"${env.PRODUCTS_KEY}\" }"},
    {.name = "max_response",
     .type = KEY_SIZE,
     .offset = OFFSET(max_response),
     .default_text = "8MiB",
     .minimum = 1,
     .maximum = 1024 * 1024 * 1024,
     .says = "The largest answer that is taken, after decompression.",
     .example = "max_response: 1MiB"},
    {.name = "transport",
     .type = KEY_CHOICE,
     .offset = OFFSET(transport),
     .default_text = "auto",
     .choices = transports,
     .says = "Which client carries the requests.",
     .example = "transport: curl"},
    {.name = "tls",
     .type = KEY_GROUP,
     .group = &tls_schema,
     .says = "What https verifies and shows.",
     .example = "tls: { ca: internal.pem }"},
    {.name = "allow_link_local",
     .type = KEY_SWITCH,
     .offset = offsetof(struct keys, allow_link_local),
     .default_text = "off",
     .says = "Take a URL with an address of link-local metadata services (169.254.169.254).",
     .example = "allow_link_local: on"},
    {.name = "allow",
     .type = KEY_TEXTS,
     .offset = OFFSET(allow),
     .says = "Names of warnings that are silenced here.",
     .example = "allow: [unused-service]"},
};

const struct schema service_schema = {"service", service_keys, COUNT(service_keys)};

/* --- one service -------------------------------------------------------------------------- */

static bool is_method(struct str name)
{
    static const char *const methods[] = {"GET",    "HEAD",    "POST",    "PUT",   "PATCH",
                                          "DELETE", "OPTIONS", "CONNECT", "TRACE", "ANY"};
    for (size_t i = 0; i < COUNT(methods); i++) {
        if (str_equal(name, str_of(methods[i])))
            return true;
    }
    return false;
}

static bool name_is_spelt(struct str name)
{
    for (size_t i = 0; i < name.length; i++) {
        unsigned char byte = (unsigned char)name.at[i];
        bool is_fit = isalpha(byte) || (i > 0 && (isdigit(byte) || strchr("_-.", byte) != NULL));
        if (byte >= 0x80 || byte == '\0' || !is_fit)
            return false;
    }
    return name.length > 0;
}

static bool name_check(struct reader *reader, const struct node *key)
{
    if (is_method(key->text)) {
        reader_refuse(reader, key, "", "a service cannot be called as the method %.*s",
                      STR_ARGS(key->text));
        return false;
    }
    if (!name_is_spelt(key->text)) {
        reader_refuse(reader, key, "a name is letters, digits, _, - and ., a letter first",
                      "'%.*s' cannot be the name of a service", STR_ARGS(key->text));
        return false;
    }
    return true;
}

/* { url: TEXT } of a service that is written as one. */
static struct node *long_form(struct arena *arena, const struct node *text)
{
    struct node *key = arena_new(arena, struct node);
    *key = (struct node){.kind = NODE_TEXT, .place = text->place, .text = STR("url")};
    struct node *mapping = arena_new(arena, struct node);
    *mapping = (struct node){.kind = NODE_MAPPING, .place = text->place, .count = 1};
    mapping->entries = arena_array(arena, struct node_entry, 1);
    struct node *value = arena_new(arena, struct node);
    *value = *text;
    mapping->entries[0] = (struct node_entry){key, value};
    return mapping;
}

/* `url` and `urls` say the same thing. */
static bool key_is_there(const struct node *mapping, struct str key)
{
    bool is_address = str_equal(key, STR("url")) || str_equal(key, STR("urls"));
    return node_member(mapping, key) != NULL ||
           (is_address && (node_member(mapping, STR("url")) != NULL ||
                           node_member(mapping, STR("urls")) != NULL));
}

static struct node *with_defaults(struct arena *arena, const struct node *service,
                                  const struct node *defaults)
{
    struct node *whole = arena_new(arena, struct node);
    *whole = *service;
    whole->entries = arena_array(arena, struct node_entry, service->count + defaults->count);
    if (service->count > 0)
        memcpy(whole->entries, service->entries, service->count * sizeof(*whole->entries));
    for (uint32_t i = 0; i < defaults->count; i++) {
        if (!key_is_there(service, defaults->entries[i].key->text))
            whole->entries[whole->count++] = defaults->entries[i];
    }
    return whole;
}

static bool urls_check(struct reader *reader, const struct node *node, const struct keys *keys)
{
    for (uint32_t i = 0; i < keys->service.url_count && !keys->allow_link_local; i++) {
        const struct url *url = &keys->service.urls[i];
        if (!url_is_link_local(url))
            continue;
        const struct node *at = node_member(node, STR("url"));
        if (at == NULL)
            at = node_member(node, STR("urls"));
        reader_refuse(reader, at != NULL ? at : node, "allow_link_local: on  lets it pass",
                      "'%.*s' is an address of link-local metadata services", STR_ARGS(url->host));
        return false;
    }
    return true;
}

/* Targets are rendered once, whichever address they go to. */
static bool prefixes_check(struct reader *reader, const struct node *urls, const struct keys *keys)
{
    for (uint32_t i = 1; i < keys->service.url_count; i++) {
        if (str_equal(keys->service.urls[i].prefix, keys->service.urls[0].prefix))
            continue;
        reader_refuse(reader, urls->entries[i].value, "write it for all of them, or for none",
                      "the path differs from the first address's");
        return false;
    }
    return true;
}

static bool keys_check(struct reader *reader, const struct node *node, struct str what,
                       const struct keys *keys)
{
    const struct node *url = node_member(node, STR("url"));
    const struct node *urls = node_member(node, STR("urls"));
    if (url != NULL && urls != NULL) {
        reader_refuse(reader, urls, "write one of them", "%.*s has both 'url' and 'urls'",
                      STR_ARGS(what));
        return false;
    }
    if (!keys->has_url && (node->kind == NODE_MAPPING)) {
        reader_refuse(reader, node, "url: http://host:port", "%.*s has no 'url'", STR_ARGS(what));
        return false;
    }
    return (urls == NULL || urls->kind != NODE_LIST || prefixes_check(reader, urls, keys)) &&
           urls_check(reader, node, keys);
}

bool service_read(struct reader *reader, const struct node *key, const struct node *value,
                  const struct node *defaults, struct service *ret_service)
{
    bool is_fine = name_check(reader, key);
    if (node_is_missing(value))
        return false;
    struct str what = str_format(reader->arena, "service '%.*s'", STR_ARGS(key->text));
    const struct node *node = value;
    if (value->kind == NODE_TEXT && !node_is_null(value))
        node = long_form(reader->arena, value);
    if (node->kind == NODE_MAPPING && defaults != NULL)
        node = with_defaults(reader->arena, node, defaults);
    struct keys *keys = arena_new(reader->arena, struct keys);
    policies_set_defaults(&keys->service.policies);
    is_fine = schema_read(&service_schema, reader, node, what, keys) && is_fine;
    is_fine = keys_check(reader, node, what, keys) && is_fine;
    if (!is_fine)
        return false;
    keys->service.name = key->text;
    keys->service.place = key->place;
    keys->service.node = node;
    *ret_service = keys->service;
    return true;
}

bool service_check_defaults(struct reader *reader, const struct node *defaults)
{
    struct keys *keys = arena_new(reader->arena, struct keys);
    return schema_read(&service_schema, reader, defaults, STR("'defaults'"), keys);
}

/*
 * Origins are compared byte by byte with what the browser serialised (RFC 6454 6.2), so they are
 * brought into that form once, here. A star stands for the labels before a name and for nothing
 * else: `*.shop.example` takes a.shop.example and a.b.shop.example, not shop.example.
 */
#include "config/cors.h"

#include "base/arena.h"

struct cors_keys {
    struct str *origins;
    uint32_t origin_count; /* behind the list, as KEY_TEXTS has it */
    bool credentials;
    usec max_age;
};

#define OFFSET(member) offsetof(struct cors_keys, member)

static const struct key cors_keys[] = {
    {.name = "origins",
     .type = KEY_TEXTS,
     .offset = OFFSET(origins),
     .says = "Origins whose pages may read the answers; a star for subdomains "
             "(`https://*.shop.example`), or `*` alone for every page there is.",
     .example = "origins: [https://shop.example]",
     .is_required = true},
    {.name = "credentials",
     .type = KEY_SWITCH,
     .offset = OFFSET(credentials),
     .default_text = "off",
     .says = "Whether cookies and authorization may come along; not with the origin `*`.",
     .example = "credentials: on"},
    {.name = "max_age",
     .type = KEY_DURATION,
     .offset = OFFSET(max_age),
     .default_text = "10m",
     .maximum = 24 * HOUR,
     .says = "How long a browser may remember the answer to its question.",
     .example = "max_age: 1h"},
};

const struct schema cors_schema = {"cors", cors_keys, sizeof(cors_keys) / sizeof(*cors_keys)};

/* --- one origin --------------------------------------------------------------------------- */

static bool byte_is_alphanumeric(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

/* What a browser writes as a host: letters in lower case, digits, `-`, `_`, dots between. */
static bool host_is_plain(struct str host)
{
    struct str label;
    while (str_cut(&host, '.', &label)) {
        if (str_is_empty(label))
            return false;
        for (size_t i = 0; i < label.length; i++) {
            if (!byte_is_alphanumeric(label.at[i]) && label.at[i] != '-' && label.at[i] != '_')
                return false;
        }
    }
    return true;
}

static bool host_is_v6(struct str host)
{
    if (host.length < 4 || host.at[0] != '[' || host.at[host.length - 1] != ']')
        return false;
    for (size_t i = 1; i + 1 < host.length; i++) {
        char byte = host.at[i];
        if (byte != ':' && byte != '.' && !(byte >= '0' && byte <= '9') &&
            !(byte >= 'a' && byte <= 'f'))
            return false;
    }
    return true;
}

static bool scheme_is_plain(struct str scheme)
{
    bool is_plain = scheme.length > 0 && scheme.at[0] >= 'a' && scheme.at[0] <= 'z';
    for (size_t i = 0; i < scheme.length; i++)
        is_plain = is_plain && (byte_is_alphanumeric(scheme.at[i]) || scheme.at[i] == '+' ||
                                scheme.at[i] == '-' || scheme.at[i] == '.');
    return is_plain;
}

static struct str text_lower(struct arena *arena, struct str text)
{
    struct str copy = str_copy(arena, text);
    char *bytes = (char *)(uintptr_t)copy.at;
    for (size_t i = 0; i < copy.length; i++)
        bytes[i] = bytes[i] >= 'A' && bytes[i] <= 'Z' ? (char)(bytes[i] - 'A' + 'a') : bytes[i];
    return copy;
}

/* The host's length in "host:port"; the colons of [::1] are its own. */
static size_t host_length(struct str authority)
{
    size_t bracket = str_find(authority, ']');
    size_t from = bracket < authority.length ? bracket : 0;
    return from + str_find(str_from(authority, from), ':');
}

static bool port_is_usual(struct str scheme, uint64_t port)
{
    return (str_equal(scheme, STR("https")) && port == 443) ||
           (str_equal(scheme, STR("http")) && port == 80);
}

/* Takes ":443" off where it says nothing. NULL, or what is wrong. */
static const char *port_read(struct str scheme, struct str *authority)
{
    uint64_t port;
    size_t length = host_length(*authority);
    if (length == authority->length)
        return NULL;
    if (!str_to_unsigned(str_from(*authority, length + 1), 65535, &port) || port == 0)
        return "has no good port behind its colon";
    if (port_is_usual(scheme, port))
        authority->length = length;
    return NULL;
}

static const char *host_read(struct str scheme, struct str authority, struct str start,
                             struct cors_origin *origin)
{
    const char *why = port_read(scheme, &authority);
    struct str host = {authority.at, host_length(authority)};
    size_t whole = (size_t)(authority.at - start.at) + authority.length;
    if (why != NULL)
        return why;
    if (str_starts_with(host, STR("*."))) {
        *origin = (struct cors_origin){start, str_from(authority, 1)};
        host = str_from(host, 2);
    } else {
        *origin = (struct cors_origin){{start.at, whole}, STR("")};
    }
    if (str_find(host, '*') < host.length)
        return "has a star that is not its whole first label";
    return host_is_plain(host) || host_is_v6(host) ? NULL : "has no good host";
}

/* NULL, or one clause that says what is wrong; *ret_hint is then what to write. */
static const char *origin_read(struct arena *arena, struct str text, struct cors_origin *ret_origin,
                               struct str *ret_hint)
{
    struct str lower = text_lower(arena, text);
    size_t colon = str_find_text(lower, STR("://"));
    struct str scheme = {lower.at, colon};
    *ret_hint = STR("write https://shop.example, or https://*.shop.example");
    if (str_equal(lower, STR("null"))) {
        *ret_hint = STR("name the page's own origin, or write \"*\"");
        return "is what every sandboxed page sends, so it names nobody";
    }
    if (colon == lower.length) {
        *ret_hint = str_format(arena, "write https://%.*s", STR_ARGS(lower));
        return "has no scheme";
    }
    struct str authority = str_from(lower, colon + 3);
    size_t slash = str_find(authority, '/');
    if (slash < authority.length) {
        *ret_hint = str_format(arena, "write %.*s", (int)(colon + 3 + slash), lower.at);
        return "has a path: an origin ends with its host or port";
    }
    if (!scheme_is_plain(scheme))
        return "has no good scheme";
    return host_read(scheme, authority, (struct str){lower.at, colon + 3}, ret_origin);
}

/* --- the mapping -------------------------------------------------------------------------- */

static bool origins_read(struct reader *reader, const struct node *list, struct cors *cors)
{
    bool is_fine = true;
    cors->origins = arena_array(reader->arena, struct cors_origin, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct node *element = list->entries[i].value;
        struct str text, hint;
        if (!reader_text(reader, element, "an origin", &text))
            return false;
        if (str_equal(text, STR("*"))) {
            cors->is_for_all = true;
            continue;
        }
        const char *why =
            origin_read(reader->arena, text, &cors->origins[cors->origin_count], &hint);
        cors->origin_count += why == NULL;
        if (why == NULL)
            continue;
        diagnostics_error(reader->diagnostics, element->place, hint, "the origin '%.*s' %s",
                          STR_ARGS(text), why);
        is_fine = false;
    }
    return is_fine;
}

static bool cors_check(struct reader *reader, const struct node *node, const struct node *list,
                       const struct cors *cors)
{
    if (list->count == 0 || list->count > CORS_ORIGINS_MAXIMUM) {
        diagnostics_error(reader->diagnostics, list->place,
                          list->count == 0 ? STR("or write  cors: off") : STR_NONE,
                          "'origins' takes 1 to %d origins", CORS_ORIGINS_MAXIMUM);
        return false;
    }
    if (!cors->is_for_all || !cors->credentials)
        return true;
    const struct node *credentials = node_member(node, STR("credentials"));
    diagnostics_error(reader->diagnostics, credentials->place,
                      STR("name the origins that may, or leave credentials off"),
                      "with the origin '*' every page there is could act as the person who reads "
                      "it; browsers refuse that too");
    return false;
}

bool cors_read(struct reader *reader, const struct node *node, void *into)
{
    struct cors_keys keys = {0};
    if (reader_is_off(node)) {
        *(const struct cors **)into = NULL;
        return true;
    }
    if (!schema_read(&cors_schema, reader, node, STR("'cors'"), &keys))
        return false;
    struct cors *cors = arena_new(reader->arena, struct cors);
    const struct node *list = node_member(node, STR("origins"));
    cors->credentials = keys.credentials;
    cors->max_age = keys.max_age;
    bool is_fine = origins_read(reader, list, cors) && cors_check(reader, node, list, cors);
    *(const struct cors **)into = cors;
    return is_fine;
}

/* --- asking ------------------------------------------------------------------------------- */

static bool origin_fits(const struct cors_origin *mine, struct str origin)
{
    if (str_is_empty(mine->end))
        return str_equal(mine->start, origin);
    if (origin.length <= mine->start.length + mine->end.length ||
        !str_starts_with(origin, mine->start) || !str_ends_with(origin, mine->end))
        return false;
    struct str labels = {origin.at + mine->start.length,
                         origin.length - mine->start.length - mine->end.length};
    return host_is_plain(labels);
}

bool cors_allows(const struct cors *cors, struct str origin)
{
    if (cors->is_for_all)
        return true;
    for (uint32_t i = 0; i < cors->origin_count; i++) {
        if (origin_fits(&cors->origins[i], origin))
            return true;
    }
    return false;
}

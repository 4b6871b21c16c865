/*
 * An address is mostly one word; the long form exists for TLS. A certificate that is written down
 * and not served would be plain text where somebody counts on TLS, so it is an error until it is.
 */
#include "config/listener.h"

#include "base/arena.h"
#include "config/environment.h"

#include <unistd.h>

struct listener_keys {
    struct str address;
    struct str certificate;
    struct str key;
};

#define OFFSET(member) offsetof(struct listener_keys, member)

static const struct key tls_keys[] = {
    {.name = "certificate",
     .type = KEY_TEXT,
     .offset = OFFSET(certificate),
     .says = "The file with the certificate and those between it and the authority, PEM.",
     .example = "certificate: shop.pem",
     .is_required = true},
    {.name = "key",
     .type = KEY_TEXT,
     .offset = OFFSET(key),
     .says = "The file with the private key, PEM.",
     .example = "key: shop.key",
     .is_required = true},
};

static const struct schema tls_schema = {"tls", tls_keys, 2};

static const struct key listener_keys[] = {
    {.name = "address",
     .type = KEY_TEXT,
     .offset = OFFSET(address),
     .says = "Where to listen.",
     .example = "address: 0.0.0.0:8443",
     .is_required = true},
    {.name = "tls",
     .type = KEY_GROUP,
     .group = &tls_schema,
     .says = "Certificate and key of a TLS listener.",
     .example = "tls: { certificate: shop.pem, key: shop.key }"},
};

const struct schema listener_schema = {"listener", listener_keys, 2};

/* The file beside the configuration; empty and reported where it cannot be read. */
static struct str tls_file(struct reader *reader, const struct node *node, struct str name)
{
    struct str path = path_beside(reader->arena, node->place.file, name);
    if (access(path.at, R_OK) == 0)
        return path;
    const struct node *tls = node_member(node, STR("tls"));
    diagnostics_error(reader->diagnostics, tls != NULL ? tls->place : node->place, STR_NONE,
                      "the file '%.*s' cannot be read", STR_ARGS(name));
    return STR_NONE;
}

static bool tls_read(struct reader *reader, const struct node *node,
                     const struct listener_keys *keys, struct address *address)
{
    const struct node *tls = node_member(node, STR("tls"));
    if (tls == NULL)
        return true;
    address->certificate = tls_file(reader, node, keys->certificate);
    address->key = tls_file(reader, node, keys->key);
    diagnostics_error(reader->diagnostics, tls->place,
                      STR("let another program take the TLS off in front of braid"),
                      "TLS listeners are not served yet");
    return false;
}

static bool long_form_read(struct reader *reader, const struct node *node,
                           struct listener_keys *keys)
{
    return schema_read(&listener_schema, reader, node, STR("'listen'"), keys);
}

bool listener_read(struct reader *reader, const struct node *node, struct address *ret_address)
{
    struct listener_keys keys = {0};
    bool is_long = node->kind == NODE_MAPPING;
    if (is_long ? !long_form_read(reader, node, &keys)
                : !reader_text(reader, node, "an address", &keys.address))
        return false;
    const struct node *at = is_long ? node_member(node, STR("address")) : node;
    struct address address = {0};
    struct str hint;
    const char *why = address_read(reader->arena, keys.address, &address, &hint);
    if (why != NULL) {
        diagnostics_error(reader->diagnostics, at->place, hint, "the address '%.*s' %s",
                          STR_ARGS(keys.address), why);
        return false;
    }
    address.place = at->place;
    if (is_long && !tls_read(reader, node, &keys, &address))
        return false;
    *ret_address = address;
    return true;
}

bool listener_is_same(const struct address *a, const struct address *b)
{
    return str_equal(a->unix_path, b->unix_path) && str_equal(a->host, b->host) &&
           a->port == b->port && (a->port != 0 || !str_is_empty(a->unix_path));
}

bool listener_is_local(const struct address *address)
{
    return !str_is_empty(address->unix_path) || str_starts_with(address->host, STR("127.")) ||
           str_equal(address->host, STR("::1"));
}

static bool listener_is_new(struct reader *reader, const struct listeners *listeners,
                            const struct address *address)
{
    for (uint32_t i = 0; i < listeners->count; i++) {
        if (listener_is_same(&listeners->list[i], address)) {
            diagnostics_error(reader->diagnostics, address->place, STR_NONE,
                              "the address '%.*s' is there twice", STR_ARGS(address->text));
            return false;
        }
    }
    return true;
}

bool listeners_read(struct reader *reader, const struct node *node, void *into)
{
    struct listeners *listeners = into;
    bool is_list = node->kind == NODE_LIST;
    uint32_t count = is_list ? node->count : 1;
    *listeners = (struct listeners){.list = arena_array(reader->arena, struct address, count)};
    if (count == 0)
        reader_refuse(reader, node, "write 0.0.0.0:8080", "the list of addresses is empty");
    bool is_fine = count > 0;
    for (uint32_t i = 0; i < count; i++) {
        struct address address;
        const struct node *element = is_list ? node->entries[i].value : node;
        if (listener_read(reader, element, &address) &&
            listener_is_new(reader, listeners, &address))
            listeners->list[listeners->count++] = address;
        else
            is_fine = false;
    }
    return is_fine;
}

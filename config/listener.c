/*
 * An address is mostly one word; the long form exists for TLS. Here only the names of the files are
 * read; whether they hold what they should is found where they are used.
 */
#include "config/listener.h"

#include "base/arena.h"

struct listener_keys {
    struct str address;
    struct certificate first;
    struct str client_ca;
    const struct node *more;
};

#define OFFSET(member) offsetof(struct listener_keys, member)

/* One file of the certificate that lies at `start`. */
#define CERTIFICATE_FILE(word, start, member)                                                      \
    .name = (word), .type = KEY_CUSTOM, .shape = "file name",                                      \
    .offset = (start) + offsetof(struct certificate, member), .read = reader_file,                 \
    .is_required = true

#define CERTIFICATE_SAYS                                                                           \
    "The file with the certificate and those between it and the authority, PEM."
#define KEY_SAYS "The file with its private key, PEM."

static const struct key certificate_keys[] = {
    {CERTIFICATE_FILE("certificate", 0, certificate), .says = CERTIFICATE_SAYS,
     .example = "certificate: shop.pem"},
    {CERTIFICATE_FILE("key", 0, key), .says = KEY_SAYS, .example = "key: shop.key"},
};

const struct schema certificate_schema = {"certificate", certificate_keys, 2};

static bool more_read(struct reader *reader, const struct node *node, void *into)
{
    if (node->kind != NODE_LIST || node->count == 0 || node->count >= CERTIFICATES_MAXIMUM) {
        reader_refuse(reader, node, "write [{ certificate: b.pem, key: b.key }]",
                      "a list of 1 to %d certificates is expected", CERTIFICATES_MAXIMUM - 1);
        return false;
    }
    *(const struct node **)into = node;
    return true;
}

static const struct key tls_keys[] = {
    {CERTIFICATE_FILE("certificate", OFFSET(first), certificate), .says = CERTIFICATE_SAYS,
     .example = "certificate: shop.pem"},
    {CERTIFICATE_FILE("key", OFFSET(first), key), .says = KEY_SAYS, .example = "key: shop.key"},
    {.name = "more",
     .type = KEY_CUSTOM,
     .shape = "list of `{ certificate, key }`",
     .offset = OFFSET(more),
     .group = &certificate_schema,
     .read = more_read,
     .says = "Further certificates, for clients that ask for a name which these hold.",
     .example = "more: [ { certificate: other.pem, key: other.key } ]"},
    {.name = "client_ca",
     .type = KEY_CUSTOM,
     .shape = "file name",
     .offset = OFFSET(client_ca),
     .read = reader_file,
     .says = "Clients must show a certificate of one of these authorities, PEM.",
     .example = "client_ca: partners.pem"},
};

static const struct schema tls_schema = {"tls", tls_keys, 4};

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
     .says = "What a TLS listener shows its clients.",
     .example = "tls: { certificate: shop.pem, key: shop.key }"},
};

const struct schema listener_schema = {"listener", listener_keys, 2};

static bool tls_read(struct reader *reader, const struct node *node,
                     const struct listener_keys *keys, struct address *address)
{
    const struct node *written = node_member(node, STR("tls"));
    if (written == NULL)
        return true;
    struct listener_tls *tls = arena_new(reader->arena, struct listener_tls);
    tls->list[0] = keys->first;
    tls->list[0].place = node_member(written, STR("certificate"))->place;
    tls->count = 1;
    tls->client_ca = keys->client_ca;
    if (!str_is_empty(tls->client_ca))
        tls->client_ca_place = node_member(written, STR("client_ca"))->place;
    address->tls = tls;
    bool is_fine = true;
    for (uint32_t i = 0; keys->more != NULL && i < keys->more->count; i++) {
        const struct node *element = keys->more->entries[i].value;
        struct certificate *certificate = &tls->list[tls->count++];
        is_fine =
            schema_read(&certificate_schema, reader, element, STR("a certificate"), certificate) &&
            is_fine;
        certificate->place = element->place;
    }
    return is_fine;
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

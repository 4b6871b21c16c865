/*
 * A node of the tree that a YAML file becomes: text, a list or a mapping, each with its place.
 * What a text means is decided by who reads it.
 */
#ifndef BRAID_CONFIG_NODE_H
#define BRAID_CONFIG_NODE_H

#include "base/json/json.h"
#include "config/diagnostic.h"

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAPPING, NODE_KIND_COUNT };

struct node {
    enum node_kind kind;
    struct place place; /* of a mapping or list: of its first byte */
    bool is_quoted;     /* text: 'single', "double" or a block scalar: never null, true or 1 */
    bool is_block;      /* text: | or > : offsets in the text are not offsets in the file */
    struct str text;    /* lies in the file's own text where the file holds it byte for byte */
    struct node_entry *entries; /* lists and mappings */
    uint32_t count;
};

struct node_entry {
    struct node *key; /* NULL in lists */
    struct node *value;
};

/* The value of a key; NULL where there is none. */
struct node *node_member(const struct node *mapping, struct str key);

/* JSON's meaning of a scalar: null, true, false and numbers when plain, otherwise text. */
struct json node_scalar(const struct node *node);

/* A key with nothing behind it. That was reported when the file was read: say no more. */
bool node_is_missing(const struct node *node);

/* A plain `null`. */
bool node_is_null(const struct node *node);

/* Text here, though other YAML readers see a boolean, null, a number or a date: NO, ~, 012. */
bool node_looks_different(const struct node *node);

/* `allow: [NAME, …]` in a mapping whose other keys are names of the file's own. */
bool node_is_allow(const struct node_entry *entry);

/* `allow: [NAME]` stands in the mapping. */
bool node_allows(const struct node *mapping, struct str name);

/* The place of `length` bytes at `offset` of a text: exact where the file holds it as it is. */
struct place node_place(const struct node *node, size_t offset, size_t length);

/*
 * Whether a template begins under `key`, in a mapping that stands itself under `outer` (may be
 * NULL): `body`, unless a service is called so, and the `value` of a fallback.
 */
bool node_key_begins_template(struct str key, const struct node *outer);

/* "text", "a list", "a mapping": for messages. */
const char *node_kind_name(const struct node *node);

#endif

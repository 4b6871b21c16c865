/*
 * Keys of the file as tables. A key is declared once: its name, type, range, default and one
 * sentence; reading, checking and the reference are all made from that row.
 */
#ifndef BRAID_CONFIG_SCHEMA_H
#define BRAID_CONFIG_SCHEMA_H

#include "config/document.h"
#include "config/reader.h"

struct schema;

enum key_type {
    KEY_TEXT,     /* struct str; no ${…} but constants (env, file) */
    KEY_TEXTS,    /* a list of texts: struct str * and, in the next member, uint32_t count */
    KEY_DURATION, /* usec */
    KEY_SIZE,     /* uint64_t bytes */
    KEY_SHARE,    /* double, 0 to 1 */
    KEY_COUNT_OF, /* uint32_t */
    KEY_SWITCH,   /* bool: on/true, off/false */
    KEY_CHOICE,   /* an int enum: the index of the word in `choices` */
    KEY_GROUP,    /* a mapping with keys of its own, read into the same struct */
    KEY_CUSTOM,   /* `read` does it */
    KEY_TYPE_COUNT
};

struct key {
    const char *name;
    enum key_type type;
    size_t offset; /* of the member of the struct that is filled */
    /* As a person would write it; NULL: none, the member stays. KEY_CUSTOM, KEY_TEXTS, KEY_GROUP:
       for the reference only. */
    const char *default_text;
    int64_t minimum;            /* durations in usec, sizes in bytes, counts */
    int64_t maximum;            /* 0: none stated */
    const char *const *choices; /* KEY_CHOICE, NULL at the end */
    const struct schema *group; /* KEY_GROUP; KEY_CUSTOM: for the reference only */
    /* KEY_CUSTOM: false when it has reported a mistake. `into` is the member at `offset`. */
    bool (*read)(struct reader *reader, const struct node *node, void *into);
    const char *says;    /* one sentence for the reference */
    const char *example; /* a short valid line of YAML for the reference, "timeout: 200ms" */
    bool has_no_effect;  /* accepted and checked; a note says that it does nothing yet */
    bool is_required;
    const char *shape; /* KEY_CUSTOM: its type in the reference, "a list of addresses" */
};

struct schema {
    const char *noun; /* "service", "call": for messages and the reference */
    const struct key *keys;
    size_t count;
};

/*
 * Sets every default, then reads the mapping into `into`. Unknown keys, keys without a value,
 * wrong types and ranges are reported, `what` naming the thing ("call 'customer'"). false when
 * anything was reported. Besides the keys of the table, `allow: [NAME]` may stand in any mapping.
 */
bool schema_read(const struct schema *schema, struct reader *reader, const struct node *node,
                 struct str what, void *into);

/* Only the defaults. */
void schema_set_defaults(const struct schema *schema, void *into);

#define SCHEMA_RANGE_SIZE 96

/* ", at least 1ms, at most 1h": what the key is bounded by; empty where it is not. */
void schema_format_range(const struct key *key, char to[SCHEMA_RANGE_SIZE]);

/* "size, at least 1KiB", "one of `a`, `b`": what may stand behind the key, in Markdown. */
void schema_print_type(const struct key *key, FILE *to);

/* The reference of one schema as a Markdown table. */
void schema_describe(const struct schema *schema, FILE *to);

#endif

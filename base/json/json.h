/*
 * JSON that is read and written without being changed.
 *
 * Reading is one pass that validates (RFC 8259, UTF-8, bounded depth and nodes, no recursion) and
 * may build a compact index over the text. A value is a small handle, passed by value; it points
 * into the text, into an index, or at parts that were built. Writing an untouched value copies
 * its text, so numbers and strings leave digit for digit. A number is decoded only when somebody
 * computes with it, a string only when it is compared or holds an escape.
 *
 * Everything a handle points at must outlive it: the text it was read from and the arena.
 */
#ifndef BRAID_BASE_JSON_JSON_H
#define BRAID_BASE_JSON_JSON_H

#include "base/str.h"

struct arena;
struct slices;
struct json_node; /* one entry of an index; private to base/json */

enum json_type {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
    JSON_TYPE_COUNT
};

/* How a handle knows its value. */
enum json_form {
    JSON_FORM_TEXT,    /* its JSON text, validated; a container in this form has no members */
    JSON_FORM_DECODED, /* a string as bare UTF-8, without quotes and escapes */
    JSON_FORM_INDEXED, /* a container with an index */
    JSON_FORM_BUILT    /* a container made of other handles */
};

struct json {
    uint8_t type;  /* enum json_type */
    uint8_t form;  /* enum json_form */
    uint32_t size; /* text forms: bytes; containers: elements or members */
    union {
        const char *text;             /* JSON_FORM_TEXT (a string with its quotes), _DECODED */
        const struct json_node *node; /* JSON_FORM_INDEXED */
        const struct json *parts;     /* JSON_FORM_BUILT: elements, or key, value, key, value … */
    };
    const char *source; /* JSON_FORM_INDEXED: the beginning of the text */
};

enum json_fault {
    JSON_OK,
    JSON_FAULT_SYNTAX,    /* not RFC 8259, trailing bytes and a BOM included */
    JSON_FAULT_UTF8,      /* not UTF-8 (RFC 3629) */
    JSON_FAULT_DEPTH,     /* nested deeper than the limit */
    JSON_FAULT_TOO_LARGE, /* more bytes or nodes than the limit, or the arena has no room */
    JSON_FAULT_COUNT
};

struct json_limits {
    size_t bytes;   /* at most UINT32_MAX / 2 */
    uint32_t nodes; /* values and member names together; only counted when indexing */
    uint32_t depth; /* containers within each other; at most JSON_DEPTH_MAXIMUM */
};

#define JSON_DEPTH_MAXIMUM 512

extern const struct json_limits json_limits_default;         /* 64 MiB, 4 Mi nodes, depth 128 */
extern const char *const json_fault_names[JSON_FAULT_COUNT]; /* for logs: "syntax", "utf-8", … */
extern const char *const json_type_names[JSON_TYPE_COUNT]; /* JMESPath's: "null", "boolean", … */

/* Validates only: the handle is in text form. *ret_at (may be NULL) is where a fault is. */
enum json_fault json_check(struct str text, const struct json_limits *limits,
                           struct json *ret_value, size_t *ret_at);

/* Validates and indexes, index in arena; containers may be entered. */
enum json_fault json_read(struct arena *arena, struct str text, const struct json_limits *limits,
                          struct json *ret_value, size_t *ret_at);

/* --- asking ------------------------------------------------------------------------------- */

static inline enum json_type json_type(struct json value)
{
    return (enum json_type)value.type;
}

static inline bool json_is_null(struct json value)
{
    return value.type == JSON_NULL;
}

/* The member named `name` (decoded); the last one where there are several. */
bool json_member(struct json object, struct str name, struct json *ret_value);

/* The element at `index`; costs a walk for indexed arrays: iterate where order allows it. */
bool json_element(struct json array, uint32_t index, struct json *ret_value);

struct json_iterator {
    const struct json_node *node;
    const struct json *part;
    const char *source;
    uint32_t left;
    bool has_keys;
};

/* Over an array's elements or an object's members, duplicates included, in order. */
struct json_iterator json_iterate(struct json container);

/* false at the end. *ret_key (a string; may be NULL for arrays) is set for objects only. */
bool json_next(struct json_iterator *iterator, struct json *ret_key, struct json *ret_value);
/* The same of an indexed object as text: the name decoded, the member from its name to its end. */
bool json_next_text(struct json_iterator *iterator, struct arena *arena, struct str *ret_name,
                    struct str *ret_member);

/* Decoded; in place where it holds no escape, otherwise in arena. A lone \ud800 is U+FFFD. */
struct str json_string_decode(struct arena *arena, struct json string);

/* The number as a double (may be infinite: 1e400). */
double json_number(struct json number);

/* Exactly, as decimals: 1 equals 1.0 and 1e0; negative, zero or positive. */
int json_number_compare(struct json a, struct json b);

/* By code points of the decoded text; negative, zero or positive. */
int json_string_compare(struct json a, struct json b);

/* Its decoded text is `text`. */
bool json_string_is(struct json string, struct str text);

/* Deep; members in any order, the last duplicate counts; containers in text form: by text. */
bool json_is_equal(struct json a, struct json b);

/* Equal values have equal hashes. */
uint64_t json_hash(struct json value);
bool json_is_utf8(struct str text);

static inline struct json json_null(void)
{
    return (struct json){.type = JSON_NULL, .form = JSON_FORM_TEXT, .size = 4, .text = "null"};
}

static inline struct json json_boolean(bool truth)
{
    return truth ? (struct json){.type = JSON_TRUE, .size = 4, .text = "true"}
                 : (struct json){.type = JSON_FALSE, .size = 5, .text = "false"};
}

#endif

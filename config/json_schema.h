/*
 * JSON Schema (draft 2020-12) of mappings that tables describe, so that an editor knows of every
 * key what the reader of the file knows.
 *
 * What a table cannot say, how the value of a KEY_CUSTOM looks, is said by forms: a piece of JSON
 * Schema for each such key, written with ' where JSON has ".
 */
#ifndef BRAID_CONFIG_JSON_SCHEMA_H
#define BRAID_CONFIG_JSON_SCHEMA_H

#include "config/schema.h"

/* Pieces of patterns. A constant may stand for every text, so each pattern takes what holds ${. */
#define JSON_SCHEMA_CONSTANT "|[$][{]"
#define JSON_SCHEMA_METHODS  "(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)"

/* Of the key `key` in the table of the noun `noun`. */
struct json_schema_form {
    const char *noun;
    const char *key;
    const char *schema;
    bool default_is_words; /* the table's default is for people: "2xx" */
};

/* A thing that other pieces refer to as '#/$defs/NAME'. */
struct json_schema_definition {
    const char *name;
    const struct schema *schema; /* NULL: `more` is all of it */
    const char *more;            /* members beside those made of the table; a `type` replaces its */
};

struct json_schema_forms {
    const struct json_schema_form *list;
    size_t count;
    const struct json_schema_forms *more; /* of the floor below; or NULL */
};

/* The forms and definitions of this floor: the top of the file, services. */
extern const struct json_schema_forms config_forms;
extern const struct json_schema_definition config_definitions[]; /* the last has no name */

/* NULL where there is none. */
const struct json_schema_form *json_schema_find_form(const struct json_schema_forms *forms,
                                                     const char *noun, const char *key);

/* `text` with " for ': in arena. It must be JSON. */
struct json json_schema_fragment(struct arena *arena, const char *text);

/* Of a mapping with the keys of `schema`; `more` may be NULL. All in arena, tables kept. */
struct json json_schema_of(struct arena *arena, const struct json_schema_forms *forms,
                           const struct schema *schema, const char *more);

#endif

/*
 * JSON values that are made, not read, and values written as text. Parts are kept, never copied:
 * what a made value points at must outlive it.
 */
#ifndef BRAID_BASE_JSON_MAKE_H
#define BRAID_BASE_JSON_MAKE_H

#include "base/json/json.h"

struct arena;
struct slices;

/* UTF-8 text, kept; the caller has checked that it is UTF-8 (json_is_utf8). */
static inline struct json json_decoded(struct str text)
{
    return (struct json){JSON_STRING, JSON_FORM_DECODED, (uint32_t)text.length, {text.at}, NULL};
}

/* The shortest decimal that reads back as the same double (-0 is 0); null if it is not finite. */
struct json json_from_double(struct arena *arena, double number);

/* `parts` is kept: `count` elements, or `count` pairs of key and value. */
static inline struct json json_array(const struct json *parts, uint32_t count)
{
    return (struct json){JSON_ARRAY, JSON_FORM_BUILT, count, {.parts = parts}, NULL};
}

static inline struct json json_object(const struct json *parts, uint32_t count)
{
    return (struct json){JSON_OBJECT, JSON_FORM_BUILT, count, {.parts = parts}, NULL};
}

/* --- writing ------------------------------------------------------------------------------ */

/* The value as JSON: its own text where it has one, kept, not copied. */
void json_write(struct slices *out, struct json value);

/* `text` (UTF-8) as a JSON string with its quotes. */
void json_write_string(struct slices *out, struct str text);

/* The JSON text of any value as one run. */
struct str json_text(struct arena *arena, struct json value);

#endif

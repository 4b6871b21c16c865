/*
 * JSON that is put together part by part, for what is said once in a while: reports, documents.
 * Parts are kept, never copied; only their list grows.
 */
#ifndef BRAID_BASE_JSON_BUILD_H
#define BRAID_BASE_JSON_BUILD_H

#include "base/json/make.h"

struct json_builder {
    struct arena *arena;
    struct json *parts;
    uint32_t count; /* two for each member */
    uint32_t room;
};

static inline struct json_builder json_builder_in(struct arena *arena)
{
    return (struct json_builder){.arena = arena};
}

/* An element. A builder takes either elements or members. */
void json_builder_add(struct json_builder *builder, struct json value);

/* A member; the name is not looked for, so each is set once. */
void json_builder_set(struct json_builder *builder, const char *name, struct json value);
void json_builder_set_named(struct json_builder *builder, struct str name, struct json value);

/* All members of `object`, which may be entered. */
void json_builder_set_all(struct json_builder *builder, struct json object);

/* What was added so far; the builder is not to be used again. */
struct json json_builder_array(const struct json_builder *builder);
struct json json_builder_object(const struct json_builder *builder);

/* Text of unknown origin, kept: bytes that are no UTF-8 become U+FFFD in a copy. */
struct json json_from_text(struct arena *arena, struct str text);

struct json json_from_integer(struct arena *arena, int64_t number);

#endif

/*
 * A list of parts that doubles.
 */
#include "base/json/build.h"

#include "base/arena.h"

#include <assert.h>

static void part_add(struct json_builder *builder, struct json part)
{
    if (builder->count == builder->room) {
        uint32_t room = builder->room > 0 ? builder->room * 2 : 8;
        struct json *parts = arena_array(builder->arena, struct json, room);
        if (builder->count > 0)
            memcpy(parts, builder->parts, builder->count * sizeof(*parts));
        builder->parts = parts;
        builder->room = room;
    }
    builder->parts[builder->count++] = part;
}

void json_builder_add(struct json_builder *builder, struct json value)
{
    part_add(builder, value);
}

void json_builder_set_named(struct json_builder *builder, struct str name, struct json value)
{
    part_add(builder, json_from_text(builder->arena, name));
    part_add(builder, value);
}

void json_builder_set(struct json_builder *builder, const char *name, struct json value)
{
    json_builder_set_named(builder, str_of(name), value);
}

void json_builder_set_all(struct json_builder *builder, struct json object)
{
    struct json_iterator iterator = json_iterate(object);
    struct json key, value;
    while (json_next(&iterator, &key, &value)) {
        part_add(builder, key);
        part_add(builder, value);
    }
}

struct json json_builder_array(const struct json_builder *builder)
{
    return json_array(builder->parts, builder->count);
}

struct json json_builder_object(const struct json_builder *builder)
{
    assert(builder->count % 2 == 0);
    return json_object(builder->parts, builder->count / 2);
}

/* The bytes of the first character; 0 where there is none that is UTF-8. */
static size_t character_length(struct str text)
{
    for (size_t length = 1; length <= 4 && length <= text.length; length++) {
        if (json_is_utf8((struct str){text.at, length}))
            return length;
    }
    return 0;
}

struct json json_from_text(struct arena *arena, struct str text)
{
    if (json_is_utf8(text))
        return json_decoded(text);
    static const char replacement[] = "\xEF\xBF\xBD";
    char *clean = arena_bytes(arena, text.length * (sizeof(replacement) - 1));
    size_t length = 0;
    while (!str_is_empty(text)) {
        size_t taken = character_length(text);
        size_t written = taken > 0 ? taken : sizeof(replacement) - 1;
        memcpy(clean + length, taken > 0 ? text.at : replacement, written);
        length += written;
        text = str_from(text, taken > 0 ? taken : 1);
    }
    return json_decoded((struct str){clean, length});
}

struct json json_from_integer(struct arena *arena, int64_t number)
{
    struct str text = str_format(arena, "%lld", (long long)number);
    return (struct json){.type = JSON_NUMBER,
                         .form = JSON_FORM_TEXT,
                         .size = (uint32_t)text.length,
                         .text = text.at};
}

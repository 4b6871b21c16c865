/*
 * Each diagnostic as an object whose members are always all there.
 */
#include "config/diagnostic_json.h"

#include "base/json/build.h"

static struct json text_or_null(struct arena *arena, struct str text)
{
    return str_is_empty(text) ? json_null() : json_from_text(arena, text);
}

/* Lines, columns and lengths count from 1. */
static struct json count_or_null(struct arena *arena, uint32_t count)
{
    return count == 0 ? json_null() : json_from_integer(arena, count);
}

static struct json diagnostic_json(struct arena *arena, const struct diagnostic *diagnostic)
{
    const struct place *place = &diagnostic->place;
    bool has_line = place->file != NULL && place->line > 0;
    struct str path = place->file != NULL ? place->file->path : STR_NONE;
    struct str name = diagnostic->name != NULL ? str_of(diagnostic->name) : STR_NONE;
    const char *severity = severity_name(diagnostic->severity);
    struct json_builder object = json_builder_in(arena);
    json_builder_set(&object, "severity", json_decoded(str_of(severity)));
    json_builder_set(&object, "name", text_or_null(arena, name));
    json_builder_set(&object, "file", text_or_null(arena, path));
    json_builder_set(&object, "line", count_or_null(arena, has_line ? place->line : 0));
    json_builder_set(&object, "column", count_or_null(arena, has_line ? place->column : 0));
    json_builder_set(&object, "length", count_or_null(arena, has_line ? place->length : 0));
    json_builder_set(&object, "message", json_from_text(arena, diagnostic->message));
    json_builder_set(&object, "hint", text_or_null(arena, diagnostic->hint));
    return json_builder_object(&object);
}

struct json diagnostics_json(struct diagnostics *diagnostics)
{
    const struct diagnostic *const *sorted = diagnostics_sorted(diagnostics);
    struct json_builder list = json_builder_in(diagnostics->arena);
    for (size_t i = 0; i < diagnostics->count; i++)
        json_builder_add(&list, diagnostic_json(diagnostics->arena, sorted[i]));
    return json_builder_array(&list);
}

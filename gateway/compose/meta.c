/* See meta.h. Built only for calls whose meta some expression mentions. */
#include "gateway/compose/meta.h"

#include "base/arena.h"
#include "base/json/make.h"
#include "gateway/compose/inputs.h"

static struct json headers_of(struct arena *arena, const struct outcome *outcome)
{
    struct json *parts = arena_array(arena, struct json, 2 * (size_t)outcome->field_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < outcome->field_count; i++) {
        const struct field *field = &outcome->fields[i];
        if (!json_is_utf8(field->value) || !json_is_utf8(field->name))
            continue;
        parts[2 * count] = json_decoded(inputs_member_name(arena, field->name));
        parts[2 * count + 1] = json_decoded(field->value);
        count++;
    }
    return json_object(parts, count);
}

static struct json word(const char *zero_terminated)
{
    return json_decoded(str_of(zero_terminated));
}

struct json meta_of_outcome(struct arena *arena, const struct outcome *outcome)
{
    struct json *parts = arena_array(arena, struct json, 10);
    parts[0] = word("status");
    parts[1] = outcome->status > 0 ? json_from_double(arena, outcome->status) : json_null();
    parts[2] = word("source");
    parts[3] = word(source_name(outcome->source));
    parts[4] = word("age");
    parts[5] = outcome->has_age ? json_from_double(arena, outcome->age) : json_null();
    parts[6] = word("headers");
    parts[7] = headers_of(arena, outcome);
    parts[8] = word("reason");
    parts[9] = outcome->reason != REASON_NONE ? word(reason_name(outcome->reason)) : json_null();
    return json_object(parts, 5);
}

/*
 * Recursion is as deep as the value is, which was bounded when it was read.
 */
#include "gateway/rehearsal/json_lines.h"

#include "base/arena.h"
#include "base/json/make.h"
#include "base/slices.h"

static void break_put(struct slices *out, unsigned depth)
{
    slices_copy(out, STR("\n"));
    for (unsigned i = 0; i < depth; i++)
        slices_copy(out, STR("  "));
}

static void value_put(struct slices *out, struct json value, unsigned depth)
{
    bool is_object = json_type(value) == JSON_OBJECT;
    if ((!is_object && json_type(value) != JSON_ARRAY) || value.form == JSON_FORM_TEXT ||
        value.size == 0) {
        json_write(out, value);
        return;
    }
    struct json_iterator iterator = json_iterate(value);
    struct json key, part;
    slices_copy(out, is_object ? STR("{") : STR("["));
    for (bool is_first = true; json_next(&iterator, &key, &part); is_first = false) {
        if (!is_first)
            slices_copy(out, STR(","));
        break_put(out, depth + 1);
        if (is_object) {
            json_write(out, key);
            slices_copy(out, STR(": "));
        }
        value_put(out, part, depth + 1);
    }
    break_put(out, depth);
    slices_copy(out, is_object ? STR("}") : STR("]"));
}

struct str json_lines(struct arena *arena, struct json value)
{
    struct slices out;
    slices_init(&out, arena);
    value_put(&out, value, 0);
    return slices_join(&out);
}

/*
 * Functions of texts. Lengths and reversing count code points; everything else may work on bytes,
 * since UTF-8 never finds a character inside another one.
 */
#include "base/arena.h"
#include "base/jmespath/functions.h"
#include "base/jmespath/parts.h"
#include "base/json/make.h"
#include "base/slices.h"

/* A handle counts bytes in 32 bits. */
#define TEXT_MOST (UINT32_MAX / 2)

static struct arena *text_arena(struct function_call *call)
{
    return call->evaluation->frame->arena;
}

static struct str text_argument(struct function_call *call, uint32_t index)
{
    return json_string_decode(text_arena(call), call->arguments[index]);
}

/* Room for a text of `length` bytes; NULL where there is none. */
static char *text_room(struct function_call *call, size_t length)
{
    if (length > TEXT_MOST || !arena_has_room(text_arena(call), length)) {
        evaluation_fail(call->evaluation, evaluation_limit);
        return NULL;
    }
    return arena_bytes(text_arena(call), length);
}

static char *text_append(char *to, struct str text)
{
    if (text.length > 0)
        memcpy(to, text.at, text.length);
    return to + text.length;
}

/* --- asking -------------------------------------------------------------------------------- */

static bool text_is_element(struct function_call *call, bool *ret_is_element)
{
    struct json wanted = call->arguments[1];
    struct json_iterator iterator = json_iterate(call->arguments[0]);
    struct json element;
    *ret_is_element = false;
    while (!*ret_is_element && json_next(&iterator, NULL, &element)) {
        if (!evaluation_charge_value(call->evaluation, element) ||
            !evaluation_charge_value(call->evaluation, wanted))
            return false;
        *ret_is_element = json_is_equal(element, wanted);
    }
    return true;
}

bool function_contains(struct function_call *call, struct json *ret_value)
{
    bool contains = false;
    if (call->arguments[0].type == JSON_ARRAY) {
        if (!text_is_element(call, &contains))
            return false;
    } else if (call->arguments[1].type == JSON_STRING) {
        struct str text = text_argument(call, 0);
        struct str wanted = text_argument(call, 1);
        contains = str_is_empty(wanted) || str_find_text(text, wanted) < text.length;
    }
    *ret_value = json_boolean(contains);
    return true;
}

bool function_ends_with(struct function_call *call, struct json *ret_value)
{
    *ret_value = json_boolean(str_ends_with(text_argument(call, 0), text_argument(call, 1)));
    return true;
}

bool function_starts_with(struct function_call *call, struct json *ret_value)
{
    *ret_value = json_boolean(str_starts_with(text_argument(call, 0), text_argument(call, 1)));
    return true;
}

/* --- making -------------------------------------------------------------------------------- */

/* The decoded elements of an array of strings, and the length of all. */
static bool text_collect(struct function_call *call, struct json array, struct parts *parts,
                         size_t *ret_length)
{
    struct json_iterator iterator = json_iterate(array);
    struct json element;
    *ret_length = 0;
    while (json_next(&iterator, NULL, &element)) {
        if (!evaluation_charge_value(call->evaluation, element))
            return false;
        if (element.type != JSON_STRING)
            return evaluation_fail(call->evaluation, evaluation_invalid_type);
        struct str text = json_string_decode(text_arena(call), element);
        if (!parts_add(call->evaluation, parts, json_decoded(text)))
            return false;
        *ret_length += text.length;
    }
    return true;
}

bool function_join(struct function_call *call, struct json *ret_value)
{
    struct str glue = text_argument(call, 0);
    struct parts parts = PARTS_NONE;
    size_t length;
    if (!text_collect(call, call->arguments[1], &parts, &length))
        return false;
    if (parts.count > 1)
        length += (parts.count - 1) * glue.length;
    char *joined = text_room(call, length);
    if (!joined)
        return false;
    char *to = joined;
    for (uint32_t i = 0; i < parts.count; i++) {
        to = text_append(to, i == 0 ? STR_NONE : glue);
        to = text_append(to, (struct str){parts.at[i].text, parts.at[i].size});
    }
    *ret_value = json_decoded((struct str){joined, length});
    return true;
}

bool function_now(struct function_call *call, struct json *ret_value)
{
    char text[CLOCK_RFC3339_SIZE];
    int length = clock_format_rfc3339(call->evaluation->frame->wall, text);
    *ret_value = json_decoded(str_copy(text_arena(call), (struct str){text, (size_t)length}));
    return true;
}

bool function_replace(struct function_call *call, struct json *ret_value)
{
    struct str text = text_argument(call, 0);
    struct str old = text_argument(call, 1);
    struct str new = text_argument(call, 2);
    if (str_is_empty(old))
        return evaluation_fail(call->evaluation, evaluation_invalid_value);
    if (!evaluation_charge(call->evaluation, text.length))
        return false;

    size_t count = 0;
    for (struct str rest = text; !str_is_empty(rest);) {
        size_t at = str_find_text(rest, old);
        if (at == rest.length)
            break;
        rest = str_from(rest, at + old.length);
        count++;
    }
    size_t length = text.length - count * old.length + count * new.length;
    char *replaced = text_room(call, length);
    if (!replaced)
        return false;
    char *to = replaced;
    for (; count > 0; count--) {
        size_t at = str_find_text(text, old);
        to = text_append(to, (struct str){text.at, at});
        to = text_append(to, new);
        text = str_from(text, at + old.length);
    }
    text_append(to, text);
    *ret_value = json_decoded((struct str){replaced, length});
    return true;
}

bool function_split(struct function_call *call, struct json *ret_value)
{
    struct str rest = text_argument(call, 0);
    struct str separator = text_argument(call, 1);
    struct parts parts = PARTS_NONE;
    if (str_is_empty(separator))
        return evaluation_fail(call->evaluation, evaluation_invalid_value);
    for (;;) {
        size_t at = str_find_text(rest, separator);
        if (!evaluation_charge(call->evaluation, 1) ||
            !parts_add(call->evaluation, &parts, json_decoded((struct str){rest.at, at})))
            return false;
        if (at == rest.length)
            break;
        rest = str_from(rest, at + separator.length);
    }
    *ret_value = parts_array(&parts);
    return true;
}

/* Without the blanks between tokens; no other byte changes. */
static bool text_compact(struct function_call *call, struct str text, struct str *ret_compact)
{
    char *compact = text_room(call, text.length);
    if (!compact)
        return false;
    size_t length = 0;
    bool is_quoted = false;
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == '"')
            is_quoted = !is_quoted;
        if (!is_quoted && memchr(" \t\r\n", text.at[i], 4))
            continue;
        compact[length++] = text.at[i];
        if (is_quoted && text.at[i] == '\\')
            compact[length++] = text.at[++i];
    }
    *ret_compact = (struct str){compact, length};
    return true;
}

bool function_to_string(struct function_call *call, struct json *ret_value)
{
    struct json value = call->arguments[0];
    if (value.type == JSON_STRING) {
        *ret_value = value;
        return true;
    }
    if (!evaluation_charge_value(call->evaluation, value))
        return false;
    struct slices slices;
    slices_init(&slices, text_arena(call));
    json_write(&slices, value);
    if (slices.bytes > TEXT_MOST || !arena_has_room(text_arena(call), slices.bytes))
        return evaluation_fail(call->evaluation, evaluation_limit);
    struct str text = slices_join(&slices);
    if (value.type >= JSON_ARRAY && !text_compact(call, text, &text))
        return false;
    *ret_value = json_decoded(text);
    return true;
}

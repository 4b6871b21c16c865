/*
 * Functions of arrays and objects, and of values whatever they are.
 */
#include "base/arena.h"
#include "base/jmespath/evaluate.h"
#include "base/jmespath/functions.h"
#include "base/jmespath/members.h"
#include "base/json/make.h"

/* --- of texts and arrays ------------------------------------------------------------------- */

static bool collection_begins_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

static uint32_t collection_characters(struct str text)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.length; i++)
        count += collection_begins_character(text.at[i]);
    return count;
}

bool function_length(struct function_call *call, struct json *ret_value)
{
    struct json value = call->arguments[0];
    struct arena *arena = call->evaluation->frame->arena;
    uint32_t length = value.size;
    if (value.type == JSON_STRING) {
        length = collection_characters(json_string_decode(arena, value));
    } else if (value.type == JSON_OBJECT) {
        struct members members;
        if (!members_of(call->evaluation, value, &members))
            return false;
        length = members.keys.count;
    }
    *ret_value = json_from_double(arena, length);
    return true;
}

static bool collection_reverse_text(struct function_call *call, struct json *ret_value)
{
    struct str text = json_string_decode(call->evaluation->frame->arena, call->arguments[0]);
    char *reversed = evaluation_array(call->evaluation, char, text.length);
    if (!reversed)
        return false;
    size_t end = text.length;
    char *to = reversed;
    for (size_t i = text.length; i-- > 0;) {
        if (!collection_begins_character(text.at[i]))
            continue;
        memcpy(to, text.at + i, end - i);
        to += end - i;
        end = i;
    }
    *ret_value = json_decoded((struct str){reversed, (size_t)(to - reversed)});
    return true;
}

bool function_reverse(struct function_call *call, struct json *ret_value)
{
    struct json array = call->arguments[0];
    if (array.type == JSON_STRING)
        return collection_reverse_text(call, ret_value);
    struct json *parts = evaluation_array(call->evaluation, struct json, array.size);
    if (!parts || !evaluation_charge(call->evaluation, array.size))
        return false;
    struct json_iterator iterator = json_iterate(array);
    for (uint32_t i = array.size; i > 0; i--)
        json_next(&iterator, NULL, &parts[i - 1]);
    *ret_value = json_array(parts, array.size);
    return true;
}

/* --- of arrays ----------------------------------------------------------------------------- */

bool function_map(struct function_call *call, struct json *ret_value)
{
    struct json array = call->arguments[1];
    struct json *parts = evaluation_array(call->evaluation, struct json, array.size);
    if (!parts)
        return false;
    struct json_iterator iterator = json_iterate(array);
    struct json element;
    for (uint32_t i = 0; json_next(&iterator, NULL, &element); i++) {
        if (!evaluation_charge(call->evaluation, 1) ||
            !evaluate(call->evaluation, call->reference, &element, &parts[i]))
            return false;
    }
    *ret_value = json_array(parts, array.size);
    return true;
}

bool function_unique(struct function_call *call, struct json *ret_value)
{
    struct json array = call->arguments[0];
    struct value_set set;
    struct parts parts = PARTS_NONE;
    if (!value_set_init(call->evaluation, &set, array.size, 1))
        return false;
    struct json_iterator iterator = json_iterate(array);
    struct json element;
    uint32_t index;
    while (json_next(&iterator, NULL, &element)) {
        if (!evaluation_charge_value(call->evaluation, element))
            return false;
        if (value_set_add(&set, parts.at, element, &index) &&
            !parts_add(call->evaluation, &parts, element))
            return false;
    }
    *ret_value = parts_array(&parts);
    return true;
}

/* --- of objects ---------------------------------------------------------------------------- */

/* `first` is 0 for the keys, 1 for the values. */
static bool collection_column(struct function_call *call, uint32_t first, struct json *ret_value)
{
    struct members members;
    if (!members_of(call->evaluation, call->arguments[0], &members))
        return false;
    uint32_t count = members.keys.count;
    struct json *parts = evaluation_array(call->evaluation, struct json, count);
    if (!parts)
        return false;
    for (uint32_t i = 0; i < count; i++)
        parts[i] = members.pairs.at[(size_t)i * 2 + first];
    *ret_value = json_array(parts, count);
    return true;
}

bool function_keys(struct function_call *call, struct json *ret_value)
{
    return collection_column(call, 0, ret_value);
}

bool function_values(struct function_call *call, struct json *ret_value)
{
    return collection_column(call, 1, ret_value);
}

bool function_merge(struct function_call *call, struct json *ret_value)
{
    struct members members;
    uint64_t most = 0;
    for (uint32_t i = 0; i < call->count; i++)
        most += call->arguments[i].size;
    if (most > UINT32_MAX / 4)
        return evaluation_fail(call->evaluation, evaluation_limit);
    if (!members_init(call->evaluation, &members, (uint32_t)most))
        return false;
    for (uint32_t i = 0; i < call->count; i++) {
        if (!members_add(call->evaluation, &members, call->arguments[i]))
            return false;
    }
    *ret_value = json_object(members.pairs.at, members.keys.count);
    return true;
}

/* --- of anything --------------------------------------------------------------------------- */

bool function_not_null(struct function_call *call, struct json *ret_value)
{
    *ret_value = json_null();
    for (uint32_t i = 0; i < call->count && json_is_null(*ret_value); i++)
        *ret_value = call->arguments[i];
    return true;
}

bool function_to_array(struct function_call *call, struct json *ret_value)
{
    *ret_value = call->arguments[0];
    if (ret_value->type == JSON_ARRAY)
        return true;
    struct json *parts = evaluation_array(call->evaluation, struct json, 1);
    if (!parts)
        return false;
    parts[0] = call->arguments[0];
    *ret_value = json_array(parts, 1);
    return true;
}

bool function_type(struct function_call *call, struct json *ret_value)
{
    *ret_value = json_decoded(str_of(json_type_names[call->arguments[0].type]));
    return true;
}

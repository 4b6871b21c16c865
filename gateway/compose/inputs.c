/*
 * Texts of the client become JSON strings; what is not UTF-8 becomes null, but for the path,
 * where it refuses the request. Lists (query pairs, cookies) are parsed at the first slot that
 * asks for one.
 */
#include "gateway/compose/inputs.h"

#include "base/json/make.h"

/* Parameters and cookies beyond this are not seen; a head has 16 KiB. */
#define PAIRS_MAXIMUM 1024

struct pair {
    struct str name;
    struct str value; /* at == NULL: not UTF-8 */
};

struct pairs {
    struct pair *list;
    uint32_t count;
    bool is_read;
};

struct inputs {
    struct context *context;
    struct pairs query;
    struct pairs cookies;
};

static struct json text_value(struct str text)
{
    if (text.at == NULL || !json_is_utf8(text))
        return json_null();
    return json_decoded(text);
}

/* application/x-www-form-urlencoded: `+` is a space there, and only there. */
static bool query_decode(struct arena *arena, struct str raw, struct str *ret_text)
{
    if (str_find(raw, '+') < raw.length) {
        char *copy = arena_bytes(arena, raw.length);
        for (size_t i = 0; i < raw.length; i++)
            copy[i] = raw.at[i] == '+' ? ' ' : raw.at[i];
        raw.at = copy;
    }
    return path_decode(arena, raw, ret_text);
}

static void pairs_add(struct pairs *pairs, struct str name, struct str value)
{
    if (pairs->count < PAIRS_MAXIMUM)
        pairs->list[pairs->count++] = (struct pair){name, value};
}

static uint32_t count_byte(struct str text, char byte)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.length; i++)
        count += text.at[i] == byte;
    return count;
}

static struct pairs *query_pairs(struct inputs *inputs)
{
    struct pairs *pairs = &inputs->query;
    struct context *context = inputs->context;
    struct str rest = context->request.query, part;
    if (pairs->is_read)
        return pairs;
    pairs->is_read = true;
    pairs->list = arena_array(&context->arena, struct pair, count_byte(rest, '&') + 1);
    while (rest.at != NULL && str_cut(&rest, '&', &part)) {
        if (part.length == 0)
            continue;
        size_t equals = str_find(part, '=');
        struct str name, value = STR("");
        struct str raw = equals < part.length ? str_from(part, equals + 1) : STR("");
        if (!query_decode(&context->arena, (struct str){part.at, equals}, &name))
            continue;
        if (!query_decode(&context->arena, raw, &value))
            value = STR_NONE;
        pairs_add(pairs, name, value);
    }
    return pairs;
}

/* RFC 6265 4.2: name=value separated by "; "; quotes around a value are not part of it. */
static struct pairs *cookie_pairs(struct inputs *inputs)
{
    struct pairs *pairs = &inputs->cookies;
    struct context *context = inputs->context;
    if (pairs->is_read)
        return pairs;
    pairs->is_read = true;
    uint32_t room = 0;
    for (uint32_t i = 0; i < context->request.field_count; i++)
        room += 1 + count_byte(context->request.fields[i].value, ';');
    pairs->list = arena_array(&context->arena, struct pair, room);
    for (uint32_t i = 0; i < context->request.field_count; i++) {
        const struct field *field = &context->request.fields[i];
        struct str rest = field->value, part;
        if (!str_equal_ignore_case(field->name, STR("cookie")))
            continue;
        while (str_cut(&rest, ';', &part)) {
            size_t equals = str_find(part, '=');
            if (equals == part.length)
                continue;
            struct str value = str_trim(str_from(part, equals + 1));
            if (value.length >= 2 && value.at[0] == '"' && value.at[value.length - 1] == '"')
                value = (struct str){value.at + 1, value.length - 2};
            pairs_add(pairs, str_trim((struct str){part.at, equals}), value);
        }
    }
    return pairs;
}

static struct json pairs_first(const struct pairs *pairs, struct str name)
{
    for (uint32_t i = 0; i < pairs->count; i++)
        if (str_equal(pairs->list[i].name, name))
            return text_value(pairs->list[i].value);
    return json_null();
}

/* null where there is none, so that `queries.tag` is as absent as `query.tag`. */
static struct json pairs_every(struct arena *arena, const struct pairs *pairs, struct str name)
{
    struct json *parts = arena_array(arena, struct json, pairs->count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < pairs->count; i++)
        if (str_equal(pairs->list[i].name, name))
            parts[count++] = text_value(pairs->list[i].value);
    return count > 0 ? json_array(parts, count) : json_null();
}

static bool pair_is_first(const struct pairs *pairs, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (str_equal(pairs->list[i].name, pairs->list[index].name))
            return false;
    return true;
}

static struct json pairs_object(struct arena *arena, const struct pairs *pairs, bool every)
{
    struct json *parts = arena_array(arena, struct json, 2 * (size_t)pairs->count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < pairs->count; i++) {
        struct str name = pairs->list[i].name;
        if (!pair_is_first(pairs, i) || !json_is_utf8(name))
            continue;
        parts[2 * count] = json_decoded(name);
        parts[2 * count + 1] =
            every ? pairs_every(arena, pairs, name) : text_value(pairs->list[i].value);
        count++;
    }
    return json_object(parts, count);
}

static struct json header_value(struct context *context, struct str name)
{
    return text_value(client_request_field(&context->arena, &context->request, name));
}

struct str inputs_member_name(struct arena *arena, struct str name)
{
    char *member = arena_bytes(arena, name.length);
    for (size_t i = 0; i < name.length; i++) {
        char c = name.at[i];
        member[i] = c == '-' ? '_' : c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
    }
    return (struct str){member, name.length};
}

static struct json headers_object(struct context *context)
{
    const struct client_request *request = &context->request;
    struct json *parts =
        arena_array(&context->arena, struct json, 2 * (size_t)request->field_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < request->field_count; i++) {
        struct str name = request->fields[i].name;
        parts[2 * count] = json_decoded(inputs_member_name(&context->arena, name));
        parts[2 * count + 1] = header_value(context, name);
        count++;
    }
    return json_object(parts, count);
}

static struct json path_object(struct context *context)
{
    const struct pattern *pattern = &context->route->pattern;
    struct json *parts =
        arena_array(&context->arena, struct json, 2 * (size_t)pattern->parameter_count + 1);
    for (uint32_t i = 0; i < pattern->parameter_count; i++) {
        struct str value = STR_NONE;
        path_decode(&context->arena, context->match.parameters[i], &value);
        parts[2 * i] = json_decoded(pattern->parameters[i]);
        parts[2 * i + 1] = text_value(value);
    }
    return json_object(parts, pattern->parameter_count);
}

static struct json request_object(struct context *context)
{
    struct json *parts = arena_array(&context->arena, struct json, 10);
    parts[0] = json_decoded(STR("method"));
    parts[1] = json_decoded(method_name(context->request.method));
    parts[2] = json_decoded(STR("path"));
    parts[3] = text_value(context->path.text);
    parts[4] = json_decoded(STR("query"));
    parts[5] = text_value(context->request.query);
    parts[6] = json_decoded(STR("id"));
    parts[7] = json_decoded(context->envelope.id);
    parts[8] = json_decoded(STR("remote_address"));
    parts[9] =
        context->envelope.client.length > 0 ? text_value(context->envelope.client) : json_null();
    return json_object(parts, 5);
}

static enum inputs_fault body_value(struct context *context, bool is_entered,
                                    struct json *ret_value)
{
    struct str body = str_trim(context->request.body);
    *ret_value = json_null();
    if (body.length == 0)
        return INPUTS_OK;
    enum json_fault fault =
        is_entered ? json_read(&context->arena, body, &json_limits_default, ret_value, NULL)
                   : json_check(body, &json_limits_default, ret_value, NULL);
    return fault == JSON_OK ? INPUTS_OK : INPUTS_BAD_BODY;
}

static struct json slot_value(struct inputs *inputs, const struct slot *slot)
{
    struct context *context = inputs->context;
    bool is_whole = slot->name.length == 0;
    switch (slot->kind) {
    case SLOT_QUERY:
        return is_whole ? pairs_object(&context->arena, query_pairs(inputs), false)
                        : pairs_first(query_pairs(inputs), slot->name);
    case SLOT_QUERIES:
        return is_whole ? pairs_object(&context->arena, query_pairs(inputs), true)
                        : pairs_every(&context->arena, query_pairs(inputs), slot->name);
    case SLOT_HEADER:
        return is_whole ? headers_object(context) : header_value(context, slot->name);
    case SLOT_COOKIE:
        return is_whole ? pairs_object(&context->arena, cookie_pairs(inputs), false)
                        : pairs_first(cookie_pairs(inputs), slot->name);
    case SLOT_REQUEST:
        return request_object(context);
    default: /* set by the calls, or by who loops */
        return json_null();
    }
}

static enum inputs_fault path_value(struct context *context, const struct slot *slot,
                                    struct json *ret_value)
{
    if (slot->name.length == 0) {
        *ret_value = path_object(context);
        return INPUTS_OK;
    }
    struct str text;
    if (!path_decode(&context->arena, context->match.parameters[slot->index], &text))
        return INPUTS_BAD_PATH;
    *ret_value = json_decoded(text);
    return INPUTS_OK;
}

/* Every parameter, also one that nothing mentions: a path that is no text is no path of ours. */
static bool path_is_text(struct context *context)
{
    struct str text;
    for (uint32_t i = 0; i < context->route->pattern.parameter_count; i++)
        if (!path_decode(&context->arena, context->match.parameters[i], &text))
            return false;
    return true;
}

enum inputs_fault inputs_fill(struct context *context)
{
    struct inputs inputs = {.context = context};
    if (!path_is_text(context))
        return INPUTS_BAD_PATH;
    const struct slot_table *slots = &context->route->slots;
    enum inputs_fault fault = INPUTS_OK;
    for (uint32_t i = 0; i < slots->count && fault == INPUTS_OK; i++) {
        const struct slot *slot = &slots->list[i];
        struct json *value = &context->evaluation.slots[i];
        if (slot->kind == SLOT_PATH)
            fault = path_value(context, slot, value);
        else if (slot->kind == SLOT_BODY)
            fault = body_value(context, slot->is_entered, value);
        else
            *value = slot_value(&inputs, slot);
    }
    return fault;
}

/*
 * Building a reply. Control characters never pass: a field that would hold one is refused here,
 * whatever it came from.
 */
#include "gateway/compose/reply.h"

#include "base/arena.h"
#include "base/field_bytes.h"

#include <strings.h>

#define REPLY_FIELDS_FIRST 8

void reply_init(struct reply *reply, struct arena *arena)
{
    *reply = (struct reply){.arena = arena};
    reply_clear(reply);
}

void reply_clear(struct reply *reply)
{
    reply->status = 0;
    reply->field_count = 0;
    reply->has_length = false;
    reply->length = 0;
    reply->closes = false;
    slices_init(&reply->body, reply->arena);
}

void reply_add(struct reply *reply, const char *name, const char *value)
{
    if (reply->field_count == REPLY_FIELDS_MAXIMUM)
        return;
    if (reply->field_count == reply->field_room) {
        uint32_t room = reply->field_room == 0 ? REPLY_FIELDS_FIRST : 2 * reply->field_room;
        struct reply_field *fields = arena_array(reply->arena, struct reply_field, room);
        for (uint32_t i = 0; i < reply->field_count; i++)
            fields[i] = reply->fields[i];
        reply->fields = fields;
        reply->field_room = room;
    }
    reply->fields[reply->field_count++] = (struct reply_field){name, value};
}

bool reply_add_text(struct reply *reply, struct str name, struct str value)
{
    value = str_trim(value);
    if (!text_is_field_value(value))
        return false;
    reply_add(reply, str_copy(reply->arena, name).at, str_copy(reply->arena, value).at);
    return true;
}

const char *reply_value(const struct reply *reply, const char *name)
{
    for (uint32_t i = 0; i < reply->field_count; i++)
        if (strcasecmp(reply->fields[i].name, name) == 0)
            return reply->fields[i].value;
    return NULL;
}

bool reply_has(const struct reply *reply, const char *name)
{
    return reply_value(reply, name) != NULL;
}

void reply_remove(struct reply *reply, const char *name)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < reply->field_count; i++)
        if (strcasecmp(reply->fields[i].name, name) != 0)
            reply->fields[kept++] = reply->fields[i];
    reply->field_count = kept;
}

static bool list_has(struct str list, struct str name)
{
    struct str part;
    while (str_cut(&list, ',', &part))
        if (str_equal_ignore_case(str_trim(part), name))
            return true;
    return false;
}

void reply_add_vary(struct reply *reply, const char *name)
{
    struct reply_field *first = NULL;
    for (uint32_t i = 0; i < reply->field_count; i++) {
        struct reply_field *field = &reply->fields[i];
        if (strcasecmp(field->name, "vary") != 0)
            continue;
        struct str names = str_of(field->value);
        if (list_has(names, STR("*")) || list_has(names, str_of(name)))
            return;
        first = first != NULL ? first : field;
    }
    if (first != NULL)
        first->value = str_format(reply->arena, "%s, %s", first->value, name).at;
    else
        reply_add(reply, "Vary", name);
}

static const struct {
    int status;
    const char *title;
} titles[] = {
    {200, "OK"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {424, "Failed Dependency"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

const char *reply_status_title(int status)
{
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (titles[i].status == status)
            return titles[i].title;
    return "Error";
}

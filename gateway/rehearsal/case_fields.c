/*
 * What requests and answers have in common: fields and a body.
 */
#include "gateway/rehearsal/case_reader.h"

#include "base/arena.h"
#include "base/field_bytes.h"
#include "base/json/make.h"
#include "config/node_json.h"

/* RFC 9110 5.6.2. */
static bool name_is_token(struct str name)
{
    for (size_t i = 0; i < name.length; i++) {
        unsigned char c = (unsigned char)name.at[i];
        if (c <= ' ' || c >= 0x7F || strchr("()<>@,;:\\\"/[]?={}", c) != NULL)
            return false;
    }
    return name.length > 0;
}

static uint32_t values_count(const struct node *node)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct node *value = node->entries[i].value;
        count += value->kind == NODE_LIST ? value->count : 1;
    }
    return count;
}

static bool field_read(struct reader *reader, struct str name, const struct node *value,
                       struct field *ret_field)
{
    ret_field->name = str_copy(reader->arena, name);
    if (!reader_text(reader, value, "a header's value", &ret_field->value))
        return false;
    if (text_is_field_value(ret_field->value))
        return true;
    reader_refuse(reader, value, "", "a control character cannot stand in a header");
    return false;
}

bool case_fields_read(struct reader *reader, const struct node *node, struct field **ret_fields,
                      uint32_t *ret_count)
{
    if (node->kind != NODE_MAPPING) {
        reader_refuse(reader, node, "headers: { Content-Type: text/plain }",
                      "'headers' is a mapping, not %s", node_kind_name(node));
        return false;
    }
    struct field *fields = arena_array(reader->arena, struct field, values_count(node));
    uint32_t count = 0;
    bool is_fine = true;
    for (uint32_t i = 0; i < node->count; i++) {
        struct str name = node->entries[i].key->text;
        const struct node *value = node->entries[i].value;
        if (!name_is_token(name)) {
            reader_refuse(reader, node->entries[i].key, "", "'%.*s' is no name of a header",
                          STR_ARGS(name));
            is_fine = false;
        } else if (value->kind == NODE_LIST) {
            for (uint32_t k = 0; k < value->count; k++)
                is_fine =
                    field_read(reader, name, value->entries[k].value, &fields[count++]) && is_fine;
        } else {
            is_fine = field_read(reader, name, value, &fields[count++]) && is_fine;
        }
    }
    *ret_fields = fields;
    *ret_count = count;
    return is_fine;
}

bool case_body_read(struct reader *reader, const struct node *json, const struct node *text,
                    struct str *ret_body)
{
    *ret_body = STR("");
    if (json != NULL && text != NULL) {
        reader_refuse(reader, text, "one of them is the body", "there is JSON and text");
        return false;
    }
    if (text != NULL && text->kind != NODE_TEXT) {
        reader_refuse(reader, text, "", "text is expected, not %s", node_kind_name(text));
        return false;
    }
    if (json != NULL)
        *ret_body = json_text(reader->arena, node_json(reader->arena, json));
    else if (text != NULL)
        *ret_body = text->text;
    return true;
}

void case_fields_complete(struct arena *arena, bool has_json, bool has_text,
                          const struct field **fields, uint32_t *count)
{
    for (uint32_t i = 0; i < *count; i++) {
        if (str_equal_ignore_case((*fields)[i].name, STR("content-type")))
            return;
    }
    if (!has_json && !has_text)
        return;
    struct field *all = arena_array(arena, struct field, *count + 1);
    all[0].name = STR("Content-Type");
    all[0].value = has_json ? STR("application/json") : STR("text/plain; charset=utf-8");
    for (uint32_t i = 0; i < *count; i++)
        all[i + 1] = (*fields)[i];
    *fields = all;
    *count += 1;
}

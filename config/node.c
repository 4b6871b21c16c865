/*
 * Asking a tree. Nothing here changes it.
 */
#include "config/node.h"

#include "base/json/make.h"
#include "config/plain.h"

static const char *const kind_names[NODE_KIND_COUNT] = {
    [NODE_TEXT] = "text",
    [NODE_LIST] = "a list",
    [NODE_MAPPING] = "a mapping",
};

struct node *node_member(const struct node *mapping, struct str key)
{
    if (mapping->kind != NODE_MAPPING)
        return NULL;
    for (uint32_t i = 0; i < mapping->count; i++) {
        if (str_equal(mapping->entries[i].key->text, key))
            return mapping->entries[i].value;
    }
    return NULL;
}

struct json node_scalar(const struct node *node)
{
    return node->is_quoted ? json_decoded(node->text) : plain_scalar(node->text);
}

bool node_is_missing(const struct node *node)
{
    return node->kind == NODE_TEXT && !node->is_quoted && str_is_empty(node->text);
}

bool node_is_null(const struct node *node)
{
    return node->kind == NODE_TEXT && !node->is_quoted && str_equal(node->text, STR("null"));
}

bool node_looks_different(const struct node *node)
{
    return node->kind == NODE_TEXT && !node->is_quoted &&
           plain_other_meaning(node->text, false) != NULL;
}

bool node_is_allow(const struct node_entry *entry)
{
    return str_equal(entry->key->text, STR("allow")) && entry->value->kind == NODE_LIST;
}

bool node_allows(const struct node *mapping, struct str name)
{
    const struct node *allow = node_member(mapping, STR("allow"));
    if (allow == NULL || allow->kind != NODE_LIST)
        return false;
    for (uint32_t i = 0; i < allow->count; i++) {
        const struct node *element = allow->entries[i].value;
        if (element->kind == NODE_TEXT && str_equal(element->text, name))
            return true;
    }
    return false;
}

static bool node_is_verbatim(const struct node *node)
{
    struct str source = node->place.file != NULL ? node->place.file->text : STR_NONE;
    return node->text.length > 0 && source.length > 0 && node->text.at >= source.at &&
           node->text.at < source.at + source.length;
}

struct place node_place(const struct node *node, size_t offset, size_t length)
{
    if (!node_is_verbatim(node))
        return node->place;
    return place_within(node->place, offset + (node->is_quoted ? 1 : 0), length);
}

bool node_key_begins_template(struct str key, const struct node *outer)
{
    if (outer == NULL)
        return false;
    if (str_equal(key, STR("body")))
        return !str_equal(outer->text, STR("services"));
    return str_equal(key, STR("value")) && str_equal(outer->text, STR("fallback"));
}

const char *node_kind_name(const struct node *node)
{
    return kind_names[node->kind];
}

/*
 * One walk, as deep as the document, which is bounded.
 */
#include "config/node_json.h"

#include "base/json/build.h"

struct json node_json(struct arena *arena, const struct node *node)
{
    if (node->kind == NODE_TEXT)
        return node_scalar(node);
    struct json_builder builder = json_builder_in(arena);
    for (uint32_t i = 0; i < node->count; i++) {
        const struct node_entry *entry = &node->entries[i];
        struct json value = node_json(arena, entry->value);
        if (node->kind == NODE_MAPPING)
            json_builder_set_named(&builder, entry->key->text, value);
        else
            json_builder_add(&builder, value);
    }
    return node->kind == NODE_MAPPING ? json_builder_object(&builder)
                                      : json_builder_array(&builder);
}

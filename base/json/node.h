/*
 * The index over a JSON text: an array of nodes in the order in which the values begin (preorder).
 * A container's node is followed by the nodes of all that it holds; `span` leads past them. A
 * member is two nodes in a row, its name (a string) and its value.
 *
 * Private to base/json: everybody else holds handles.
 */
#ifndef BRAID_BASE_JSON_NODE_H
#define BRAID_BASE_JSON_NODE_H

#include "base/json/json.h"

struct json_node {
    uint32_t offset; /* of the value in the text; a string with its quotes */
    uint32_t length; /* bytes */
    uint32_t span;   /* nodes of the value, this one included */
    uint32_t kind;   /* type, NODE_ESCAPED, and in the bits above elements or members */
};

#define NODE_TYPE_MASK  7u /* enum json_type */
#define NODE_ESCAPED    8u /* a string that holds a backslash */
#define NODE_SIZE_SHIFT 4
#define NODE_SIZE_ONE   (1u << NODE_SIZE_SHIFT)

/* So that every count of members fits into `kind`. */
#define NODE_COUNT_MAXIMUM ((1u << (32 - NODE_SIZE_SHIFT)) - 1)

static inline const struct json_node *node_behind(const struct json_node *node)
{
    return node + node->span;
}

/* The text of a node, as it stands in `source`. */
static inline struct str node_text(const struct json_node *node, const char *source)
{
    return (struct str){source + node->offset, node->length};
}

static inline struct json node_value(const struct json_node *node, const char *source)
{
    enum json_type type = (enum json_type)(node->kind & NODE_TYPE_MASK);
    if (type >= JSON_ARRAY)
        return (struct json){.type = (uint8_t)type,
                             .form = JSON_FORM_INDEXED,
                             .size = node->kind >> NODE_SIZE_SHIFT,
                             .node = node,
                             .source = source};
    return (struct json){.type = (uint8_t)type,
                         .form = JSON_FORM_TEXT,
                         .size = node->length,
                         .text = source + node->offset};
}

#endif

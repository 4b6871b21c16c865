/*
 * Asking a value for its parts. Indexed and built containers look the same from outside; one in
 * text form has no parts that could be reached.
 */
#include "base/json/json.h"
#include "base/json/node.h"

static bool is_enterable(struct json value, enum json_type type)
{
    return value.type == type && value.form != JSON_FORM_TEXT;
}

static bool name_is(const struct json_node *name, const char *source, struct str wanted)
{
    if ((name->kind & NODE_ESCAPED) != 0)
        return json_string_is(node_value(name, source), wanted);
    return name->length == wanted.length + 2 &&
           memcmp(source + name->offset + 1, wanted.at, wanted.length) == 0;
}

static bool indexed_member(struct json object, struct str name, struct json *ret_value)
{
    const struct json_node *found = NULL;
    const struct json_node *node = object.node + 1;
    for (uint32_t left = object.size; left > 0; left--) {
        if (name_is(node, object.source, name))
            found = node + 1;
        node = node_behind(node + 1);
    }
    if (found == NULL)
        return false;
    *ret_value = node_value(found, object.source);
    return true;
}

static bool built_member(struct json object, struct str name, struct json *ret_value)
{
    for (uint32_t i = object.size; i > 0; i--) {
        const struct json *pair = object.parts + (size_t)2 * (i - 1);
        if (json_string_is(pair[0], name)) {
            *ret_value = pair[1];
            return true;
        }
    }
    return false;
}

bool json_member(struct json object, struct str name, struct json *ret_value)
{
    if (!is_enterable(object, JSON_OBJECT))
        return false;
    return object.form == JSON_FORM_BUILT ? built_member(object, name, ret_value)
                                          : indexed_member(object, name, ret_value);
}

bool json_element(struct json array, uint32_t index, struct json *ret_value)
{
    if (!is_enterable(array, JSON_ARRAY) || index >= array.size)
        return false;
    if (array.form == JSON_FORM_BUILT) {
        *ret_value = array.parts[index];
        return true;
    }
    const struct json_node *node = array.node + 1;
    while (index-- > 0)
        node = node_behind(node);
    *ret_value = node_value(node, array.source);
    return true;
}

struct json_iterator json_iterate(struct json container)
{
    bool has_keys = container.type == JSON_OBJECT;
    if (!is_enterable(container, JSON_OBJECT) && !is_enterable(container, JSON_ARRAY))
        return (struct json_iterator){.left = 0};
    if (container.form == JSON_FORM_BUILT)
        return (struct json_iterator){
            .part = container.parts, .left = container.size, .has_keys = has_keys};
    return (struct json_iterator){.node = container.node + 1,
                                  .source = container.source,
                                  .left = container.size,
                                  .has_keys = has_keys};
}

bool json_next_text(struct json_iterator *iterator, struct arena *arena, struct str *ret_name,
                    struct str *ret_member)
{
    if (iterator->left == 0)
        return false;
    iterator->left--;
    const struct json_node *name = iterator->node;
    const struct json_node *value = name + 1;
    struct str text = node_text(name, iterator->source);
    *ret_name = (name->kind & NODE_ESCAPED) != 0
                    ? json_string_decode(arena, node_value(name, iterator->source))
                    : (struct str){text.at + 1, text.length - 2};
    *ret_member = (struct str){text.at, value->offset + value->length - name->offset};
    iterator->node = node_behind(value);
    return true;
}

static struct json iterator_take(struct json_iterator *iterator)
{
    if (iterator->node == NULL)
        return *iterator->part++;
    struct json value = node_value(iterator->node, iterator->source);
    iterator->node = node_behind(iterator->node);
    return value;
}

bool json_next(struct json_iterator *iterator, struct json *ret_key, struct json *ret_value)
{
    if (iterator->left == 0)
        return false;
    iterator->left--;
    if (iterator->has_keys) {
        struct json key = iterator_take(iterator);
        if (ret_key != NULL)
            *ret_key = key;
    }
    *ret_value = iterator_take(iterator);
    return true;
}

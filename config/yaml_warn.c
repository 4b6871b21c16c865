/*
 * One walk over the finished tree, with the stack that its depth needs.
 */
#include "config/yaml_warn.h"

#include "config/plain.h"
#include "config/yaml_limits.h"

struct level {
    const struct node *node;
    const struct node *key; /* under which the node stands; NULL at the root */
    uint32_t next;
    bool is_template;
    bool is_allowed;
};

struct walk {
    struct level levels[YAML_DEPTH_MAXIMUM];
    size_t depth;
    struct diagnostics *diagnostics;
};

static void value_warn(const struct node *node, const struct level *level, struct walk *walk)
{
    if (node->is_quoted || level->is_allowed)
        return;
    const char *meaning = plain_other_meaning(node->text, level->is_template);
    if (meaning == NULL)
        return;
    diagnostics_add(walk->diagnostics, SEVERITY_WARNING, node->place, "yaml-type", STR("quote it"),
                    "'%.*s' is text here, other YAML readers see %s", STR_ARGS(node->text),
                    meaning);
}

static void walk_enter(struct walk *walk, const struct node *node, const struct node *key)
{
    struct level *level = &walk->levels[walk->depth++];
    *level = (struct level){.node = node, .key = key};
    if (node->kind == NODE_MAPPING)
        level->is_allowed = node_allows(node, STR("yaml-type"));
    if (walk->depth == 1)
        return;
    const struct level *outer = level - 1;
    level->is_template = outer->is_template;
    if (key == NULL)
        level->key = outer->key;
    else if (node_key_begins_template(key->text, outer->key))
        level->is_template = true;
    if (node->kind == NODE_LIST)
        level->is_allowed = outer->is_allowed;
}

void yaml_warn(const struct node *root, struct diagnostics *diagnostics)
{
    struct walk walk = {.diagnostics = diagnostics};
    if (root->kind != NODE_TEXT)
        walk_enter(&walk, root, NULL);
    while (walk.depth > 0) {
        struct level *level = &walk.levels[walk.depth - 1];
        if (level->next == level->node->count) {
            walk.depth--;
            continue;
        }
        const struct node_entry *entry = &level->node->entries[level->next++];
        if (entry->value->kind == NODE_TEXT)
            value_warn(entry->value, level, &walk);
        else
            walk_enter(&walk, entry->value, entry->key);
    }
}

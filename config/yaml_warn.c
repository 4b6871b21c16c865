/*
 * One walk over the finished tree, with the stack that its depth needs.
 */
#include "config/yaml_warn.h"

#include "config/plain.h"
#include "config/warning.h"
#include "config/yaml_limits.h"

struct level {
    const struct node *node;
    const struct node *key; /* under which the node stands; NULL at the root */
    uint32_t next;
    bool is_template;
    bool is_own;     /* below a key `x-…`: what it means shows where it is used */
    bool is_allowed; /* yaml-type */
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
    warning_add(walk->diagnostics, WARNING_YAML_TYPE, node->place, STR("quote it"),
                "'%.*s' is text here, other YAML readers see %s", STR_ARGS(node->text), meaning);
}

/* There `allow` is a parameter like any other. */
static bool level_is_query(const struct level *level)
{
    return level->key != NULL && str_equal(level->key->text, STR("query")) &&
           node_member((level - 1)->node, STR("request")) != NULL;
}

static void walk_enter(struct walk *walk, const struct node *node, const struct node *key)
{
    struct level *level = &walk->levels[walk->depth++];
    *level = (struct level){.node = node, .key = key};
    if (walk->depth > 1) {
        const struct level *outer = level - 1;
        level->is_template = outer->is_template;
        level->is_allowed = outer->is_allowed;
        level->is_own =
            outer->is_own || (walk->depth == 2 && key && str_starts_with(key->text, STR("x-")));
        if (key == NULL)
            level->key = outer->key;
        else if (node_key_begins_template(key->text, outer->key))
            level->is_template = true;
    }
    level->is_allowed |= !level->is_template && warning_is_allowed(node, WARNING_YAML_TYPE);
    if (!level->is_template && !level->is_own && !level_is_query(level))
        warning_check_allow(node, walk->diagnostics);
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

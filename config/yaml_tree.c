/*
 * One loop over libyaml's events with a stack of the lists and mappings that are open. An alias is
 * the node it names, shared; what it holds is counted again each time, in nodes and in depth, so
 * whoever walks the tree walks a bounded one.
 */
#include "config/yaml_tree.h"

#include "base/arena.h"
#include "config/yaml_limits.h"
#include "config/yaml_mapping.h"

#include <yaml.h>

struct anchor {
    struct str name;
    struct node *node;
    uint32_t nodes;  /* in it, itself included; 0 while it is open */
    uint32_t height; /* lists and mappings within each other */
};

struct level {
    struct node *node;
    struct node *key;        /* of a mapping: read, and its value not yet */
    const struct node *name; /* the key under which this stands; NULL at the root */
    uint32_t room;
    uint32_t nodes_before;
    uint32_t height; /* of what it holds */
    bool has_merges;
    bool is_flow; /* { } or [ ] */
    bool is_template;
    bool is_value_refused; /* its key was: the value is read and dropped */
    size_t anchor;         /* index, plus one; 0: none */
};

struct tree {
    struct yaml_text *yaml;
    struct arena *arena;
    struct diagnostics *diagnostics;
    yaml_parser_t parser;
    struct level levels[YAML_DEPTH_MAXIMUM];
    uint32_t depth;
    uint32_t nodes;
    struct anchor *anchors;
    size_t anchor_count;
    struct node *root;
    bool has_ended; /* the first document */
    bool is_refused;
};

static void tree_refuse(struct tree *tree, struct place place, const char *message)
{
    diagnostics_error(tree->diagnostics, place, STR_NONE, "%s", message);
    tree->is_refused = true;
}

static struct place tree_place(const struct tree *tree, const yaml_event_t *event, bool is_whole)
{
    size_t from = yaml_text_offset(tree->yaml, event->start_mark.index);
    size_t to = yaml_text_offset(tree->yaml, event->end_mark.index);
    return yaml_text_place(tree->yaml, from, is_whole ? to : from + 1);
}

static struct node *tree_new(struct tree *tree, enum node_kind kind, struct place place)
{
    struct node *node = arena_new(tree->arena, struct node);
    node->kind = kind;
    node->place = place;
    if (++tree->nodes > YAML_NODES_MAXIMUM)
        tree_refuse(tree, place, "more than 100,000 values in one file, aliases counted");
    return node;
}

/* --- where a finished node goes ----------------------------------------------------------- */

static void level_append(struct tree *tree, struct level *level, struct node *value)
{
    struct node *node = level->node;
    if (node->count == level->room) {
        uint32_t room = level->room ? level->room * 2 : 4;
        struct node_entry *entries = arena_array(tree->arena, struct node_entry, room);
        if (node->count > 0)
            memcpy(entries, node->entries, node->count * sizeof(*entries));
        node->entries = entries;
        level->room = room;
    }
    node->entries[node->count++] = (struct node_entry){level->key, value};
    level->key = NULL;
}

static void level_take_key(struct tree *tree, struct level *level, struct node *key)
{
    level->key = key;
    if (key->kind != NODE_TEXT) {
        diagnostics_error(tree->diagnostics, key->place, STR_NONE, "a key must be text, not %s",
                          node_kind_name(key));
        level->is_value_refused = true;
        return;
    }
    level->is_value_refused = !yaml_slip_check_key(tree->yaml, key, tree->diagnostics);
    if (!level->is_template && !key->is_quoted && str_equal(key->text, STR("<<")))
        level->has_merges = true;
}

static void missing_report(struct tree *tree, const struct level *level, const struct node *value)
{
    if (level->key == NULL) {
        diagnostics_error(tree->diagnostics, value->place, STR("write null"),
                          "an element with nothing in it");
        return;
    }
    struct str hint = STR("write null");
    size_t at = yaml_text_at(tree->yaml, value->place);
    size_t begin;
    struct str line = yaml_text_line(tree->yaml, at, &begin);
    /* The line may end before a carriage return that YAML took for an end of line. */
    size_t from = at - begin < line.length ? at - begin : line.length;
    struct str behind = str_trim(str_from(line, from));
    if (str_starts_with(behind, STR("#"))) {
        at = begin + (size_t)(behind.at - line.at);
        struct str quoted = yaml_slip_quoted(tree->yaml, at, false);
        hint =
            str_format(tree->arena, "write null; '#' begins a comment: or %.*s", STR_ARGS(quoted));
    }
    diagnostics_error(tree->diagnostics, level->key->place, hint,
                      "the key '%.*s' has nothing behind it", STR_ARGS(level->key->text));
}

/* A node that is whole, `height` deep. */
static void tree_take(struct tree *tree, struct node *node, uint32_t height)
{
    if (tree->depth == 0) {
        tree->root = node;
        return;
    }
    struct level *level = &tree->levels[tree->depth - 1];
    if (height > level->height)
        level->height = height;
    if (level->node->kind == NODE_MAPPING && level->key == NULL) {
        level_take_key(tree, level, node);
        return;
    }
    if (level->is_value_refused) {
        level->is_value_refused = false;
        level->key = NULL;
        return;
    }
    if (node_is_missing(node))
        missing_report(tree, level, node);
    level_append(tree, level, node);
}

/* --- anchors ------------------------------------------------------------------------------ */

/* The index of the anchor, plus one; 0 where there is none. */
static size_t anchor_find(const struct tree *tree, struct str name)
{
    for (size_t i = tree->anchor_count; i > 0; i--) {
        if (str_equal(tree->anchors[i - 1].name, name))
            return i;
    }
    return 0;
}

static size_t anchor_add(struct tree *tree, const yaml_char_t *name, struct node *node)
{
    if (name == NULL)
        return 0;
    if (tree->anchors == NULL)
        tree->anchors = arena_array(tree->arena, struct anchor, YAML_ANCHORS_MAXIMUM);
    if (tree->anchor_count == YAML_ANCHORS_MAXIMUM) {
        tree_refuse(tree, node->place, "more than 1,000 anchors in one file");
        return 0;
    }
    struct str text = str_copy(tree->arena, str_of((const char *)name));
    tree->anchors[tree->anchor_count++] = (struct anchor){.name = text, .node = node};
    return tree->anchor_count;
}

static bool tree_is_in_flow(const struct tree *tree)
{
    return tree->depth > 0 && tree->levels[tree->depth - 1].is_flow;
}

static struct str anchor_hint(struct tree *tree, struct str name, struct place place)
{
    struct str *names = arena_array(tree->arena, struct str, tree->anchor_count);
    for (size_t i = 0; i < tree->anchor_count; i++)
        names[i] = tree->anchors[i].name;
    struct str hint = diagnostic_did_you_mean(tree->arena, name, names, tree->anchor_count);
    if (!str_is_empty(hint))
        return hint;
    return yaml_slip_quoted(tree->yaml, yaml_text_at(tree->yaml, place), tree_is_in_flow(tree));
}

/* An alias that cannot be used stays as text, so that what comes behind it is read. */
static struct node *alias_as_text(struct tree *tree, struct str name, struct place place)
{
    struct node *node = tree_new(tree, NODE_TEXT, place);
    node->is_quoted = true;
    node->text = name;
    return node;
}

static void tree_on_alias(struct tree *tree, const yaml_event_t *event)
{
    struct str name = str_copy(tree->arena, str_of((const char *)event->data.alias.anchor));
    struct place place = tree_place(tree, event, true);
    size_t found = anchor_find(tree, name);
    const struct anchor *anchor = found > 0 ? &tree->anchors[found - 1] : NULL;
    if (anchor == NULL) {
        diagnostics_error(tree->diagnostics, place, anchor_hint(tree, name, place),
                          "'*' begins an alias in YAML, and no anchor is called '%.*s'",
                          STR_ARGS(name));
    } else if (anchor->nodes == 0) {
        diagnostics_error(tree->diagnostics, place, STR_NONE, "'*%.*s' would hold itself",
                          STR_ARGS(name));
        anchor = NULL;
    }
    if (anchor == NULL) {
        tree_take(tree, alias_as_text(tree, name, place), 0);
        return;
    }
    tree->nodes += anchor->nodes;
    if (tree->nodes > YAML_NODES_MAXIMUM)
        tree_refuse(tree, place, "more than 100,000 values in one file, aliases counted");
    else if (tree->depth + anchor->height > YAML_DEPTH_MAXIMUM)
        tree_refuse(tree, place, "nested deeper than 64, aliases counted");
    else
        tree_take(tree, anchor->node, anchor->height);
}

/* --- scalars ------------------------------------------------------------------------------ */

static void tag_refuse(struct tree *tree, const yaml_char_t *tag, struct place place)
{
    if (tag != NULL)
        diagnostics_error(
            tree->diagnostics, place,
            yaml_slip_quoted(tree->yaml, yaml_text_at(tree->yaml, place), tree_is_in_flow(tree)),
            "'!' begins a tag in YAML, and tags are not taken");
}

/* In place where the file holds the text byte for byte, otherwise a copy. */
static struct str scalar_text(const struct tree *tree, const struct node *node, struct str value)
{
    if (!node->is_block && value.length > 0) {
        size_t at = yaml_text_at(tree->yaml, node->place) + (node->is_quoted ? 1 : 0);
        struct str source = str_from(tree->yaml->file->text, at);
        if (str_starts_with(source, value))
            return (struct str){source.at, value.length};
    }
    return str_copy(tree->arena, value);
}

static void tree_on_scalar(struct tree *tree, const yaml_event_t *event)
{
    yaml_scalar_style_t style = event->data.scalar.style;
    struct node *node = tree_new(tree, NODE_TEXT, tree_place(tree, event, true));
    bool has_tag = event->data.scalar.tag != NULL;
    node->is_quoted = style != YAML_PLAIN_SCALAR_STYLE || has_tag;
    node->is_block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
    struct str value = {(const char *)event->data.scalar.value, event->data.scalar.length};
    tag_refuse(tree, event->data.scalar.tag, node->place);
    node->text = scalar_text(tree, node, value);
    size_t anchor = anchor_add(tree, event->data.scalar.anchor, node);
    if (anchor > 0)
        tree->anchors[anchor - 1].nodes = 1;
    bool is_value = tree->depth > 0 && (tree->levels[tree->depth - 1].key != NULL ||
                                        tree->levels[tree->depth - 1].node->kind == NODE_LIST);
    if (is_value && !yaml_slip_check_value(tree->yaml, node, tree->diagnostics))
        node->is_quoted = true;
    tree_take(tree, node, 0);
}

/* --- lists and mappings ------------------------------------------------------------------- */

static void tree_open(struct tree *tree, const yaml_event_t *event, enum node_kind kind,
                      bool is_flow, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    struct place place = tree_place(tree, event, false);
    if (tree->depth == YAML_DEPTH_MAXIMUM) {
        tree_refuse(tree, place, "nested deeper than 64");
        return;
    }
    tag_refuse(tree, tag, place);
    const struct level *outer = tree->depth > 0 ? &tree->levels[tree->depth - 1] : NULL;
    struct level level = {.nodes_before = tree->nodes, .is_flow = is_flow};
    level.node = tree_new(tree, kind, place);
    level.anchor = anchor_add(tree, anchor, level.node);
    if (outer != NULL) {
        level.name = outer->node->kind == NODE_LIST ? outer->name : outer->key;
        level.is_template =
            outer->is_template || (outer->key != NULL && outer->key->kind == NODE_TEXT &&
                                   node_key_begins_template(outer->key->text, outer->name));
    }
    tree->levels[tree->depth++] = level;
}

static void tree_close(struct tree *tree)
{
    struct level *level = &tree->levels[--tree->depth];
    struct node *node = level->node;
    if (node->kind == NODE_MAPPING)
        yaml_mapping_finish(tree->arena, tree->diagnostics, node, level->has_merges);
    if (level->anchor > 0) {
        tree->anchors[level->anchor - 1].nodes = tree->nodes - level->nodes_before;
        tree->anchors[level->anchor - 1].height = level->height + 1;
    }
    tree_take(tree, node, level->height + 1);
}

/* --- all events --------------------------------------------------------------------------- */

static void tree_on_event(struct tree *tree, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (tree->has_ended)
            tree_refuse(tree, tree_place(tree, event, true), "one file holds one document");
        break;
    case YAML_DOCUMENT_END_EVENT:
        tree->has_ended = true;
        break;
    case YAML_SCALAR_EVENT:
        tree_on_scalar(tree, event);
        break;
    case YAML_ALIAS_EVENT:
        tree_on_alias(tree, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        tree_open(tree, event, NODE_LIST,
                  event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE,
                  event->data.sequence_start.anchor, event->data.sequence_start.tag);
        break;
    case YAML_MAPPING_START_EVENT:
        tree_open(tree, event, NODE_MAPPING,
                  event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE,
                  event->data.mapping_start.anchor, event->data.mapping_start.tag);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        tree_close(tree);
        break;
    default:
        break;
    }
}

static void stop_read(const struct tree *tree, struct yaml_stop *ret_stop)
{
    const yaml_parser_t *parser = &tree->parser;
    *ret_stop = (struct yaml_stop){.problem = parser->problem ? parser->problem : "no memory",
                                   .context = parser->context,
                                   .is_flow = parser->flow_level > 0};
    /* The parser lags behind the scanner, whose level may be of another place by then. */
    if (parser->error == YAML_PARSER_ERROR && parser->context != NULL)
        ret_stop->is_flow = strstr(parser->context, "flow") != NULL;
    if (parser->error == YAML_READER_ERROR)
        ret_stop->at = yaml_text_original(tree->yaml, parser->problem_offset);
    else
        ret_stop->at = yaml_text_offset(tree->yaml, parser->problem_mark.index);
    ret_stop->context_at = parser->context != NULL
                               ? yaml_text_offset(tree->yaml, parser->context_mark.index)
                               : ret_stop->at;
}

enum yaml_tree_answer yaml_tree_read(struct yaml_text *yaml, struct diagnostics *diagnostics,
                                     struct node **ret_root, struct yaml_stop *ret_stop)
{
    struct tree tree = {.yaml = yaml, .arena = yaml->arena, .diagnostics = diagnostics};
    if (!yaml_parser_initialize(&tree.parser)) {
        diagnostics_error(diagnostics, (struct place){0}, STR_NONE, "libyaml has no memory");
        return YAML_TREE_REFUSED;
    }
    yaml_parser_set_encoding(&tree.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&tree.parser, (const unsigned char *)yaml->text.at,
                                 yaml->text.length);
    enum yaml_tree_answer answer = YAML_TREE_WHOLE;
    for (bool is_end = false; !is_end && answer == YAML_TREE_WHOLE;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&tree.parser, &event)) {
            stop_read(&tree, ret_stop);
            answer = YAML_TREE_STOPPED;
            break;
        }
        is_end = event.type == YAML_STREAM_END_EVENT;
        tree_on_event(&tree, &event);
        yaml_event_delete(&event);
        if (tree.is_refused)
            answer = YAML_TREE_REFUSED;
    }
    yaml_parser_delete(&tree.parser);
    if (answer == YAML_TREE_WHOLE)
        *ret_root = tree.root;
    return answer;
}

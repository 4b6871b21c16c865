/*
 * Keys are found by hash, so that a mapping of n keys costs n, whoever wrote it.
 * The merge is that of https://yaml.org/type/merge.html.
 */
#include "config/yaml_mapping.h"

#include "base/arena.h"

/* Open addressing; 0 is empty, otherwise the index of an entry, plus one. */
struct key_set {
    const struct node_entry *entries;
    uint32_t *cells;
    size_t mask;
};

static void key_set_init(struct key_set *set, struct arena *arena, size_t keys,
                         const struct node_entry *entries)
{
    size_t room = 4;
    while (room < keys * 2)
        room *= 2;
    set->entries = entries;
    set->cells = arena_array(arena, uint32_t, room);
    set->mask = room - 1;
}

/* The entry with the same key, or NULL and the entry at `index` is in the set. */
static const struct node_entry *key_set_add(struct key_set *set, struct str key, size_t index)
{
    size_t at = (size_t)str_hash(key) & set->mask;
    while (set->cells[at] != 0) {
        const struct node_entry *entry = &set->entries[set->cells[at] - 1];
        if (str_equal(entry->key->text, key))
            return entry;
        at = (at + 1) & set->mask;
    }
    set->cells[at] = (uint32_t)index + 1;
    return NULL;
}

static bool is_merge(const struct node_entry *entry)
{
    return !entry->key->is_quoted && str_equal(entry->key->text, STR("<<"));
}

static size_t keys_after_merge(const struct node *mapping)
{
    size_t count = mapping->count;
    for (uint32_t i = 0; i < mapping->count; i++) {
        const struct node *value = mapping->entries[i].value;
        if (!is_merge(&mapping->entries[i]))
            continue;
        count += value->count;
        for (uint32_t j = 0; value->kind == NODE_LIST && j < value->count; j++)
            count += value->entries[j].value->count;
    }
    return count;
}

static void mapping_drop_twins(struct arena *arena, struct diagnostics *diagnostics,
                               struct node *mapping)
{
    struct key_set set;
    key_set_init(&set, arena, mapping->count, mapping->entries);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < mapping->count; i++) {
        struct node_entry entry = mapping->entries[i];
        mapping->entries[kept] = entry;
        const struct node_entry *first = key_set_add(&set, entry.key->text, kept);
        if (first == NULL) {
            kept++;
            continue;
        }
        struct str hint = str_format(arena, "the first is on line %u", first->key->place.line);
        diagnostics_error(diagnostics, entry.key->place, hint, "the key '%.*s' is there twice",
                          STR_ARGS(entry.key->text));
    }
    mapping->count = kept;
}

/* The entries after a merge, as they grow. */
struct merge {
    struct key_set set;
    struct node_entry *entries;
    uint32_t count;
    struct diagnostics *diagnostics;
};

static void merge_add(struct merge *merge, const struct node *source)
{
    for (uint32_t i = 0; i < source->count; i++) {
        merge->entries[merge->count] = source->entries[i];
        if (key_set_add(&merge->set, source->entries[i].key->text, merge->count) == NULL)
            merge->count++;
    }
}

static void merge_value(struct merge *merge, const struct node_entry *entry)
{
    const struct node *value = entry->value;
    bool is_fit = value->kind != NODE_TEXT;
    for (uint32_t i = 0; value->kind == NODE_LIST && i < value->count; i++)
        is_fit = is_fit && value->entries[i].value->kind == NODE_MAPPING;
    if (!is_fit) {
        if (!node_is_missing(value))
            diagnostics_error(merge->diagnostics, entry->key->place,
                              STR("write  <<: *name  with an anchor &name at a mapping"),
                              "'<<' merges mappings");
        return;
    }
    if (value->kind == NODE_MAPPING)
        merge_add(merge, value);
    for (uint32_t i = 0; value->kind == NODE_LIST && i < value->count; i++)
        merge_add(merge, value->entries[i].value);
}

static void mapping_merge(struct arena *arena, struct diagnostics *diagnostics,
                          struct node *mapping)
{
    size_t most = keys_after_merge(mapping);
    struct merge merge = {.entries = arena_array(arena, struct node_entry, most + mapping->count),
                          .diagnostics = diagnostics};
    key_set_init(&merge.set, arena, most + mapping->count, merge.entries);
    /* Own keys are known first, wherever they stand: they go behind all that a merge may fill. */
    for (uint32_t i = 0; i < mapping->count; i++) {
        merge.entries[most + i] = mapping->entries[i];
        key_set_add(&merge.set, mapping->entries[i].key->text, most + i);
    }
    for (uint32_t i = 0; i < mapping->count; i++) {
        if (is_merge(&mapping->entries[i]))
            merge_value(&merge, &mapping->entries[i]);
        else
            merge.entries[merge.count++] = mapping->entries[i];
    }
    mapping->entries = merge.entries;
    mapping->count = merge.count;
}

void yaml_mapping_finish(struct arena *arena, struct diagnostics *diagnostics, struct node *mapping,
                         bool has_merges)
{
    if (mapping->count > 1)
        mapping_drop_twins(arena, diagnostics, mapping);
    if (has_merges)
        mapping_merge(arena, diagnostics, mapping);
}

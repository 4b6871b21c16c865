/*
 * Reading a mapping by its table. The readers of single values are in reader.c; here is what all
 * keys have in common: unknown ones, required ones, defaults, and the reference.
 */
#include "config/schema.h"

#include "base/arena.h"
#include "config/units.h"

#include <assert.h>

#define KNOWN_SHOWN 100 /* bytes of key names that a hint lists */

static const char *const type_names[KEY_TYPE_COUNT] = {
    [KEY_TEXT] = "text",        [KEY_TEXTS] = "list of texts", [KEY_DURATION] = "duration",
    [KEY_SIZE] = "size",        [KEY_SHARE] = "share",         [KEY_COUNT_OF] = "whole number",
    [KEY_SWITCH] = "on or off", [KEY_CHOICE] = "one of",       [KEY_GROUP] = "mapping",
    [KEY_CUSTOM] = "",
};

static void *member_at(void *into, const struct key *key)
{
    return (char *)into + key->offset;
}

/* --- defaults ----------------------------------------------------------------------------- */

static int choice_index(const struct key *key, struct str word)
{
    int i = 0;
    while (key->choices[i] != NULL && !str_equal(word, str_of(key->choices[i])))
        i++;
    assert(key->choices[i] != NULL);
    return i;
}

static void default_set(const struct key *key, void *member)
{
    struct str text = str_of(key->default_text);
    const char *why = NULL;
    uint64_t number;
    switch (key->type) {
    case KEY_TEXT:
        *(struct str *)member = text;
        break;
    case KEY_DURATION:
        why = units_duration(text, member);
        break;
    case KEY_SIZE:
        why = units_size(text, member);
        break;
    case KEY_SHARE:
        why = units_share(text, member);
        break;
    case KEY_COUNT_OF:
        why = str_to_unsigned(text, UINT32_MAX, &number) ? NULL : "is no number";
        *(uint32_t *)member = why == NULL ? (uint32_t)number : 0;
        break;
    case KEY_SWITCH:
        *(bool *)member = str_equal(text, STR("on"));
        break;
    case KEY_CHOICE:
        *(int *)member = choice_index(key, text);
        break;
    default:
        break;
    }
    assert(why == NULL); /* a table with a wrong default is our own mistake */
}

void schema_set_defaults(const struct schema *schema, void *into)
{
    for (size_t i = 0; i < schema->count; i++) {
        const struct key *key = &schema->keys[i];
        if (key->type == KEY_GROUP)
            schema_set_defaults(key->group, member_at(into, key));
        else if (key->default_text != NULL)
            default_set(key, member_at(into, key));
    }
}

/* --- reading ------------------------------------------------------------------------------ */

static bool texts_read(const struct reader *reader, const struct node *node, void *member)
{
    struct {
        struct str *list;
        uint32_t count;
    } *texts = member;
    return reader_texts(reader, node, &texts->list, &texts->count);
}

static bool value_read(const struct key *key, struct reader *reader, const struct node *node,
                       void *into)
{
    void *member = member_at(into, key);
    switch (key->type) {
    case KEY_TEXT:
        return reader_text(reader, node, "text", member);
    case KEY_TEXTS:
        return texts_read(reader, node, member);
    case KEY_DURATION:
        return reader_duration(reader, node, key->minimum, key->maximum, member);
    case KEY_SIZE:
        return reader_size(reader, node, key->minimum, key->maximum, member);
    case KEY_SHARE:
        return reader_share(reader, node, member);
    case KEY_COUNT_OF:
        return reader_count(reader, node, key->minimum, key->maximum, member);
    case KEY_SWITCH:
        return reader_switch(reader, node, member);
    case KEY_CHOICE:
        return reader_choice(reader, node, key->choices, member);
    case KEY_GROUP:
        return schema_read(key->group, reader, node, str_format(reader->arena, "'%s'", key->name),
                           member);
    case KEY_CUSTOM:
        return key->read(reader, node, member);
    case KEY_TYPE_COUNT:
        break;
    }
    return false;
}

static const struct key *key_find(const struct schema *schema, struct str name)
{
    for (size_t i = 0; i < schema->count; i++) {
        if (str_equal(name, str_of(schema->keys[i].name)))
            return &schema->keys[i];
    }
    return NULL;
}

/* "did you mean 'fallback'?", otherwise the keys there are, where they are few. */
static struct str unknown_hint(const struct schema *schema, struct arena *arena, struct str name)
{
    struct str *names = arena_array(arena, struct str, schema->count);
    struct str all = STR_NONE;
    for (size_t i = 0; i < schema->count; i++) {
        names[i] = str_of(schema->keys[i].name);
        if (all.length <= KNOWN_SHOWN)
            all = str_format(arena, "%.*s%s%s", STR_ARGS(all), i == 0 ? "" : ", ",
                             schema->keys[i].name);
    }
    struct str hint = diagnostic_did_you_mean(arena, name, names, schema->count);
    if (!str_is_empty(hint) || all.length > KNOWN_SHOWN)
        return hint;
    return str_format(arena, "known here: %.*s", STR_ARGS(all));
}

/* Switched off is what a key without effect does anyway. */
static bool value_is_nothing(const struct node *value)
{
    return reader_is_off(value) || (value->kind == NODE_LIST && value->count == 0);
}

static bool entry_read(const struct schema *schema, struct reader *reader,
                       const struct node_entry *entry, struct str what, void *into)
{
    const struct key *key = key_find(schema, entry->key->text);
    if (key == NULL && str_equal(entry->key->text, STR("allow"))) {
        struct str *names;
        uint32_t count;
        return reader_texts(reader, entry->value, &names, &count);
    }
    if (key == NULL) {
        diagnostics_error(reader->diagnostics, entry->key->place,
                          unknown_hint(schema, reader->arena, entry->key->text),
                          "unknown key '%.*s' in %.*s", STR_ARGS(entry->key->text), STR_ARGS(what));
        return false;
    }
    if (node_is_missing(entry->value))
        return false;
    if (key->has_no_effect && !value_is_nothing(entry->value))
        diagnostics_add(reader->diagnostics, SEVERITY_NOTE, entry->key->place, NULL, STR_NONE,
                        "'%s' has no effect yet", key->name);
    return value_read(key, reader, entry->value, into);
}

bool schema_read(const struct schema *schema, struct reader *reader, const struct node *node,
                 struct str what, void *into)
{
    schema_set_defaults(schema, into);
    if (node_is_missing(node))
        return false;
    if (node->kind != NODE_MAPPING) {
        diagnostics_error(reader->diagnostics, node->place, STR_NONE, "%.*s is a mapping, not %s",
                          STR_ARGS(what), node_is_null(node) ? "null" : node_kind_name(node));
        return false;
    }
    bool is_fine = true;
    for (uint32_t i = 0; i < node->count; i++)
        is_fine = entry_read(schema, reader, &node->entries[i], what, into) && is_fine;
    for (size_t i = 0; i < schema->count; i++) {
        const struct key *key = &schema->keys[i];
        if (!key->is_required || node_member(node, str_of(key->name)) != NULL)
            continue;
        diagnostics_error(reader->diagnostics, node->place,
                          key->example != NULL ? str_of(key->example) : STR_NONE,
                          "%.*s has no '%s'", STR_ARGS(what), key->name);
        is_fine = false;
    }
    return is_fine;
}

/* --- the reference ------------------------------------------------------------------------ */

/* Text inside a cell: a bar would end it. */
static void cell_print(const char *text, FILE *to)
{
    for (; text != NULL && *text != '\0'; text++)
        fprintf(to, *text == '|' ? "\\%c" : "%c", *text);
}

static void code_print(const char *text, FILE *to)
{
    if (text == NULL)
        return;
    fputc('`', to);
    cell_print(text, to);
    fputc('`', to);
}

void schema_format_range(const struct key *key, char to[SCHEMA_RANGE_SIZE])
{
    char bound[UNITS_TEXT_SIZE];
    int64_t bounds[] = {key->minimum, key->maximum};
    static const char *const words[] = {", at least ", ", at most "};
    size_t length = 0;
    to[0] = '\0';
    for (size_t i = 0; i < 2; i++) {
        if (bounds[i] == 0)
            continue;
        if (key->type == KEY_DURATION)
            units_format_duration(bounds[i], bound);
        else if (key->type == KEY_SIZE)
            units_format_size((uint64_t)bounds[i], bound);
        else
            snprintf(bound, sizeof(bound), "%lld", (long long)bounds[i]);
        length +=
            (size_t)snprintf(to + length, SCHEMA_RANGE_SIZE - length, "%s%s", words[i], bound);
    }
}

void schema_print_type(const struct key *key, FILE *to)
{
    fputs(key->shape != NULL ? key->shape : type_names[key->type], to);
    for (size_t i = 0; key->type == KEY_CHOICE && key->choices[i] != NULL; i++) {
        fputs(i == 0 ? " " : ", ", to);
        code_print(key->choices[i], to);
    }
    char range[SCHEMA_RANGE_SIZE];
    schema_format_range(key, range);
    fputs(range, to);
}

static void key_print(const struct key *key, const char *prefix, FILE *to)
{
    fprintf(to, "| `%s%s` | ", prefix, key->name);
    schema_print_type(key, to);
    fputs(" | ", to);
    if (key->is_required)
        fputs("required", to);
    else if (key->default_text != NULL)
        code_print(key->default_text, to);
    else
        fputs(key->group != NULL ? "its keys'" : "none", to);
    fputs(" | ", to);
    cell_print(key->says, to);
    if (key->has_no_effect)
        fputs(" No effect yet.", to);
    fputs(" | ", to);
    code_print(key->example, to);
    fputs(" |\n", to);
}

static void keys_print(const struct schema *schema, const char *prefix, FILE *to)
{
    for (size_t i = 0; i < schema->count; i++) {
        const struct key *key = &schema->keys[i];
        key_print(key, prefix, to);
        if (key->group == NULL)
            continue;
        char inner[128];
        snprintf(inner, sizeof(inner), "%s%s.", prefix, key->name);
        keys_print(key->group, inner, to);
    }
}

void schema_describe(const struct schema *schema, FILE *to)
{
    fputs("| key | type | default | what it says | example |\n", to);
    fputs("| --- | --- | --- | --- | --- |\n", to);
    keys_print(schema, "", to);
}

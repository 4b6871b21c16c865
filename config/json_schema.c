/*
 * A row of a table becomes a property: its type by a table of this room or its form, its sentence
 * the description, its default and its example (both YAML) as JSON.
 */
#include "config/json_schema.h"

#include "base/arena.h"
#include "base/json/build.h"
#include "config/node_json.h"

#include <assert.h>

/* '' where the row itself must be asked. */
static const char *const type_fragments[KEY_TYPE_COUNT] = {
    [KEY_TEXT] = "{'$ref': '#/$defs/text'}",
    [KEY_TEXTS] = "{'$ref': '#/$defs/texts'}",
    [KEY_DURATION] = "{'$ref': '#/$defs/duration'}",
    [KEY_SIZE] = "{'$ref': '#/$defs/size'}",
    [KEY_SHARE] = "{'$ref': '#/$defs/share'}",
    [KEY_COUNT_OF] = "",
    [KEY_SWITCH] = "{'$ref': '#/$defs/switch'}",
    [KEY_CHOICE] = "",
    [KEY_GROUP] = "",
    [KEY_CUSTOM] = "",
};

/* A mapping that may be switched off instead. */
#define GROUP_OR_OFF                                                                               \
    "{'type': ['object', 'string', 'boolean'], 'pattern': '^(off|false)$', 'not': {'const': "      \
    "true}}"

struct making {
    struct arena *arena;
    const struct json_schema_forms *forms;
};

const struct json_schema_form *json_schema_find_form(const struct json_schema_forms *forms,
                                                     const char *noun, const char *key)
{
    for (; forms != NULL; forms = forms->more) {
        for (size_t i = 0; i < forms->count; i++) {
            const struct json_schema_form *form = &forms->list[i];
            if (strcmp(form->noun, noun) == 0 && strcmp(form->key, key) == 0)
                return form;
        }
    }
    return NULL;
}

struct json json_schema_fragment(struct arena *arena, const char *text)
{
    size_t length = strlen(text);
    char *quoted = arena_bytes(arena, length);
    for (size_t i = 0; i < length; i++)
        quoted[i] = text[i] == '\'' ? '"' : text[i];
    struct json value;
    enum json_fault fault =
        json_read(arena, (struct str){quoted, length}, &json_limits_default, &value, NULL);
    assert(fault == JSON_OK); /* a form that is no JSON is our own mistake */
    return fault == JSON_OK ? value : json_null();
}

/* --- types -------------------------------------------------------------------------------- */

static struct json count_make(const struct making *making, const struct key *key)
{
    struct json_builder type = json_builder_in(making->arena);
    struct json words = json_schema_fragment(
        making->arena, "{'type': ['integer', 'string'], 'pattern': '^[0-9]+$|[$][{]'}");
    json_builder_set_all(&type, words);
    json_builder_set(&type, "minimum", json_from_integer(making->arena, key->minimum));
    if (key->maximum != 0)
        json_builder_set(&type, "maximum", json_from_integer(making->arena, key->maximum));
    return json_builder_object(&type);
}

static struct json choice_make(const struct making *making, const struct key *key)
{
    struct json_builder words = json_builder_in(making->arena);
    for (size_t i = 0; key->choices[i] != NULL; i++)
        json_builder_add(&words, json_decoded(str_of(key->choices[i])));
    struct json_builder one = json_builder_in(making->arena);
    json_builder_set(&one, "enum", json_builder_array(&words));
    struct json_builder any = json_builder_in(making->arena);
    json_builder_add(&any, json_builder_object(&one));
    json_builder_add(&any, json_schema_fragment(making->arena, "{'$ref': '#/$defs/constant'}"));
    struct json_builder type = json_builder_in(making->arena);
    json_builder_set(&type, "anyOf", json_builder_array(&any));
    return json_builder_object(&type);
}

static struct json type_make(const struct making *making, const struct schema *schema,
                             const struct key *key)
{
    const struct json_schema_form *form = NULL;
    switch (key->type) {
    case KEY_COUNT_OF:
        return count_make(making, key);
    case KEY_CHOICE:
        return choice_make(making, key);
    case KEY_GROUP:
        return json_schema_of(making->arena, making->forms, key->group, NULL);
    case KEY_CUSTOM:
        form = json_schema_find_form(making->forms, schema->noun, key->name);
        if (form != NULL)
            return json_schema_fragment(making->arena, form->schema);
        return key->group == NULL
                   ? json_object(NULL, 0)
                   : json_schema_of(making->arena, making->forms, key->group, GROUP_OR_OFF);
    default:
        return json_schema_fragment(making->arena, type_fragments[key->type]);
    }
}

/* --- what stands beside the type ---------------------------------------------------------- */

/* What YAML means by `line`, "KEY: VALUE"; false where it is nothing. */
static bool value_read(const struct making *making, const struct key *key, struct str line,
                       struct json *ret_value)
{
    struct diagnostics ignored;
    diagnostics_init(&ignored, making->arena);
    const struct node *root = document_parse(making->arena, STR("example"), line, &ignored);
    const struct node *value = root != NULL ? node_member(root, str_of(key->name)) : NULL;
    if (value == NULL)
        return false;
    *ret_value = node_json(making->arena, value);
    return true;
}

/* The bounds of a count are members of its type; patterns cannot say them. */
static struct json description_make(const struct making *making, const struct key *key)
{
    struct str text = str_of(key->says);
    char range[SCHEMA_RANGE_SIZE];
    schema_format_range(key, range);
    if (range[0] != '\0' && key->type != KEY_COUNT_OF)
        text = str_format(making->arena, "%.*s It is %s.", STR_ARGS(text), range + 2);
    if (key->has_no_effect)
        text = str_format(making->arena, "%.*s No effect yet.", STR_ARGS(text));
    return json_decoded(text);
}

static bool default_is_value(const struct making *making, const struct schema *schema,
                             const struct key *key)
{
    const struct json_schema_form *form =
        json_schema_find_form(making->forms, schema->noun, key->name);
    return key->default_text != NULL && (form == NULL || !form->default_is_words);
}

static struct json property_make(const struct making *making, const struct schema *schema,
                                 const struct key *key)
{
    struct json_builder property = json_builder_in(making->arena);
    struct json value;
    json_builder_set(&property, "description", description_make(making, key));
    json_builder_set_all(&property, type_make(making, schema, key));
    if (default_is_value(making, schema, key)) {
        struct str line = str_format(making->arena, "%s: %s", key->name, key->default_text);
        if (value_read(making, key, line, &value))
            json_builder_set(&property, "default", value);
    }
    if (key->example != NULL && value_read(making, key, str_of(key->example), &value)) {
        struct json_builder examples = json_builder_in(making->arena);
        json_builder_add(&examples, value);
        json_builder_set(&property, "examples", json_builder_array(&examples));
    }
    return json_builder_object(&property);
}

/* --- mappings ----------------------------------------------------------------------------- */

static struct json properties_make(const struct making *making, const struct schema *schema)
{
    struct json_builder properties = json_builder_in(making->arena);
    bool has_allow = false;
    for (size_t i = 0; i < schema->count; i++) {
        const struct key *key = &schema->keys[i];
        json_builder_set(&properties, key->name, property_make(making, schema, key));
        has_allow |= strcmp(key->name, "allow") == 0;
    }
    if (!has_allow)
        json_builder_set(&properties, "allow",
                         json_schema_fragment(making->arena, "{'$ref': '#/$defs/allow'}"));
    return json_builder_object(&properties);
}

static void required_add(const struct making *making, const struct schema *schema,
                         struct json_builder *mapping)
{
    struct json_builder required = json_builder_in(making->arena);
    for (size_t i = 0; i < schema->count; i++) {
        if (schema->keys[i].is_required)
            json_builder_add(&required, json_decoded(str_of(schema->keys[i].name)));
    }
    if (required.count > 0)
        json_builder_set(mapping, "required", json_builder_array(&required));
}

struct json json_schema_of(struct arena *arena, const struct json_schema_forms *forms,
                           const struct schema *schema, const char *more)
{
    struct making making = {arena, forms};
    struct json_builder mapping = json_builder_in(arena);
    struct json members = json_schema_fragment(arena, more != NULL ? more : "{}");
    struct json ignored;
    if (!json_member(members, STR("type"), &ignored))
        json_builder_set(&mapping, "type", json_decoded(STR("object")));
    json_builder_set_all(&mapping, members);
    json_builder_set(&mapping, "properties", properties_make(&making, schema));
    required_add(&making, schema, &mapping);
    json_builder_set(&mapping, "additionalProperties", json_boolean(false));
    return json_builder_object(&mapping);
}

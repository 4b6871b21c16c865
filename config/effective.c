/*
 * A walk along a schema's table for what has defaults, and along the nodes for everything below;
 * both are as deep as the file, which is bounded.
 */
#include "config/effective.h"

#include "base/arena.h"
#include "base/json/build.h"
#include "config/open_secret.h"

#define HIDDEN "(hidden)"

static bool holds_secret(const struct config *config, struct str text)
{
    const struct text_list *secrets = &config->environment.secrets;
    for (size_t i = 0; i < secrets->count; i++)
        if (secrets->list[i].length > 0 && str_find_text(text, secrets->list[i]) < text.length)
            return true;
    return false;
}

/* `is_secret`: it stands below a key that is named like a secret. */
static struct json text_shown(struct arena *arena, const struct config *config,
                              const struct node *node, bool is_secret)
{
    bool is_written = str_find_text(node->text, STR("${")) == node->text.length;
    if (node->text.length > 0 && !node_is_null(node) &&
        ((is_secret && is_written) || holds_secret(config, node->text)))
        return json_decoded(STR(HIDDEN));
    struct json value = node_scalar(node);
    return json_type(value) == JSON_STRING ? json_from_text(arena, node->text) : value;
}

static struct json node_shown(struct arena *arena, const struct config *config,
                              const struct node *node, bool is_secret)
{
    if (node->kind == NODE_TEXT)
        return text_shown(arena, config, node, is_secret);
    bool is_mapping = node->kind == NODE_MAPPING;
    struct json_builder builder = json_builder_in(arena);
    for (uint32_t i = 0; i < node->count; i++) {
        const struct node_entry *entry = &node->entries[i];
        bool is_below = is_secret || (is_mapping && open_secret_is_name(entry->key->text));
        struct json value = node_shown(arena, config, entry->value, is_below);
        if (is_mapping)
            json_builder_set_named(&builder, entry->key->text, value);
        else
            json_builder_add(&builder, value);
    }
    return is_mapping ? json_builder_object(&builder) : json_builder_array(&builder);
}

/* A default as a person would write it. */
static struct json default_json(const struct key *key)
{
    struct node plain = {.kind = NODE_TEXT, .text = str_of(key->default_text)};
    return str_equal(plain.text, STR("[]")) ? json_array(NULL, 0) : node_scalar(&plain);
}

static bool is_left_out(const char *const *left_out, struct str name)
{
    for (size_t i = 0; left_out[i] != NULL; i++)
        if (str_equal(name, str_of(left_out[i])))
            return true;
    return false;
}

/* The keys below it have values of their own: it is a mapping, or nothing is said and all is
 * default.
 */
static bool has_keys(const struct key *key, const struct node *value)
{
    return key->group != NULL &&
           (value != NULL ? value->kind == NODE_MAPPING : key->default_text == NULL);
}

/* In the order of the table: what the mapping (may be NULL) says, otherwise the default. */
static struct json schema_shown(struct arena *arena, const struct config *config,
                                const struct schema *schema, const struct node *node,
                                const char *const *left_out)
{
    static const char *const none[] = {NULL};
    struct json_builder builder = json_builder_in(arena);
    for (size_t i = 0; i < schema->count; i++) {
        const struct key *key = &schema->keys[i];
        struct str name = str_of(key->name);
        const struct node *value = node != NULL ? node_member(node, name) : NULL;
        struct json shown;
        if (is_left_out(left_out, name))
            continue;
        if (has_keys(key, value))
            shown = schema_shown(arena, config, key->group, value, none);
        else if (value != NULL)
            shown = node_shown(arena, config, value, open_secret_is_name(name));
        else if (key->default_text != NULL)
            shown = default_json(key);
        else
            continue;
        if (json_type(shown) != JSON_OBJECT || shown.size > 0)
            json_builder_set(&builder, key->name, shown);
    }
    return json_builder_object(&builder);
}

static struct json services_shown(struct arena *arena, const struct config *config)
{
    static const char *const none[] = {NULL};
    struct json_builder builder = json_builder_in(arena);
    for (uint32_t i = 0; i < config->service_count; i++) {
        const struct service *service = &config->services[i];
        if (service->node != NULL && service->node->kind == NODE_MAPPING)
            json_builder_set_named(
                &builder, service->name,
                schema_shown(arena, config, &service_schema, service->node, none));
    }
    return json_builder_object(&builder);
}

static struct json routes_shown(struct arena *arena, const struct config *config)
{
    struct json_builder builder = json_builder_in(arena);
    for (uint32_t i = 0; i < config->route_count; i++)
        json_builder_set_named(&builder, config->routes[i].key->text,
                               node_shown(arena, config, config->routes[i].value, false));
    return json_builder_object(&builder);
}

struct json effective_json(struct arena *arena, const struct config *config)
{
    static const char *const elsewhere[] = {"services", "routes", "defaults", "include", NULL};
    struct json_builder files = json_builder_in(arena), document = json_builder_in(arena);
    for (uint32_t i = 0; i < config->file_count; i++)
        json_builder_add(&files, json_from_text(arena, config->files[i]));
    json_builder_set(&document, "files", json_builder_array(&files));
    json_builder_set(&document, "settings",
                     schema_shown(arena, config, &settings_schema, config->root, elsewhere));
    json_builder_set(&document, "services", services_shown(arena, config));
    json_builder_set(&document, "routes", routes_shown(arena, config));
    return json_builder_object(&document);
}

/*
 * The file and what it includes, one after the other: settings from the first, services and routes
 * from all. Names are looked up by hash while they are gathered, so that a file of n routes costs
 * n.
 */
#include "config/config.h"

#include "base/arena.h"
#include "config/include.h"
#include "config/text.h"
#include "config/warning.h"

/* What is gathered over all files. */
struct gathering {
    struct config *config;
    struct reader reader;
    struct slot_table slots;
    struct scope scope;
    struct include_list files;
    struct node_entry *services;
    uint32_t service_room;
    uint32_t service_count;
    uint32_t route_room;
    const struct node *defaults;
};

static void *grow(struct arena *arena, const void *list, uint32_t count, uint32_t *room,
                  size_t size)
{
    *room = *room ? *room * 2 : 16;
    void *larger = arena_zero(arena, *room, size);
    if (count > 0)
        memcpy(larger, list, count * size);
    return larger;
}

static void service_gather(struct gathering *gathering, const struct node_entry *entry)
{
    if (gathering->service_count == gathering->service_room)
        gathering->services =
            grow(gathering->reader.arena, gathering->services, gathering->service_count,
                 &gathering->service_room, sizeof(*gathering->services));
    gathering->services[gathering->service_count++] = *entry;
}

static void route_gather(struct gathering *gathering, const struct node_entry *entry)
{
    struct config *config = gathering->config;
    if (config->route_count == gathering->route_room)
        config->routes = grow(gathering->reader.arena, config->routes, config->route_count,
                              &gathering->route_room, sizeof(*config->routes));
    config->routes[config->route_count++] =
        (struct route_node){.key = entry->key, .value = entry->value};
}

/* Each entry of `services` or `routes` of one file. */
static void mapping_gather(struct gathering *gathering, const struct node *mapping,
                           const char *what,
                           void (*gather)(struct gathering *, const struct node_entry *))
{
    if (mapping == NULL || node_is_missing(mapping))
        return;
    if (mapping->kind != NODE_MAPPING) {
        reader_refuse(&gathering->reader, mapping, "", "'%s' is a mapping, not %s", what,
                      node_is_null(mapping) ? "null" : node_kind_name(mapping));
        return;
    }
    for (uint32_t i = 0; i < mapping->count; i++) {
        if (!node_is_allow(&mapping->entries[i]))
            gather(gathering, &mapping->entries[i]);
    }
}

static void file_gather(struct gathering *gathering, const struct node *root, bool is_first)
{
    struct settings_file file = {0};
    if (is_first) {
        settings_read(&gathering->reader, root, &file);
        gathering->config->settings = file.settings;
        gathering->defaults = file.defaults;
    } else {
        settings_read_include(&gathering->reader, root, &file);
    }
    mapping_gather(gathering, file.services, "services", service_gather);
    mapping_gather(gathering, file.routes, "routes", route_gather);
    if (file.include != NULL)
        include_add(&gathering->files, &gathering->reader, root, file.include);
}

/* --- services ----------------------------------------------------------------------------- */

static void twice_report(struct gathering *gathering, const char *what, const struct node *first,
                         const struct node *second)
{
    struct str hint =
        str_format(gathering->reader.arena, "the first is at %.*s:%u:%u",
                   STR_ARGS(first->place.file->path), first->place.line, first->place.column);
    diagnostics_error(gathering->reader.diagnostics, second->place, hint,
                      "the %s '%.*s' is there twice", what, STR_ARGS(second->text));
    diagnostics_add(gathering->reader.diagnostics, SEVERITY_NOTE, first->place, NULL, STR_NONE,
                    "here is the first '%.*s'", STR_ARGS(first->text));
}

/* The keys of a list that is a set of names: reports those that are there twice. */
struct key_table {
    const struct node **cells;
    size_t mask;
};

static void key_table_init(struct key_table *table, struct arena *arena, size_t count)
{
    size_t room = 4;
    while (room < count * 2)
        room *= 2;
    table->cells = arena_array(arena, const struct node *, room);
    table->mask = room - 1;
}

/* NULL, or the key with the same text that was there before. */
static const struct node *key_table_add(struct key_table *table, const struct node *key)
{
    size_t at = (size_t)str_hash(key->text) & table->mask;
    while (table->cells[at] != NULL) {
        if (str_equal(table->cells[at]->text, key->text))
            return table->cells[at];
        at = (at + 1) & table->mask;
    }
    table->cells[at] = key;
    return NULL;
}

static void services_read(struct gathering *gathering)
{
    struct config *config = gathering->config;
    struct reader *reader = &gathering->reader;
    const struct node *defaults = gathering->defaults;
    if (defaults != NULL && !service_check_defaults(reader, defaults))
        defaults = NULL;
    struct key_table names;
    key_table_init(&names, reader->arena, gathering->service_count);
    config->services = arena_array(reader->arena, struct service, gathering->service_count);
    for (uint32_t i = 0; i < gathering->service_count; i++) {
        const struct node_entry *entry = &gathering->services[i];
        const struct node *first = key_table_add(&names, entry->key);
        struct service *service = &config->services[config->service_count];
        if (first != NULL) {
            twice_report(gathering, "service", first, entry->key);
            continue;
        }
        /* One with a mistake stays known by its name: calls to it are no mistakes too. */
        if (!service_read(reader, entry->key, entry->value, defaults, service))
            *service = (struct service){.name = entry->key->text, .place = entry->key->place};
        service->index = config->service_count++;
    }
}

static void routes_check(struct gathering *gathering, const struct node *root)
{
    const struct config *config = gathering->config;
    struct key_table keys;
    key_table_init(&keys, gathering->reader.arena, config->route_count);
    for (uint32_t i = 0; i < config->route_count; i++) {
        const struct node *first = key_table_add(&keys, config->routes[i].key);
        if (first != NULL)
            twice_report(gathering, "route", first, config->routes[i].key);
    }
    if (config->route_count == 0 && !warning_is_allowed(root, WARNING_NO_ROUTES))
        warning_add(gathering->reader.diagnostics, WARNING_NO_ROUTES, root->place,
                    STR("routes: { GET /ping: { response: { body: { pong: true } } } }"),
                    "there is no route: every request is answered with 404");
}

/* --- all ---------------------------------------------------------------------------------- */

static void gathering_init(struct gathering *gathering, struct arena *arena,
                           struct diagnostics *diagnostics)
{
    struct config *config = arena_new(arena, struct config);
    environment_init(&config->environment, arena);
    *gathering = (struct gathering){.config = config, .slots = {.arena = arena}};
    scope_init(&gathering->scope, &gathering->slots, &config->environment, diagnostics, SCOPE_NONE);
    gathering->scope.purpose = "in a setting";
    gathering->reader =
        (struct reader){.arena = arena, .diagnostics = diagnostics, .scope = &gathering->scope};
}

/* The YAML files, then those that `file('…')` read. */
static void files_list(struct gathering *gathering)
{
    struct config *config = gathering->config;
    const struct include_list *files = &gathering->files;
    const struct text_list *secrets = &config->environment.files;
    config->files = arena_array(gathering->reader.arena, struct str, files->count + secrets->count);
    for (uint32_t i = 0; i < files->count; i++)
        config->files[config->file_count++] = files->list[i].path;
    for (size_t i = 0; i < secrets->count; i++)
        config->files[config->file_count++] = secrets->list[i];
}

struct config *config_read(struct arena *arena, struct str path, struct diagnostics *diagnostics)
{
    struct gathering *gathering = arena_new(arena, struct gathering);
    gathering_init(gathering, arena, diagnostics);
    include_list_init(&gathering->files, arena, path);
    const struct node *first = NULL;
    for (uint32_t i = 0; i < gathering->files.count; i++) {
        const struct node *root = document_read(arena, gathering->files.list[i].path, diagnostics);
        if (root != NULL)
            file_gather(gathering, root, i == 0);
        if (i == 0)
            gathering->config->root = first = root;
        if (first == NULL)
            return NULL;
        if (arena_is_over(arena)) {
            diagnostics_error(diagnostics, (struct place){.file = first->place.file}, STR_NONE,
                              "with what it includes, it needs more memory than it may have");
            break;
        }
    }
    services_read(gathering);
    routes_check(gathering, first);
    files_list(gathering);
    return gathering->config;
}

const struct service *config_service(const struct config *config, struct str name)
{
    for (uint32_t i = 0; i < config->service_count; i++) {
        if (str_equal(config->services[i].name, name))
            return &config->services[i];
    }
    return NULL;
}

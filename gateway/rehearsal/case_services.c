/*
 * Rules of a case stand before those that all cases share; a word instead of rules replaces them.
 */
#include "gateway/rehearsal/case_reader.h"

#include "base/arena.h"
#include "routes/keep_node.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

struct answer_form {
    uint32_t status;
    const struct node *headers;
    const struct node *json;
    const struct node *text;
    usec delay;
};

#define OFFSET(member) offsetof(struct answer_form, member)

static const struct key answer_keys[] = {
    {.name = "status",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(status),
     .default_text = "200",
     .minimum = 200,
     .maximum = 599,
     .says = "The status."},
    {.name = "headers",
     .type = KEY_CUSTOM,
     .offset = OFFSET(headers),
     .read = keep_node,
     .says = "Its fields; a list of values is several lines."},
    {.name = "json",
     .type = KEY_CUSTOM,
     .offset = OFFSET(json),
     .read = keep_node,
     .says = "The body, any YAML."},
    {.name = "text",
     .type = KEY_CUSTOM,
     .offset = OFFSET(text),
     .read = keep_node,
     .says = "The body as it is."},
    {.name = "delay",
     .type = KEY_DURATION,
     .offset = OFFSET(delay),
     .default_text = "0ms",
     .maximum = HOUR,
     .says = "What passes before the answer, in virtual time."},
};

static const struct schema answer_schema = {"answer", answer_keys, COUNT(answer_keys)};

static bool fate_read(struct reader *reader, const struct node *node, const char *otherwise,
                      struct canned_answer *ret_answer)
{
    struct str names[CANNED_FATE_COUNT - 1];
    *ret_answer = (struct canned_answer){0};
    if (canned_fate_parse(node->text, &ret_answer->fate))
        return true;
    for (int i = CANNED_ANSWERED + 1; i < CANNED_FATE_COUNT; i++)
        names[i - 1] = str_of(canned_fate_names[i]);
    struct str hint =
        diagnostic_did_you_mean(reader->arena, node->text, names, CANNED_FATE_COUNT - 1);
    if (str_is_empty(hint))
        hint = str_format(reader->arena, "down, hang, reset, garbage, or %s", otherwise);
    diagnostics_error(reader->diagnostics, node->place, hint, "'%.*s' is no failure of a service",
                      STR_ARGS(node->text));
    return false;
}

static bool answer_read(struct reader *reader, const struct node *node,
                        struct canned_answer *ret_answer)
{
    struct answer_form form = {0};
    struct field *fields = NULL;
    struct canned_answer answer = {0};
    if (node_is_missing(node))
        return false;
    if (node->kind == NODE_TEXT)
        return fate_read(reader, node, "{ json: … }", ret_answer);
    if (!schema_read(&answer_schema, reader, node, STR("an answer"), &form) ||
        !case_body_read(reader, form.json, form.text, &answer.body) ||
        (form.headers != NULL &&
         !case_fields_read(reader, form.headers, &fields, &answer.field_count)))
        return false;
    answer.status = form.status;
    answer.delay = form.delay;
    answer.fields = fields;
    case_fields_complete(reader->arena, form.json != NULL, form.text != NULL, &answer.fields,
                         &answer.field_count);
    *ret_answer = answer;
    return true;
}

/* METHOD TARGET, ANY, `*` at the end. */
static bool rule_key_read(struct reader *reader, const struct node *key, struct canned_rule *rule)
{
    enum method method;
    size_t blank = str_find(key->text, ' ');
    struct str word = {key->text.at, blank};
    struct str target = blank < key->text.length ? str_trim(str_from(key->text, blank)) : STR_NONE;
    bool is_any = str_equal(word, STR("ANY"));
    if (!is_any && !method_parse(word, &method)) {
        reader_refuse(reader, key, "write GET /users/7", "'%.*s' is no method", STR_ARGS(word));
        return false;
    }
    if (!str_starts_with(target, STR("/"))) {
        reader_refuse(reader, key, "write GET /users/7", "a target begins with /");
        return false;
    }
    rule->methods = is_any ? METHOD_ALL : 1u << method;
    rule->has_rest = str_ends_with(target, STR("*"));
    rule->target = (struct str){target.at, target.length - rule->has_rest};
    return true;
}

static bool rules_read(struct reader *reader, const struct node *node,
                       const struct canned_service *base, struct canned_service *ret_service)
{
    uint32_t base_count = base->is_replaced ? 0 : base->rule_count;
    struct canned_rule *rules =
        arena_array(reader->arena, struct canned_rule, node->count + base_count);
    bool is_fine = true;
    for (uint32_t i = 0; i < node->count; i++) {
        is_fine = rule_key_read(reader, node->entries[i].key, &rules[i]) && is_fine;
        is_fine = answer_read(reader, node->entries[i].value, &rules[i].answer) && is_fine;
    }
    for (uint32_t i = 0; i < base_count; i++)
        rules[node->count + i] = base->rules[i];
    *ret_service = (struct canned_service){.rules = rules, .rule_count = node->count + base_count};
    return is_fine;
}

static bool service_read_entry(struct reader *reader, const struct config *config,
                               const struct node_entry *entry, struct canned_service *services)
{
    const struct node *value = entry->value;
    const struct service *service = config_service(config, entry->key->text);
    if (service == NULL) {
        struct str *names = arena_array(reader->arena, struct str, config->service_count);
        for (uint32_t i = 0; i < config->service_count; i++)
            names[i] = config->services[i].name;
        diagnostics_error(
            reader->diagnostics, entry->key->place,
            diagnostic_did_you_mean(reader->arena, entry->key->text, names, config->service_count),
            "there is no service '%.*s'", STR_ARGS(entry->key->text));
        return false;
    }
    struct canned_service *canned = &services[service->index];
    if (node_is_missing(value))
        return false;
    if (value->kind == NODE_MAPPING)
        return rules_read(reader, value, canned, canned);
    if (value->kind == NODE_LIST) {
        reader_refuse(reader, value, "write { GET /users/7: { json: … } }, or down",
                      "rules are a mapping, not a list");
        return false;
    }
    canned->is_replaced = true;
    return fate_read(reader, value, "{ GET /users/7: { json: … } }", &canned->instead);
}

bool case_services_read(struct reader *reader, const struct config *config, const struct node *node,
                        const struct canned_service *base,
                        const struct canned_service **ret_services)
{
    struct canned_service *services =
        arena_array(reader->arena, struct canned_service, config->service_count + 1);
    for (uint32_t i = 0; base != NULL && i < config->service_count; i++)
        services[i] = base[i];
    *ret_services = services;
    if (node == NULL)
        return true;
    if (node->kind != NODE_MAPPING) {
        reader_refuse(reader, node, "services: { users: { GET /users/7: { json: … } } }",
                      "'services' is a mapping, not %s", node_kind_name(node));
        return false;
    }
    bool is_fine = true;
    for (uint32_t i = 0; i < node->count; i++)
        is_fine = service_read_entry(reader, config, &node->entries[i], services) && is_fine;
    return is_fine;
}

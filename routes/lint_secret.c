/*
 * A walk over what the file says of a route, since a template that was compiled has forgotten its
 * keys. What a route tells its clients is no secret of the file's: `response` is left out.
 */
#include "routes/lint_secret.h"

#include "config/open_secret.h"
#include "config/warning.h"

static bool key_is_sent(struct str key)
{
    return str_equal(key, STR("headers")) || str_equal(key, STR("query")) ||
           str_equal(key, STR("body"));
}

/* As deep as the document, which is bounded. `name`: the nearest key above. */
static void sent_check(struct str name, const struct node *node, struct diagnostics *diagnostics)
{
    if (node->kind == NODE_TEXT)
        open_secret_check(name, node, diagnostics);
    for (uint32_t i = 0; i < node->count; i++) {
        const struct node_entry *entry = &node->entries[i];
        sent_check(entry->key ? entry->key->text : name, entry->value, diagnostics);
    }
}

/* Below a call, a rung or a proxy: looks for what is sent. */
static void node_check(const struct node *node, struct diagnostics *diagnostics)
{
    if (warning_is_allowed(node, WARNING_SECRET_IN_FILE))
        return;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct node_entry *entry = &node->entries[i];
        if (entry->key && key_is_sent(entry->key->text))
            sent_check(STR(""), entry->value, diagnostics);
        else if (!entry->key || str_equal(entry->key->text, STR("fallback")) ||
                 str_equal(entry->key->text, STR("proxy")))
            node_check(entry->value, diagnostics);
    }
}

void lint_route_secrets(const struct route *route, struct diagnostics *diagnostics)
{
    const struct node *calls = node_member(route->node, STR("calls"));
    if (warning_is_allowed(route->node, WARNING_SECRET_IN_FILE))
        return;
    for (uint32_t i = 0; calls && i < calls->count; i++)
        node_check(calls->entries[i].value, diagnostics);
    if (route_is_proxy(route))
        node_check(route->node, diagnostics);
}

void lint_service_secrets(const struct service *service, struct diagnostics *diagnostics)
{
    for (uint32_t i = 0; i < service->header_count; i++)
        open_secret_check(service->headers[i].name, service->headers[i].text, diagnostics);
}

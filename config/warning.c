/*
 * The names, and what is near them.
 */
#include "config/warning.h"

#include "base/arena.h"

static const char *const names[WARNING_COUNT] = {
    [WARNING_YAML_TYPE] = "yaml-type",
    [WARNING_UNKNOWN_WARNING] = "unknown-warning",
    [WARNING_PUBLIC_ADMIN] = "public-admin",
    [WARNING_NO_ROUTES] = "no-routes",
    [WARNING_EMPTY_INCLUDE] = "empty-include",
    [WARNING_SECRET_IN_FILE] = "secret-in-file",
    [WARNING_SECRET_IN_RESPONSE] = "secret-in-response",
    [WARNING_UNUSED_SERVICE] = "unused-service",
    [WARNING_UNUSED_CALL] = "unused-call",
    [WARNING_TIMEOUT_ABOVE_DEADLINE] = "timeout-above-deadline",
    [WARNING_PATH_ABOVE_DEADLINE] = "path-above-deadline",
    [WARNING_PARALLEL_WRITES] = "parallel-writes",
    [WARNING_REQUIRED_BEHIND_OPTIONAL] = "required-behind-optional",
    [WARNING_UNREACHABLE_RUNG] = "unreachable-rung",
    [WARNING_STALE_UNSAFE] = "stale-unsafe",
    [WARNING_INNER_CALL_NAME] = "inner-call-name",
    [WARNING_SPREAD_OVERLAP] = "spread-overlap",
    [WARNING_NUMBER_COMPARISON] = "number-comparison",
    [WARNING_QUOTED_COMPARAND] = "quoted-comparand",
};

const char *warning_name(enum warning warning)
{
    return names[warning];
}

bool warning_is_allowed(const struct node *mapping, enum warning warning)
{
    return node_allows(mapping, str_of(names[warning]));
}

static bool name_is_known(struct str name)
{
    for (size_t i = 0; i < WARNING_COUNT; i++) {
        if (str_equal(name, str_of(names[i])))
            return true;
    }
    return false;
}

static void name_check(const struct node *name, struct diagnostics *diagnostics)
{
    if (name->kind != NODE_TEXT || node_is_missing(name) || name_is_known(name->text))
        return;
    struct str known[WARNING_COUNT];
    for (size_t i = 0; i < WARNING_COUNT; i++)
        known[i] = str_of(names[i]);
    struct str hint = diagnostic_did_you_mean(diagnostics->arena, name->text, known, WARNING_COUNT);
    warning_add(diagnostics, WARNING_UNKNOWN_WARNING, name->place, hint,
                "there is no warning '%.*s'", STR_ARGS(name->text));
}

void warning_check_allow(const struct node *mapping, struct diagnostics *diagnostics)
{
    const struct node *allow = node_member(mapping, STR("allow"));
    if (allow == NULL || allow->kind != NODE_LIST ||
        warning_is_allowed(mapping, WARNING_UNKNOWN_WARNING))
        return;
    for (uint32_t i = 0; i < allow->count; i++)
        name_check(allow->entries[i].value, diagnostics);
}

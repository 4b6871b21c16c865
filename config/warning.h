/*
 * The warnings that `check` gives of what will run, but not as meant: one list, since a warning is
 * named in two places: where it is given, and in the `allow: [NAME]` that silences it.
 */
#ifndef BRAID_CONFIG_WARNING_H
#define BRAID_CONFIG_WARNING_H

#include "config/node.h"

enum warning {
    WARNING_YAML_TYPE,
    WARNING_UNKNOWN_WARNING,
    WARNING_PUBLIC_ADMIN,
    WARNING_NO_ROUTES,
    WARNING_EMPTY_INCLUDE,
    WARNING_SECRET_IN_FILE,
    WARNING_SECRET_IN_RESPONSE,
    WARNING_UNUSED_SERVICE,
    WARNING_UNUSED_CALL,
    WARNING_TIMEOUT_ABOVE_DEADLINE,
    WARNING_PATH_ABOVE_DEADLINE,
    WARNING_PARALLEL_WRITES,
    WARNING_REQUIRED_BEHIND_OPTIONAL,
    WARNING_UNREACHABLE_RUNG,
    WARNING_STALE_UNSAFE,
    WARNING_INNER_CALL_NAME,
    WARNING_SPREAD_OVERLAP,
    WARNING_NUMBER_COMPARISON,
    WARNING_QUOTED_COMPARAND,
    WARNING_COUNT
};

/* "unused-call" */
const char *warning_name(enum warning warning);

/* `allow` of the mapping names it. */
bool warning_is_allowed(const struct node *mapping, enum warning warning);

#define warning_add(diagnostics, warning, place, hint, ...)                                        \
    diagnostics_add((diagnostics), SEVERITY_WARNING, (place), warning_name(warning), (hint),       \
                    __VA_ARGS__)

/* Warns of each name in the mapping's `allow` that no warning has. */
void warning_check_allow(const struct node *mapping, struct diagnostics *diagnostics);

#endif

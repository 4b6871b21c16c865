/*
 * The names of reasons and sources: two tables, and nothing else.
 */
#include "config/reason.h"

#include <stddef.h>

static const char *const reason_names[REASON_COUNT] = {
    [REASON_NONE] = "none",
    [REASON_TIMEOUT] = "timeout",
    [REASON_DEADLINE] = "deadline",
    [REASON_CONNECT] = "connect",
    [REASON_RESET] = "reset",
    [REASON_STATUS] = "status",
    [REASON_INVALID_JSON] = "invalid_json",
    [REASON_TOO_LARGE] = "too_large",
    [REASON_PROTOCOL] = "protocol",
    [REASON_BREAKER_OPEN] = "breaker_open",
    [REASON_OVERLOADED] = "overloaded",
    [REASON_LIMIT] = "limit",
    [REASON_UNRESOLVED] = "unresolved",
    [REASON_DEPENDENCY] = "dependency",
    [REASON_EXPRESSION] = "expression",
    [REASON_CANCELLED] = "cancelled",
};

static const char *const source_names[SOURCE_COUNT] = {
    [SOURCE_NONE] = "none",   [SOURCE_LIVE] = "live",       [SOURCE_CACHE] = "cache",
    [SOURCE_STALE] = "stale", [SOURCE_REQUEST] = "request", [SOURCE_VALUE] = "value",
    [SOURCE_OMIT] = "omit",   [SOURCE_SKIPPED] = "skipped", [SOURCE_FAILED] = "failed",
};

const char *reason_name(enum reason reason)
{
    return (size_t)reason < REASON_COUNT ? reason_names[reason] : reason_names[REASON_NONE];
}

const char *source_name(enum source source)
{
    return (size_t)source < SOURCE_COUNT ? source_names[source] : source_names[SOURCE_NONE];
}

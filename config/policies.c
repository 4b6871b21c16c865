/*
 * Four tables and six readers.
 */
#include "config/policies.h"

#include "base/arena.h"
#include "config/client_scope.h"
#include "config/text.h"

#define OFFSET(member) offsetof(struct policies, member)
#define COUNT(table)   (sizeof(table) / sizeof(*(table)))

/* --- retry -------------------------------------------------------------------------------- */

static const char *const retry_reasons[] = {"connect", "reset", "timeout", NULL};

/* A reason of the transport, or a status from 400 to 599. */
static bool retry_reason_read(struct reader *reader, const struct node *node)
{
    struct str text;
    uint64_t status;
    int choice;
    if (!reader_text(reader, node, "a reason or status", &text))
        return false;
    if (!str_to_unsigned(text, UINT16_MAX, &status))
        return reader_choice(reader, node, retry_reasons, &choice);
    if (status >= 400 && status <= 599)
        return true;
    reader_refuse(reader, node, "", "%.*s is no status from 400 to 599", STR_ARGS(text));
    return false;
}

static bool retry_for_read(struct reader *reader, const struct node *node, void *into)
{
    (void)into;
    if (node->kind != NODE_LIST) {
        reader_refuse(reader, node, "write [connect, reset, timeout, 502, 503, 504]",
                      "a list is expected, not %s", node_kind_name(node));
        return false;
    }
    bool is_fine = true;
    for (uint32_t i = 0; i < node->count; i++)
        is_fine = retry_reason_read(reader, node->entries[i].value) && is_fine;
    return is_fine;
}

static const struct key retry_keys[] = {
    {.name = "attempts",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(attempts),
     .default_text = "2",
     .minimum = 1,
     .maximum = 10,
     .says = "Attempts in all, the first counted.",
     .example = "attempts: 3"},
    {.name = "for",
     .type = KEY_CUSTOM,
     .shape = "list of `connect`, `reset`, `timeout` and statuses",
     .default_text = "[connect, reset, timeout, 502, 503, 504]",
     .read = retry_for_read,
     .says = "What is tried again.",
     .example = "for: [connect, 503]"},
    {.name = "backoff",
     .type = KEY_DURATION,
     .offset = OFFSET(backoff),
     .default_text = "25ms",
     .maximum = MINUTE,
     .says = "The first wait at most; it doubles, with full jitter.",
     .example = "backoff: 50ms"},
    {.name = "budget",
     .type = KEY_SHARE,
     .offset = OFFSET(budget),
     .default_text = "20%",
     .says = "Retries at most, of all requests.",
     .example = "budget: 10%"},
};

const struct schema retry_schema = {"retry", retry_keys, COUNT(retry_keys)};

bool retry_read(struct reader *reader, const struct node *node, void *into)
{
    return reader_is_off(node) || schema_read(&retry_schema, reader, node, STR("'retry'"), into);
}

/* --- hedge -------------------------------------------------------------------------------- */

static bool is_percentile(struct str text)
{
    uint64_t number;
    return str_starts_with(text, STR("p")) && str_to_unsigned(str_from(text, 1), 99, &number) &&
           number > 0;
}

bool hedge_read(struct reader *reader, const struct node *node, void *into)
{
    struct policies *policies = into;
    if (reader_is_off(node) || (node->kind == NODE_TEXT && is_percentile(node->text)))
        return true;
    return reader_duration(reader, node, MILLISECOND, HOUR, &policies->hedge);
}

/* --- breaker ------------------------------------------------------------------------------ */

static const struct key breaker_keys[] = {
    {.name = "failure_rate",
     .type = KEY_SHARE,
     .offset = OFFSET(failure_rate),
     .default_text = "50%",
     .says = "Failures in the window that open it.",
     .example = "failure_rate: 30%"},
    {.name = "minimum",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(minimum),
     .default_text = "20",
     .minimum = 1,
     .says = "Attempts in the window below which it stays closed.",
     .example = "minimum: 50"},
    {.name = "window",
     .type = KEY_DURATION,
     .offset = OFFSET(window),
     .default_text = "10s",
     .minimum = 100 * MILLISECOND,
     .maximum = HOUR,
     .says = "How far back attempts count.",
     .example = "window: 30s"},
    {.name = "open",
     .type = KEY_DURATION,
     .offset = OFFSET(open),
     .default_text = "5s",
     .minimum = MILLISECOND,
     .maximum = HOUR,
     .says = "How long it stays open before it probes.",
     .example = "open: 2s"},
    {.name = "probes",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(probes),
     .default_text = "1",
     .minimum = 1,
     .maximum = 1000,
     .says = "Attempts that are let through to try.",
     .example = "probes: 3"},
};

const struct schema breaker_schema = {"breaker", breaker_keys, COUNT(breaker_keys)};

bool breaker_read(struct reader *reader, const struct node *node, void *into)
{
    return reader_is_off(node) ||
           schema_read(&breaker_schema, reader, node, STR("'breaker'"), into);
}

/* --- health ------------------------------------------------------------------------------- */

static bool health_path_read(struct reader *reader, const struct node *node, void *into)
{
    struct str path;
    if (!reader_text(reader, node, "a path", &path))
        return false;
    if (!str_starts_with(path, STR("/"))) {
        reader_refuse(reader, node, "write /healthz", "a path begins with /");
        return false;
    }
    *(struct str *)into = path;
    return true;
}

static const struct key health_keys[] = {
    {.name = "path",
     .type = KEY_CUSTOM,
     .shape = "path",
     .offset = OFFSET(health_path),
     .read = health_path_read,
     .says = "What is asked; 2xx is healthy.",
     .example = "path: /healthz",
     .is_required = true},
    {.name = "interval",
     .type = KEY_DURATION,
     .offset = OFFSET(interval),
     .default_text = "2s",
     .minimum = 10 * MILLISECOND,
     .maximum = HOUR,
     .says = "Between two questions.",
     .example = "interval: 5s"},
    {.name = "timeout",
     .type = KEY_DURATION,
     .offset = OFFSET(health_timeout),
     .default_text = "500ms",
     .minimum = MILLISECOND,
     .maximum = MINUTE,
     .says = "How long one may take.",
     .example = "timeout: 1s"},
    {.name = "healthy",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(healthy),
     .default_text = "2",
     .minimum = 1,
     .maximum = 100,
     .says = "Good answers in a row that bring an address back.",
     .example = "healthy: 3"},
    {.name = "unhealthy",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(unhealthy),
     .default_text = "3",
     .minimum = 1,
     .maximum = 100,
     .says = "Bad answers in a row that take it out.",
     .example = "unhealthy: 5"},
};

const struct schema health_schema = {"health", health_keys, COUNT(health_keys)};

bool health_read(struct reader *reader, const struct node *node, void *into)
{
    return reader_is_off(node) || schema_read(&health_schema, reader, node, STR("'health'"), into);
}

/* --- outlier ------------------------------------------------------------------------------ */

static const struct key outlier_keys[] = {
    {.name = "consecutive_failures",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(consecutive_failures),
     .default_text = "5",
     .minimum = 1,
     .maximum = 1000,
     .says = "Failures in a row that take an address out.",
     .example = "consecutive_failures: 3"},
    {.name = "eject",
     .type = KEY_DURATION,
     .offset = OFFSET(eject),
     .default_text = "10s",
     .minimum = MILLISECOND,
     .maximum = HOUR,
     .says = "For how long.",
     .example = "eject: 30s"},
    {.name = "max_ejected",
     .type = KEY_SHARE,
     .offset = OFFSET(max_ejected),
     .default_text = "50%",
     .says = "Addresses that may be out at once.",
     .example = "max_ejected: 30%"},
};

const struct schema outlier_schema = {"outlier", outlier_keys, COUNT(outlier_keys)};

bool outlier_read(struct reader *reader, const struct node *node, void *into)
{
    return reader_is_off(node) ||
           schema_read(&outlier_schema, reader, node, STR("'outlier'"), into);
}

/* --- balance ------------------------------------------------------------------------------ */

static const char *const balances[] = {"round_robin", "least_requests", "hash", NULL};

bool balance_read(struct reader *reader, const struct node *node, void *into)
{
    (void)into;
    int choice;
    struct str hash = STR("hash ");
    if (node->kind != NODE_TEXT || !str_starts_with(node->text, hash))
        return reader_choice(reader, node, balances, &choice);
    struct scope client;
    client_scope_init(&client, reader, "in `balance` of a service");
    struct text text;
    return text_compile_part(reader->arena, node, hash.length, node->text.length - hash.length,
                             &client, &text);
}

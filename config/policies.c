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

static bool retry_status_add(struct reader *reader, const struct node *node,
                             struct retry_policy *retry, uint64_t status)
{
    if (status < 400 || status > 599) {
        reader_refuse(reader, node, "", "%.*s is no status from 400 to 599", STR_ARGS(node->text));
        return false;
    }
    if (retry->status_count == RETRY_STATUSES) {
        reader_refuse(reader, node, "", "at most %d statuses are taken", RETRY_STATUSES);
        return false;
    }
    retry->statuses[retry->status_count++] = (uint16_t)status;
    return true;
}

/* A reason of the transport, or a status from 400 to 599. */
static bool retry_reason_read(struct reader *reader, const struct node *node,
                              struct retry_policy *retry)
{
    struct str text;
    uint64_t status;
    int choice;
    if (!reader_text(reader, node, "a reason or status", &text))
        return false;
    if (str_to_unsigned(text, UINT16_MAX, &status))
        return retry_status_add(reader, node, retry, status);
    if (!reader_choice(reader, node, retry_reasons, &choice))
        return false;
    retry->connect = retry->connect || choice == 0;
    retry->reset = retry->reset || choice == 1;
    retry->timeout = retry->timeout || choice == 2;
    return true;
}

static bool retry_for_read(struct reader *reader, const struct node *node, void *into)
{
    struct policies *policies = into;
    struct retry_policy *retry = &policies->retry;
    if (node->kind != NODE_LIST) {
        reader_refuse(reader, node, "write [connect, reset, timeout, 502, 503, 504]",
                      "a list is expected, not %s", node_kind_name(node));
        return false;
    }
    bool is_fine = true;
    retry->connect = retry->reset = retry->timeout = false;
    retry->status_count = 0;
    for (uint32_t i = 0; i < node->count; i++)
        is_fine = retry_reason_read(reader, node->entries[i].value, retry) && is_fine;
    return is_fine;
}

static const struct key retry_keys[] = {
    {.name = "attempts",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(retry.attempts),
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
     .offset = OFFSET(retry.backoff),
     .default_text = "25ms",
     .maximum = MINUTE,
     .says = "The first wait at most; it doubles, with full jitter.",
     .example = "backoff: 50ms"},
    {.name = "budget",
     .type = KEY_SHARE,
     .offset = OFFSET(budget),
     .default_text = "20%",
     .says = "Retries and hedges at most, of the calls of the last 10 s; 3 always may.",
     .example = "budget: 10%"},
};

const struct schema retry_schema = {"retry", retry_keys, COUNT(retry_keys)};

static void retry_set_defaults(struct retry_policy *retry)
{
    *retry = (struct retry_policy){
        .connect = true,
        .reset = true,
        .timeout = true,
        .statuses = {502, 503, 504},
        .status_count = 3,
    };
}

bool retry_read(struct reader *reader, const struct node *node, void *into)
{
    struct policies *policies = into;
    policies->retry = (struct retry_policy){0};
    if (reader_is_off(node))
        return true;
    retry_set_defaults(&policies->retry);
    return schema_read(&retry_schema, reader, node, STR("'retry'"), into);
}

/* --- hedge -------------------------------------------------------------------------------- */

static bool percentile_read(struct str text, uint32_t *ret_percentile)
{
    uint64_t number;
    if (!str_starts_with(text, STR("p")) || !str_to_unsigned(str_from(text, 1), 99, &number) ||
        number == 0)
        return false;
    *ret_percentile = (uint32_t)number;
    return true;
}

bool hedge_read(struct reader *reader, const struct node *node, void *into)
{
    struct policies *policies = into;
    policies->hedge = (struct hedge_policy){0};
    if (reader_is_off(node) ||
        (node->kind == NODE_TEXT && percentile_read(node->text, &policies->hedge.percentile)))
        return true;
    return reader_duration(reader, node, MILLISECOND, HOUR, &policies->hedge.delay);
}

/* --- breaker ------------------------------------------------------------------------------ */

static const struct key breaker_keys[] = {
    {.name = "failure_rate",
     .type = KEY_SHARE,
     .offset = OFFSET(breaker.failure_rate),
     .default_text = "50%",
     .says = "Failures in the window that open it.",
     .example = "failure_rate: 30%"},
    {.name = "minimum",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(breaker.minimum),
     .default_text = "20",
     .minimum = 1,
     .says = "Attempts in the window below which it stays closed.",
     .example = "minimum: 50"},
    {.name = "window",
     .type = KEY_DURATION,
     .offset = OFFSET(breaker.window),
     .default_text = "10s",
     .minimum = 100 * MILLISECOND,
     .maximum = HOUR,
     .says = "How far back attempts count.",
     .example = "window: 30s"},
    {.name = "open",
     .type = KEY_DURATION,
     .offset = OFFSET(breaker.open),
     .default_text = "5s",
     .minimum = MILLISECOND,
     .maximum = HOUR,
     .says = "How long it stays open before it probes.",
     .example = "open: 2s"},
    {.name = "probes",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(breaker.probes),
     .default_text = "1",
     .minimum = 1,
     .maximum = 1000,
     .says = "Attempts that are let through to try; all must succeed.",
     .example = "probes: 3"},
    {.name = "slow",
     .type = KEY_DURATION,
     .offset = OFFSET(breaker.slow),
     .minimum = MILLISECOND,
     .maximum = HOUR,
     .says = "An attempt that took longer counts as failed.",
     .example = "slow: 500ms"},
};

const struct schema breaker_schema = {"breaker", breaker_keys, COUNT(breaker_keys)};

bool breaker_read(struct reader *reader, const struct node *node, void *into)
{
    struct policies *policies = into;
    policies->breaker = (struct breaker_policy){0};
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
     .offset = OFFSET(health.path),
     .read = health_path_read,
     .says = "What is asked; 2xx is healthy.",
     .example = "path: /healthz",
     .is_required = true},
    {.name = "interval",
     .type = KEY_DURATION,
     .offset = OFFSET(health.interval),
     .default_text = "2s",
     .minimum = 10 * MILLISECOND,
     .maximum = HOUR,
     .says = "Between two questions.",
     .example = "interval: 5s"},
    {.name = "timeout",
     .type = KEY_DURATION,
     .offset = OFFSET(health.timeout),
     .default_text = "500ms",
     .minimum = MILLISECOND,
     .maximum = MINUTE,
     .says = "How long one may take.",
     .example = "timeout: 1s"},
    {.name = "healthy",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(health.healthy),
     .default_text = "2",
     .minimum = 1,
     .maximum = 100,
     .says = "Good answers in a row that bring an address back.",
     .example = "healthy: 3"},
    {.name = "unhealthy",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(health.unhealthy),
     .default_text = "3",
     .minimum = 1,
     .maximum = 100,
     .says = "Bad answers in a row that take it out.",
     .example = "unhealthy: 5"},
};

const struct schema health_schema = {"health", health_keys, COUNT(health_keys)};

bool health_read(struct reader *reader, const struct node *node, void *into)
{
    struct policies *policies = into;
    policies->health = (struct health_policy){0};
    return reader_is_off(node) || schema_read(&health_schema, reader, node, STR("'health'"), into);
}

/* --- outlier ------------------------------------------------------------------------------ */

static const struct key outlier_keys[] = {
    {.name = "consecutive_failures",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(outlier.consecutive_failures),
     .default_text = "5",
     .minimum = 1,
     .maximum = 1000,
     .says = "Failures in a row that take an address out.",
     .example = "consecutive_failures: 3"},
    {.name = "eject",
     .type = KEY_DURATION,
     .offset = OFFSET(outlier.eject),
     .default_text = "10s",
     .minimum = MILLISECOND,
     .maximum = HOUR,
     .says = "For how long.",
     .example = "eject: 30s"},
    {.name = "max_ejected",
     .type = KEY_SHARE,
     .offset = OFFSET(outlier.max_ejected),
     .default_text = "50%",
     .says = "Addresses that may be out at once.",
     .example = "max_ejected: 30%"},
};

const struct schema outlier_schema = {"outlier", outlier_keys, COUNT(outlier_keys)};

bool outlier_read(struct reader *reader, const struct node *node, void *into)
{
    struct policies *policies = into;
    policies->outlier = (struct outlier_policy){0};
    return reader_is_off(node) ||
           schema_read(&outlier_schema, reader, node, STR("'outlier'"), into);
}

/* --- balance ------------------------------------------------------------------------------ */

static const char *const balances[] = {"least_requests", "round_robin", NULL};

_Static_assert(BALANCE_HASH == 2 && BALANCE_COUNT == 3, "the words of balances, then `hash ${…}`");

bool balance_read(struct reader *reader, const struct node *node, void *into)
{
    struct policies *policies = into;
    int choice;
    struct str hash = STR(BALANCE_HASH_WORD);
    if (node->kind == NODE_TEXT && str_equal(node->text, STR("hash"))) {
        reader_refuse(reader, node, "write hash ${headers.x_user}", "hash of what?");
        return false;
    }
    if (node->kind != NODE_TEXT || !str_starts_with(node->text, hash)) {
        if (!reader_choice(reader, node, balances, &choice))
            return false;
        policies->balance = (enum balance)choice;
        return true;
    }
    policies->balance = BALANCE_HASH;
    policies->hash = node;
    struct scope client;
    client_scope_init(&client, reader, "in `balance` of a service");
    struct text text;
    return text_compile_part(reader->arena, node, hash.length, node->text.length - hash.length,
                             &client, &text);
}

/* --- all of them -------------------------------------------------------------------------- */

void policies_set_defaults(struct policies *policies)
{
    *policies = (struct policies){0};
    schema_set_defaults(&breaker_schema, policies);
    schema_set_defaults(&outlier_schema, policies);
    schema_set_defaults(&retry_schema, policies);
    policies->retry = (struct retry_policy){0};
}

/*
 * The small rules of trying again.
 */
#include "gateway/upstream/flight_policy.h"

#include "base/field_lines.h"
#include "gateway/upstream/flight_request.h"
#include "routes/request.h"

static bool status_is_accepted(const struct flight_request *request, int status)
{
    return (request->accept != NULL && status_set_has(request->accept, status)) ||
           (request->absent != NULL && request->absent->count > 0 &&
            status_set_has(request->absent, status));
}

static bool status_is_for_retry(const struct flight_request *request, int status)
{
    const struct retry_policy *retry = &request->service->policies.retry;
    if (retry->attempts == 0 || status_is_accepted(request, status))
        return false;
    for (uint32_t i = 0; i < retry->status_count; i++)
        if (retry->statuses[i] == status)
            return true;
    return false;
}

bool outcome_is_answer(const struct flight_request *request, enum reason reason, int status)
{
    return outcome_verdict(request, reason, status) == GUARD_GOOD &&
           (reason != REASON_NONE || !status_is_for_retry(request, status));
}

enum guard_verdict outcome_verdict(const struct flight_request *request, enum reason reason,
                                   int status)
{
    /* An answer beyond our bounds is our matter: the service is there. */
    if (reason == REASON_TOO_LARGE)
        return GUARD_GOOD;
    if (reason != REASON_NONE)
        return GUARD_BAD;
    return status >= 500 && !status_is_accepted(request, status) ? GUARD_BAD : GUARD_GOOD;
}

bool outcome_is_for_retry(const struct flight_request *request, enum reason reason, int status)
{
    const struct retry_policy *retry = &request->service->policies.retry;
    if (!request->is_idempotent && reason != REASON_CONNECT)
        return false;
    switch (reason) {
    case REASON_NONE:
        return status_is_for_retry(request, status);
    case REASON_CONNECT:
        return retry->connect;
    case REASON_RESET:
        return retry->reset;
    case REASON_TIMEOUT:
        return retry->timeout;
    default:
        return false;
    }
}

struct str lines_with_time(struct arena *arena, struct str lines, usec left)
{
    struct str value;
    if (!field_lines_find(lines, STR("x-request-timeout-ms"), &value))
        return lines;
    struct str before = {lines.at, (size_t)(value.at - lines.at)};
    struct str after = str_from(lines, before.length + value.length);
    usec milliseconds = left > 0 ? (left + MILLISECOND - 1) / MILLISECOND : 0;
    return str_format(arena, "%.*s%lld%.*s", STR_ARGS(before), (long long)milliseconds,
                      STR_ARGS(after));
}

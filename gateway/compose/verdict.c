/*
 * The rules of the language: a status is an answer or not; the body of an answer is JSON or the
 * call has failed, whatever its content type says; an empty one is null.
 */
#include "gateway/compose/verdict.h"

#include "base/arena.h"

static bool is_success(int status)
{
    return status >= 200 && status <= 299;
}

static bool has_no_body(const struct flight *flight, const struct request *request)
{
    return flight->answer.status == 204 || flight->answer.status == 205 ||
           request->method == METHOD_HEAD || flight->answer.body.length == 0;
}

static enum reason body_read(struct arena *arena, const struct flight *flight, bool is_entered,
                             struct json *ret_value)
{
    struct json_limits limits = json_limits_default;
    limits.bytes = flight->answer.body.length;
    enum json_fault fault = is_entered
                                ? json_read(arena, flight->answer.body, &limits, ret_value, NULL)
                                : json_check(flight->answer.body, &limits, ret_value, NULL);
    if (fault == JSON_FAULT_TOO_LARGE || arena_is_over(arena))
        return REASON_TOO_LARGE;
    return fault == JSON_OK ? REASON_NONE : REASON_INVALID_JSON;
}

struct outcome verdict_of_flight(struct arena *arena, const struct flight *flight,
                                 const struct request *request, const struct status_set *absent,
                                 bool is_entered)
{
    struct outcome outcome = {
        .reason = flight->reason,
        .status = flight->answer.status,
        .value = json_null(),
        .fields = flight->answer.fields,
        .field_count = flight->answer.field_count,
    };
    int status = flight->answer.status;
    if (flight->reason != REASON_NONE)
        return outcome;
    if (absent->count > 0 && status_set_has(absent, status))
        return outcome;
    if (!status_set_has(&request->accept, status)) {
        outcome.reason = REASON_STATUS;
        return outcome;
    }
    if (has_no_body(flight, request))
        return outcome;
    outcome.reason = body_read(arena, flight, is_entered, &outcome.value);
    if (outcome.reason == REASON_INVALID_JSON && !is_success(status)) {
        /* an accepted failure often speaks HTML: ask meta.CALL.status */
        outcome.reason = REASON_NONE;
        outcome.value = json_null();
    }
    return outcome;
}

/*
 * The rules of the language: a status is an answer or not; the body of an answer is JSON or the
 * call has failed, whatever its content type says; an empty one is null. The answer to a batch is
 * an array.
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

static enum reason body_read(struct arena *arena, const struct flight *flight,
                             const struct call *call, struct json *ret_value)
{
    struct json_limits limits = json_limits_default;
    limits.bytes = flight->answer.body.length;
    enum json_fault fault = call->is_entered
                                ? json_read(arena, flight->answer.body, &limits, ret_value, NULL)
                                : json_check(flight->answer.body, &limits, ret_value, NULL);
    if (fault == JSON_FAULT_TOO_LARGE || arena_is_over(arena))
        return REASON_TOO_LARGE;
    if (fault != JSON_OK || (call->batch > 0 && json_type(*ret_value) != JSON_ARRAY))
        return REASON_INVALID_JSON;
    return REASON_NONE;
}

struct outcome verdict_of_flight(struct arena *arena, const struct flight *flight,
                                 const struct request *request, const struct call *call)
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
    if (call->absent.count > 0 && status_set_has(&call->absent, status))
        return outcome;
    if (!status_set_has(&request->accept, status)) {
        outcome.reason = REASON_STATUS;
        return outcome;
    }
    if (has_no_body(flight, request))
        return outcome;
    outcome.reason = body_read(arena, flight, call, &outcome.value);
    if (outcome.reason == REASON_INVALID_JSON) {
        outcome.value = json_null();
        /* an accepted failure often speaks HTML: ask meta.CALL.status */
        if (!is_success(status))
            outcome.reason = REASON_NONE;
    }
    return outcome;
}

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

static bool has_no_body(const struct flight_answer *answer, const struct request *request)
{
    return answer->status == 204 || answer->status == 205 || request->method == METHOD_HEAD ||
           answer->body.length == 0;
}

/* One that was only checked is read again where somebody looks inside. */
static bool value_serves(const struct json *value, const struct call *call)
{
    return value != NULL && (!call->is_entered || json_type(*value) < JSON_ARRAY ||
                             value->form == JSON_FORM_INDEXED);
}

static enum reason body_read(struct arena *arena, const struct evidence *evidence,
                             const struct call *call, struct json *ret_value)
{
    struct str body = evidence->answer->body;
    struct json_limits limits = json_limits_default;
    enum json_fault fault = JSON_OK;
    limits.bytes = body.length;
    if (value_serves(evidence->value, call))
        *ret_value = *evidence->value;
    else
        fault = call->is_entered ? json_read(arena, body, &limits, ret_value, NULL)
                                 : json_check(body, &limits, ret_value, NULL);
    if (fault == JSON_FAULT_TOO_LARGE || arena_is_over(arena))
        return REASON_TOO_LARGE;
    if (fault != JSON_OK || (call->batch > 0 && json_type(*ret_value) != JSON_ARRAY))
        return REASON_INVALID_JSON;
    return REASON_NONE;
}

struct outcome verdict_of(struct arena *arena, const struct evidence *evidence,
                          const struct request *request, const struct call *call)
{
    const struct flight_answer *answer = evidence->answer;
    struct outcome outcome = {
        .reason = evidence->reason,
        .status = answer->status,
        .value = json_null(),
        .fields = answer->fields,
        .field_count = answer->field_count,
    };
    int status = answer->status;
    if (evidence->reason != REASON_NONE)
        return outcome;
    if (call->absent.count > 0 && status_set_has(&call->absent, status))
        return outcome;
    if (!status_set_has(&request->accept, status)) {
        outcome.reason = REASON_STATUS;
        return outcome;
    }
    if (has_no_body(answer, request))
        return outcome;
    outcome.reason = body_read(arena, evidence, call, &outcome.value);
    outcome.is_read = outcome.reason == REASON_NONE;
    if (outcome.reason == REASON_INVALID_JSON) {
        outcome.value = json_null();
        /* an accepted failure often speaks HTML: ask meta.CALL.status */
        if (!is_success(status))
            outcome.reason = REASON_NONE;
    }
    return outcome;
}

/*
 * The one table that turns a failed call into what the client gets.
 */
#include "gateway/compose/problem.h"

#include "base/arena.h"
#include "base/json/make.h"
#include "routes/call.h"

#include <stdio.h>

/* These speak of the connection between braid and the service, not of what the client asked. */
static bool status_is_ours(int status)
{
    return status == 407 || status == 408 || status == 421 || status == 426 || status == 431;
}

static int passed_on_status(const struct call *call, int status)
{
    if (status < 400 || status > 499 || status_is_ours(status))
        return 502;
    if (call->target_mentions_call && status != 401 && status != 403 && status != 429)
        return 502;
    return status;
}

int problem_status(const struct call *call, const struct outcome *outcome)
{
    switch (outcome->reason) {
    case REASON_STATUS:
        return passed_on_status(call, outcome->status);
    case REASON_UNRESOLVED:
        return outcome->is_client_fault ? 400 : 502;
    case REASON_TIMEOUT:
    case REASON_DEADLINE:
        return 504;
    case REASON_BREAKER_OPEN:
    case REASON_OVERLOADED:
        return 503;
    default:
        return 502;
    }
}

static void member_write(struct slices *out, const char *name, struct str value)
{
    slices_copy(out, STR(",\""));
    slices_copy_literal(out, name);
    slices_copy(out, STR("\":"));
    json_write_string(out, value);
}

void problem_write(const struct problem *problem, struct reply *reply)
{
    char status[16];
    struct slices *out = &reply->body;
    reply_clear(reply);
    reply->status = problem->status;
    reply_add(reply, "Content-Type", "application/problem+json");
    reply_add(reply, "Cache-Control", "no-store");
    snprintf(status, sizeof status, "%d", problem->status);
    slices_copy(out, STR("{\"type\":\"about:blank\""));
    member_write(out, "title", str_of(reply_status_title(problem->status)));
    slices_copy(out, STR(",\"status\":"));
    slices_copy_literal(out, status);
    if (problem->call.length > 0)
        member_write(out, "call", problem->call);
    if (problem->reason != NULL)
        member_write(out, "reason", str_of(problem->reason));
    if (problem->parameter.length > 0)
        member_write(out, "parameter", problem->parameter);
    if (problem->id.length > 0)
        member_write(out, "request_id", problem->id);
    slices_copy(out, STR("}"));
}

/*
 * Order matters: the body is written first, since an expression that fails in it makes the answer
 * degraded, and that decides about status and fields.
 */
#include "gateway/compose/answer.h"
#include "config/expose.h"

#include "base/json/make.h"
#include "gateway/compose/cache_status.h"
#include "gateway/compose/degraded.h"
#include "gateway/compose/freshness.h"
#include "gateway/compose/problem.h"

/* One preference: name, `=`, a word or the same word in quotes, parameters (RFC 7240 2). */
static bool preference_is_strict(struct str part)
{
    part.length = str_find(part, ';');
    size_t equals = str_find(part, '=');
    if (equals == part.length ||
        !str_equal_ignore_case(str_trim((struct str){part.at, equals}), STR("handling")))
        return false;
    struct str value = str_trim(str_from(part, equals + 1));
    return str_equal_ignore_case(value, STR("strict")) ||
           str_equal_ignore_case(value, STR("\"strict\""));
}

static bool client_is_strict(struct context *context)
{
    struct str rest = client_request_field(&context->arena, &context->request, STR("prefer"));
    struct str part;
    while (rest.at != NULL && str_cut(&rest, ',', &part))
        if (preference_is_strict(part))
            return true;
    return false;
}

static enum reason answer_fail(struct context *context, const struct step *step,
                               struct reply *reply)
{
    struct problem problem = {
        .status = problem_status(step->call, &step->outcome),
        .call = step->call->name,
        .reason = reason_name(step->outcome.reason),
        .id = context->envelope.id,
    };
    problem_write(&problem, reply);
    if (problem.status == 503)
        reply_add(reply, "Retry-After", "1");
    if (step->outcome.reason != REASON_STATUS || problem.status != step->outcome.status)
        return step->outcome.reason;
    /* what the service says about how to ask again is for the client, its body is not */
    struct str challenge = outcome_field(&step->outcome, STR("www-authenticate"));
    struct str retry = outcome_field(&step->outcome, STR("retry-after"));
    if (challenge.at != NULL)
        reply_add_text(reply, STR("WWW-Authenticate"), challenge);
    if (retry.at != NULL)
        reply_add_text(reply, STR("Retry-After"), retry);
    return REASON_STATUS;
}

/* A failure that is no call's. */
static enum reason answer_give_up(struct context *context, enum reason reason, struct reply *reply)
{
    struct problem problem = {
        .status = 502, .reason = reason_name(reason), .id = context->envelope.id};
    problem_write(&problem, reply);
    return reason;
}

/* One member per call in the order written; skipped is null, `omit` is absent. */
static void default_body_write(struct context *context, const struct run *run, struct slices *out)
{
    char separator = '{';
    for (uint32_t i = 0; i < run->count; i++) {
        const struct step *step = &run->steps[i];
        if (step->outcome.source == SOURCE_OMIT && !step->is_fanout)
            continue;
        slices_copy(out, (struct str){&separator, 1});
        json_write_string(out, step->call->name);
        slices_copy(out, STR(":"));
        json_write(out, context->evaluation.slots[step->call->slot]);
        separator = ',';
    }
    slices_copy(out, separator == '{' ? STR("{}") : STR("}"));
}

static void body_write(struct context *context, const struct run *run, struct slices *out)
{
    const struct template *body = context->route->response.body;
    struct json constant;
    if (body == NULL)
        default_body_write(context, run, out);
    else if (template_is_constant(body, &constant))
        json_write(out, constant);
    else
        template_write(body, &context->evaluation, out);
}

/* 200 to 599, as a number or three digits; otherwise 500, and the expression is to blame. */
static int status_of(struct context *context)
{
    const struct response_plan *plan = &context->route->response;
    struct json value;
    struct str text;
    uint64_t status;
    if (!plan->has_status)
        return 200;
    if (text_evaluate(&plan->status, &context->evaluation.frame, &value) &&
        text_insert(&context->arena, value, &text) && text.length == 3 &&
        str_to_unsigned(text, 599, &status) && status >= 200)
        return (int)status;
    context->evaluation.failed_expressions++;
    return 500;
}

static void field_add_value(struct context *context, struct reply *reply, struct str name,
                            struct json value)
{
    struct str text;
    if (json_is_null(value))
        return;
    if (!text_insert(&context->arena, value, &text) || !reply_add_text(reply, name, text))
        context->evaluation.failed_expressions++;
}

/* null leaves a field out, an array is several lines. */
static void fields_write(struct context *context, struct reply *reply)
{
    const struct response_plan *plan = &context->route->response;
    for (uint32_t i = 0; i < plan->header_count; i++) {
        struct json value, element, key;
        if (!text_evaluate(&plan->headers[i].text, &context->evaluation.frame, &value)) {
            context->evaluation.failed_expressions++;
            continue;
        }
        if (json_type(value) != JSON_ARRAY) {
            field_add_value(context, reply, plan->headers[i].name, value);
            continue;
        }
        struct json_iterator iterator = json_iterate(value);
        while (json_next(&iterator, &key, &element))
            field_add_value(context, reply, plan->headers[i].name, element);
    }
}

static void cookies_write(struct context *context, const struct run *run, struct reply *reply)
{
    const struct response_plan *plan = &context->route->response;
    for (uint32_t i = 0; i < plan->cookie_count; i++) {
        const struct outcome *outcome = &run->steps[plan->cookies[i]].outcome;
        if (outcome->source != SOURCE_LIVE && outcome->source != SOURCE_REQUEST)
            continue;
        for (uint32_t k = 0; k < outcome->field_count; k++)
            if (str_equal_ignore_case(outcome->fields[k].name, STR("set-cookie")))
                reply_add_text(reply, STR("Set-Cookie"), outcome->fields[k].value);
    }
}

/* Whether a service saw who the client is, so that what it said may be for that client alone. */
static bool identity_was_forwarded(const struct run *run)
{
    for (uint32_t i = 0; i < run->count; i++) {
        const struct service *service = run->steps[i].call->request.service;
        for (uint32_t k = 0; k < service->forward_header_count; k++)
            if (str_equal(service->forward_headers[k], STR("authorization")) ||
                str_equal(service->forward_headers[k], STR("cookie")))
                return true;
    }
    return false;
}

static void freshness_write(struct context *context, const struct run *run, struct reply *reply)
{
    struct freshness least = {.seconds = UINT32_MAX};
    uint32_t parts = 0;
    if (reply_has(reply, "Cache-Control") || !method_is_safe(context->request.method))
        return;
    for (uint32_t i = 0; i < run->count; i++) {
        if (run->steps[i].outcome.source != SOURCE_LIVE &&
            run->steps[i].outcome.source != SOURCE_CACHE)
            continue;
        least = freshness_least(least, freshness_of_part(&run->steps[i].outcome));
        parts++;
    }
    if (parts == 0)
        return;
    least.is_private = least.is_private || identity_was_forwarded(run);
    reply_add(reply, "Cache-Control", freshness_text(&context->arena, least));
    if (context->route->vary.length > 0 && !reply_has(reply, "Vary"))
        reply_add(reply, "Vary", context->route->vary.at);
}

static void cache_status_add(struct context *context, const struct run *run, struct reply *reply)
{
    if ((context->route->expose & EXPOSE_CACHE_STATUS) == 0 || reply_has(reply, "Cache-Status"))
        return;
    struct str text = cache_status_text(&context->arena, run);
    if (text.length > 0)
        reply_add(reply, "Cache-Status", text.at);
}

static void complete_fields_write(struct context *context, struct run *run, struct reply *reply,
                                  struct str degraded)
{
    if (degraded.length == 0) {
        freshness_write(context, run, reply);
        return;
    }
    reply_remove(reply, "Cache-Control");
    reply_remove(reply, "Degraded");
    reply_add(reply, "Cache-Control", "no-store");
    reply_add(reply, "Degraded", degraded.at);
}

/* What a client that asked for all or nothing gets: the row of the first item. */
static enum reason answer_refuse(struct context *context, struct run *run, struct reply *reply)
{
    for (uint32_t i = 0; i < run->count; i++)
        if (outcome_is_degraded(&run->steps[i].outcome))
            return answer_fail(context, &run->steps[i], reply);
    return answer_give_up(context, REASON_EXPRESSION, reply);
}

enum reason answer_write(struct context *context, struct run *run, struct reply *reply,
                         struct str *ret_degraded)
{
    *ret_degraded = STR("");
    if (run->failed != NULL)
        return answer_fail(context, run->failed, reply);
    reply_clear(reply);
    body_write(context, run, &reply->body);
    reply->status = status_of(context);
    fields_write(context, reply);
    cookies_write(context, run, reply);
    *ret_degraded = degraded_text(&context->arena, run, context->evaluation.failed_expressions > 0);
    if (arena_is_over(&context->arena) || reply->body.is_over)
        return answer_give_up(context, REASON_TOO_LARGE, reply);
    if (ret_degraded->length > 0 && client_is_strict(context))
        return answer_refuse(context, run, reply);
    complete_fields_write(context, run, reply, *ret_degraded);
    cache_status_add(context, run, reply);
    if (!reply_has(reply, "Content-Type"))
        reply_add(reply, "Content-Type", "application/json");
    if (reply->status == 204 || reply->status == 205 || reply->status == 304) {
        slices_init(&reply->body, &context->arena);
        reply_remove(reply, "Content-Type");
    }
    return REASON_NONE;
}

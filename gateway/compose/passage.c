/*
 * What belongs to one connection only stays on it (end_to_end.h), in both directions.
 */
#include "gateway/compose/passage.h"

#include "base/field_bytes.h"
#include "config/expose.h"
#include "gateway/compose/cache_status.h"
#include "gateway/compose/exposure.h"
#include "gateway/compose/observation.h"
#include "gateway/compose/problem.h"
#include "gateway/upstream/end_to_end.h"

/* An answer is held as a whole, within what one exchange may hold (CONTEXT_MEMORY). */
#define ANSWER_MAXIMUM (CONTEXT_MEMORY / 2)

static bool field_passes(const struct field *fields, uint32_t count, struct str name)
{
    return !str_equal_ignore_case(name, STR("content-length")) &&
           field_is_end_to_end(fields, count, name);
}

static void line_write(struct slices *out, struct str name, struct str value)
{
    slices_copy(out, name);
    slices_copy(out, STR(": "));
    slices_copy(out, value);
    slices_copy(out, STR("\r\n"));
}

static bool proxy_sets(const struct proxy *proxy, struct str name)
{
    for (uint32_t i = 0; i < proxy->header_count; i++)
        if (str_equal_ignore_case(proxy->headers[i].name, name))
            return true;
    return false;
}

/* The file's own fields win over the client's; null is not sent. */
static enum reason own_fields_write(struct context *context, const struct proxy *proxy,
                                    struct slices *out)
{
    for (uint32_t i = 0; i < proxy->header_count; i++) {
        struct json value;
        struct str text;
        if (!text_evaluate(&proxy->headers[i].text, &context->evaluation.frame, &value))
            return REASON_UNRESOLVED;
        if (json_is_null(value))
            continue;
        if (!text_insert(&context->arena, value, &text) || !text_is_field_value(text))
            return REASON_UNRESOLVED;
        line_write(out, proxy->headers[i].name, text);
    }
    return REASON_NONE;
}

static enum reason header_lines(struct context *context, const struct proxy *proxy, usec left,
                                struct str *ret_lines)
{
    const struct client_request *request = &context->request;
    struct slices out;
    slices_init(&out, &context->arena);
    for (uint32_t i = 0; i < request->field_count; i++) {
        const struct field *field = &request->fields[i];
        if (field_passes(request->fields, request->field_count, field->name) &&
            !str_equal_ignore_case(field->name, STR("host")) && !envelope_owns_field(field->name) &&
            !exposure_owns_field(&context->snapshot->config->settings, field->name) &&
            !proxy_sets(proxy, field->name))
            line_write(&out, field->name, field->value);
    }
    slices_copy(&out,
                envelope_own_lines(&context->envelope, context->composer, &context->arena, left));
    enum reason reason = own_fields_write(context, proxy, &out);
    if (reason == REASON_NONE)
        *ret_lines = slices_join(&out);
    return reason;
}

/* The prefix of the service, the mapped path or the client's own, the query as it came. */
static struct str target_of(struct context *context, const struct proxy *proxy)
{
    struct slices out;
    slices_init(&out, &context->arena);
    slices_copy(&out, proxy->service->urls[0].prefix);
    size_t prefix = out.bytes;
    if (proxy->path.length == 0 && !proxy->has_rest) {
        slices_copy(&out, context->path.text);
    } else {
        slices_copy(&out, proxy->path);
        if (proxy->has_rest)
            slices_copy(&out, context->match.rest);
    }
    if (out.bytes == prefix)
        slices_copy(&out, STR("/"));
    if (context->request.query.at != NULL) {
        slices_copy(&out, STR("?"));
        slices_copy(&out, context->request.query);
    }
    return slices_join(&out);
}

const struct proxy *passage_choose(struct context *context)
{
    for (uint32_t i = 0; i < context->route->proxy_count; i++) {
        const struct proxy *proxy = &context->route->proxies[i];
        struct json truth;
        if (!proxy->has_when || (text_evaluate(&proxy->when, &context->evaluation.frame, &truth) &&
                                 jmespath_truth(truth)))
            return proxy;
    }
    return NULL;
}

/* What has no text chooses nothing. */
static struct str hash_of(struct context *context, const struct proxy *proxy)
{
    struct json value;
    struct str text = STR_NONE;
    if (proxy->has_hash && text_evaluate(&proxy->hash, &context->evaluation.frame, &value))
        (void)text_insert(&context->arena, value, &text);
    return text;
}

static void passage_on_answer(struct flight *flight)
{
    struct passage *passage = container_of(flight, struct passage, flight);
    observation_end(passage->context, passage->hop, flight, flight->reason, flight->answer.status);
    passage_cache_land(&passage->cache, passage->context, flight->reason, &flight->answer);
    passage->done(passage);
}

static void passage_fly(struct passage *passage, struct flight_request *request)
{
    struct context *context = passage->context;
    struct str conditions = passage_cache_conditions(&passage->cache, context);
    if (conditions.length > 0)
        request->header_lines = str_format(&context->arena, "%.*s%.*s",
                                           STR_ARGS(request->header_lines), STR_ARGS(conditions));
    uint64_t span = context->envelope.span;
    passage->hop = observation_begin(context, NULL, NULL, passage->proxy->service);
    passage->hop->span = span; /* which the lines tell already */
    flight_start(&passage->flight, context->composer->upstreams, &context->arena, request,
                 passage_on_answer);
}

enum reason passage_start(struct passage *passage, struct context *context,
                          const struct proxy *proxy, void (*done)(struct passage *passage),
                          bool *ret_is_over)
{
    usec left = proxy->timeout > 0 ? proxy->timeout : proxy->service->timeout;
    passage->context = context;
    passage->proxy = proxy;
    passage->done = done;
    struct flight_request request = {
        .service = proxy->service,
        .method = method_name(context->request.method),
        .target = target_of(context, proxy),
        .has_body = context->request.has_body,
        .body = context->request.body,
        .max_response = ANSWER_MAXIMUM,
        .keeps_encoding = true,
        .deadline = context_now(context) + left,
        .timeout = left,
        .patience = left / 2,
        .hash = hash_of(context, proxy),
    };
    /* the lines tell the span of a request that may turn out not to be needed */
    context->envelope.span = random_next(&context->composer->random) | 1;
    enum reason reason = header_lines(context, proxy, left, &request.header_lines);
    *ret_is_over = false;
    if (reason != REASON_NONE)
        return reason;
    passage_cache_look(&passage->cache, context, proxy, request.target, request.header_lines);
    *ret_is_over = passage->cache.is_answered;
    if (!*ret_is_over)
        passage_fly(passage, &request);
    return REASON_NONE;
}

void passage_cancel(struct passage *passage)
{
    observation_end(passage->context, passage->hop, &passage->flight, REASON_CANCELLED, 0);
    flight_cancel(&passage->flight);
}

static void passage_fail(struct passage *passage, enum reason reason, struct reply *reply)
{
    struct outcome outcome = {.reason = reason};
    struct problem problem = {.status = problem_status(NULL, &outcome),
                              .reason = reason_name(reason),
                              .id = passage->context->envelope.id};
    problem_write(&problem, reply);
    if (problem.status == 503)
        reply_add(reply, "Retry-After", "1");
}

/* What the body would be long where none is sent (RFC 9110 8.6). */
static void announced_length(const struct flight_answer *answer, struct reply *reply)
{
    struct str text;
    if (flight_answer_field(answer, STR("content-length"), &text) &&
        str_to_unsigned(text, UINT64_MAX / 2, &reply->length))
        reply->has_length = true;
}

static void answer_write(struct passage *passage, struct reply *reply)
{
    const struct flight_answer *answer = &passage->flight.answer;
    reply_clear(reply);
    reply->status = answer->status;
    for (uint32_t i = 0; i < answer->field_count; i++)
        if (field_passes(answer->fields, answer->field_count, answer->fields[i].name))
            reply_add_text(reply, answer->fields[i].name, answer->fields[i].value);
    if (passage->context->request.method == METHOD_HEAD || answer->status == 304)
        announced_length(answer, reply);
    else if (answer->status != 204 && answer->status != 205)
        slices_keep(&reply->body, answer->body);
}

/* Behind what caches before us have said (RFC 9211 2). */
static void cache_status_add(struct passage *passage, struct reply *reply)
{
    struct context *context = passage->context;
    struct slices out;
    if (!passage->cache.is_on || (context->route->expose & EXPOSE_CACHE_STATUS) == 0)
        return;
    slices_init(&out, &context->arena);
    slices_copy(&out, STR("braid"));
    cache_status_write(&out, &passage->cache.told);
    reply_add_text(reply, STR("Cache-Status"), slices_join(&out));
}

void passage_write(struct passage *passage, struct reply *reply, enum reason *ret_reason)
{
    *ret_reason = REASON_NONE;
    if (passage->cache.is_answered) {
        passage_cache_write(&passage->cache, passage->context, reply);
    } else if (passage->flight.reason != REASON_NONE) {
        *ret_reason = passage->flight.reason;
        passage_fail(passage, passage->flight.reason, reply);
        return;
    } else {
        answer_write(passage, reply);
    }
    cache_status_add(passage, reply);
}

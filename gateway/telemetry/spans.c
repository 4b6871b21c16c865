/*
 * Ids are hexadecimal text, times are nanoseconds as text, enums are numbers: so wants it the JSON
 * mapping of OTLP, other than that of protobuf.
 */
#include "gateway/telemetry/spans.h"

#define KIND_INTERNAL 1
#define KIND_SERVER   2
#define KIND_CLIENT   3
#define STATUS_ERROR  2

struct span_writer {
    struct buffer *to;
    const struct exchange *exchange;
    usec wall_shift; /* from loop time to the time of day */
    uint32_t count;
    bool has_attribute;
};

static void raw(struct span_writer *writer, struct str text)
{
    buffer_append(writer->to, text);
}

static void quoted(struct span_writer *writer, struct str text)
{
    text.length = text.length < SPANS_TEXT ? text.length : SPANS_TEXT;
    buffer_append_byte(writer->to, '"');
    log_escape(writer->to, text, LOG_JSON);
    buffer_append_byte(writer->to, '"');
}

static void attribute(struct span_writer *writer, struct str key, struct str type)
{
    if (writer->has_attribute)
        raw(writer, STR(","));
    writer->has_attribute = true;
    raw(writer, STR("{\"key\":\""));
    raw(writer, key);
    raw(writer, STR("\",\"value\":{\""));
    raw(writer, type);
    raw(writer, STR("\":"));
}

static void attribute_text(struct span_writer *writer, struct str key, struct str value)
{
    if (value.length == 0)
        return;
    attribute(writer, key, STR("stringValue"));
    quoted(writer, value);
    raw(writer, STR("}}"));
}

/* int64 is a text in JSON. */
static void attribute_number(struct span_writer *writer, struct str key, uint64_t value)
{
    attribute(writer, key, STR("intValue"));
    raw(writer, STR("\""));
    buffer_append_number(writer->to, value);
    raw(writer, STR("\"}}"));
}

static void id_write(struct span_writer *writer, struct str member, uint64_t id)
{
    char digits[SPAN_DIGITS];
    span_format(id, digits);
    raw(writer, member);
    raw(writer, (struct str){digits, sizeof digits});
    raw(writer, STR("\""));
}

static void time_write(struct span_writer *writer, struct str member, usec time)
{
    raw(writer, member);
    buffer_append_number(writer->to, (uint64_t)(time + writer->wall_shift) * 1000);
    raw(writer, STR("\""));
}

struct span {
    uint64_t id;
    uint64_t parent; /* 0: what the client said, if it said any */
    struct str name[2];
    int kind;
    usec began;
    usec ended;
};

static void parent_write(struct span_writer *writer, const struct span *span)
{
    const struct envelope *envelope = &writer->exchange->context.envelope;
    if (span->parent != 0) {
        id_write(writer, STR(",\"parentSpanId\":\""), span->parent);
    } else if (envelope->parent.length > 0) {
        raw(writer, STR(",\"parentSpanId\":\""));
        raw(writer, envelope->parent);
        raw(writer, STR("\""));
    }
    if (envelope->state.at != NULL) {
        raw(writer, STR(",\"traceState\":"));
        quoted(writer, envelope->state);
    }
}

static void span_begin(struct span_writer *writer, const struct span *span)
{
    if (writer->count++ > 0)
        raw(writer, STR(","));
    raw(writer, STR("{\"traceId\":\""));
    raw(writer, envelope_trace_id(&writer->exchange->context.envelope));
    id_write(writer, STR("\",\"spanId\":\""), span->id);
    parent_write(writer, span);
    raw(writer, STR(",\"name\":\""));
    for (int i = 0; i < 2; i++) {
        size_t length = span->name[i].length < SPANS_TEXT ? span->name[i].length : SPANS_TEXT;
        log_escape(writer->to, (struct str){span->name[i].at, length}, LOG_JSON);
    }
    raw(writer, STR("\",\"kind\":"));
    buffer_append_number(writer->to, (uint64_t)span->kind);
    time_write(writer, STR(",\"startTimeUnixNano\":\""), span->began);
    time_write(writer, STR(",\"endTimeUnixNano\":\""), span->ended);
    raw(writer, STR(",\"attributes\":["));
    writer->has_attribute = false;
}

static void span_end(struct span_writer *writer, bool is_error)
{
    raw(writer, STR("]"));
    if (is_error) {
        raw(writer, STR(",\"status\":{\"code\":"));
        buffer_append_number(writer->to, STATUS_ERROR);
        raw(writer, STR("}"));
    }
    raw(writer, STR("}"));
}

/* --- the three kinds ---------------------------------------------------------------------- */

static struct str method_text(const struct context *context)
{
    return context->request.method < METHOD_COUNT ? method_name(context->request.method)
                                                  : STR("_OTHER");
}

/* The key without its methods: "/orders/{id}". */
static struct str route_pattern(const struct route *route)
{
    return str_from(route->key, str_find(route->key, '/'));
}

static void request_span(struct span_writer *writer, const struct account *account, uint64_t id)
{
    const struct exchange *exchange = writer->exchange;
    const struct context *context = &exchange->context;
    struct str name = context->route != NULL ? context->route->key : method_text(context);
    bool is_error = account->status >= 500 || account->status == 0;
    span_begin(writer, &(struct span){.id = id,
                                      .name = {name},
                                      .kind = KIND_SERVER,
                                      .began = account->began,
                                      .ended = account->ended});
    attribute_text(writer, STR("http.request.method"), method_text(context));
    attribute_text(writer, STR("url.path"), context->request.path);
    attribute_text(writer, STR("url.scheme"), context->request.is_tls ? STR("https") : STR("http"));
    attribute_text(writer, STR("client.address"), context->envelope.client);
    attribute_text(writer, STR("braid.request_id"), context->envelope.id);
    if (context->route != NULL)
        attribute_text(writer, STR("http.route"), route_pattern(context->route));
    if (account->status > 0)
        attribute_number(writer, STR("http.response.status_code"), (uint64_t)account->status);
    attribute_text(writer, STR("braid.degraded"), exchange->degraded);
    if (context->trail.count > SPANS_HOPS)
        attribute_number(writer, STR("braid.spans_left_out"), context->trail.count - SPANS_HOPS);
    if (is_error)
        attribute_text(
            writer, STR("error.type"),
            str_of(exchange->reason != REASON_NONE ? reason_name(exchange->reason) : "cancelled"));
    span_end(writer, is_error);
}

static void call_span(struct span_writer *writer, const struct call_account *call, uint64_t id,
                      uint64_t parent)
{
    bool is_error = call->source == SOURCE_FAILED || call->reason == REASON_CANCELLED;
    span_begin(writer, &(struct span){.id = id,
                                      .parent = parent,
                                      .name = {STR("call "), call->name},
                                      .kind = KIND_INTERNAL,
                                      .began = call->began,
                                      .ended = call->ended});
    attribute_text(writer, STR("braid.call"), call->name);
    attribute_text(writer, STR("braid.source"), str_of(source_name(call->source)));
    if (call->reason != REASON_NONE)
        attribute_text(writer, STR("braid.reason"), str_of(reason_name(call->reason)));
    span_end(writer, is_error);
}

static void hop_span(struct span_writer *writer, const struct hop *hop, uint64_t parent,
                     usec request_ended)
{
    bool has_ended = hop->ended > 0;
    enum reason reason = has_ended ? hop->reason : REASON_CANCELLED;
    span_begin(writer, &(struct span){.id = hop->span,
                                      .parent = parent,
                                      .name = {method_name(hop->method)},
                                      .kind = KIND_CLIENT,
                                      .began = hop->began,
                                      .ended = has_ended ? hop->ended : request_ended});
    attribute_text(writer, STR("http.request.method"), method_name(hop->method));
    attribute_text(writer, STR("service.peer.name"), hop->service->name);
    if (hop->status > 0)
        attribute_number(writer, STR("http.response.status_code"), (uint64_t)hop->status);
    if (hop->tries > 1)
        attribute_number(writer, STR("http.request.resend_count"), hop->tries - 1);
    if (hop->is_rung)
        attribute_text(writer, STR("braid.source"), str_of(source_name(SOURCE_REQUEST)));
    if (hop->took_off > hop->began)
        attribute_number(writer, STR("braid.wait_us"), (uint64_t)(hop->took_off - hop->began));
    if (reason != REASON_NONE)
        attribute_text(writer, STR("error.type"), str_of(reason_name(reason)));
    span_end(writer, reason != REASON_NONE);
}

static uint64_t id_new(struct random *random)
{
    return random_next(random) | 1;
}

uint32_t spans_write(struct buffer *to, const struct exchange *exchange,
                     const struct account *account, struct random *random, usec wall)
{
    const struct trail *trail = &exchange->context.trail;
    struct span_writer writer = {
        .to = to, .exchange = exchange, .wall_shift = wall - account->ended};
    uint64_t root = id_new(random);
    /* the calls' ids have a base of their own, so that their requests find them */
    uint64_t base = id_new(random);
    request_span(&writer, account, root);
    for (uint32_t i = 0; i < account->call_count; i++)
        if (account->calls[i].is_begun && account->calls[i].name.length > 0)
            call_span(&writer, &account->calls[i], base + 2 * (uint64_t)i, root);
    uint32_t left = SPANS_HOPS;
    for (const struct hop *hop = trail->first; hop != NULL && left > 0; hop = hop->next, left--)
        hop_span(&writer, hop, hop->call != NULL ? base + 2 * (uint64_t)hop->call->index : root,
                 account->ended);
    return writer.count;
}

/*
 * Who is believed: anybody may name a trace and a request id (they are only labels, checked for
 * their form); the chain of addresses and the time that is left only who is in trusted_proxies.
 */
#include "gateway/compose/envelope.h"

#include "base/arena.h"
#include "base/field_lines.h"
#include "base/hex.h"
#include "base/slices.h"

#include <arpa/inet.h>

#define ID_MAXIMUM 128
#define TRACE_ID   32
#define SPAN_ID    SPAN_DIGITS

/* Bytes of the lines that one request has for itself, mostly: all in one piece. */
#define OWN_USUAL 128

/* W3C Baggage 3.3.2: what everybody has to pass on. What is longer is not. */
#define BAGGAGE_MAXIMUM 8192

static bool id_is_sane(struct str id)
{
    if (id.at == NULL || id.length == 0 || id.length > ID_MAXIMUM)
        return false;
    for (size_t i = 0; i < id.length; i++) {
        char c = id.at[i];
        bool is_fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
        if (!is_fine)
            return false;
    }
    return true;
}

static bool is_lower_hex(struct str text)
{
    bool is_zero = true;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        is_zero = is_zero && c == '0';
    }
    return !is_zero;
}

/* version "00", trace id, parent id, flags; an all-zero id is invalid (W3C Trace Context 3.2). */
static bool traceparent_is_valid(struct str value)
{
    return value.length == 55 && memcmp(value.at, "00-", 3) == 0 && value.at[35] == '-' &&
           value.at[52] == '-' && is_lower_hex((struct str){value.at + 3, TRACE_ID}) &&
           is_lower_hex((struct str){value.at + 36, SPAN_ID}) &&
           ((value.at[53] == '0' && value.at[54] == '0') ||
            is_lower_hex((struct str){value.at + 53, 2}));
}

static bool address_bytes(struct str text, uint8_t bytes[16])
{
    char copy[INET6_ADDRSTRLEN];
    if (text.length == 0 || text.length >= sizeof copy)
        return false;
    memcpy(copy, text.at, text.length);
    copy[text.length] = '\0';
    struct in_addr v4;
    if (inet_pton(AF_INET, copy, &v4) == 1) {
        memset(bytes, 0, 10);
        memset(bytes + 10, 0xFF, 2);
        memcpy(bytes + 12, &v4, 4);
        return true;
    }
    return inet_pton(AF_INET6, copy, bytes) == 1;
}

static bool is_trusted(const struct settings *settings, struct str address)
{
    uint8_t bytes[16];
    if (settings->trusted_proxy_count == 0 || !address_bytes(str_trim(address), bytes))
        return false;
    for (uint32_t i = 0; i < settings->trusted_proxy_count; i++)
        if (block_holds(&settings->trusted_proxies[i], bytes))
            return true;
    return false;
}

/* The rightmost address of the chain that no trusted proxy has; the chain's first otherwise. */
static struct str client_of_chain(const struct settings *settings, struct str chain,
                                  struct str peer)
{
    struct str client = peer, rest = chain;
    while (rest.at != NULL && rest.length > 0 && is_trusted(settings, client)) {
        size_t comma = rest.length;
        while (comma > 0 && rest.at[comma - 1] != ',')
            comma--;
        client = str_trim(str_from(rest, comma));
        rest.length = comma > 0 ? comma - 1 : 0;
    }
    uint8_t bytes[16];
    return address_bytes(client, bytes) ? client : peer;
}

/* An address as RFC 7239 6 writes it. */
static struct str forwarded_for(struct arena *arena, struct str client)
{
    if (client.length == 0)
        return STR("unknown");
    if (str_find(client, ':') < client.length)
        return str_format(arena, "\"[%.*s]\"", STR_ARGS(client));
    return client;
}

/* What a trusted proxy said of itself goes on in front of what we add. */
struct chains {
    struct str forwarded;
    struct str addresses;
    struct str proto;
    struct str host;
};

static struct chains chains_read(struct arena *arena, const struct client_request *request,
                                 bool trusts)
{
    struct chains chains = {.proto = request->is_tls ? STR("https") : STR("http"),
                            .host = request->host};
    if (!trusts)
        return chains;
    chains.forwarded = client_request_field(arena, request, STR("forwarded"));
    chains.addresses = client_request_field(arena, request, STR("x-forwarded-for"));
    struct str proto = client_request_field(arena, request, STR("x-forwarded-proto"));
    struct str host = client_request_field(arena, request, STR("x-forwarded-host"));
    if (str_equal(proto, STR("http")) || str_equal(proto, STR("https")))
        chains.proto = proto;
    if (host.length > 0)
        chains.host = host;
    return chains;
}

static void append(struct slices *out, struct str name, struct str value)
{
    slices_copy(out, name);
    slices_copy(out, STR(": "));
    slices_copy(out, value);
    slices_copy(out, STR("\r\n"));
}

static struct str common_lines(struct arena *arena, const struct envelope *envelope,
                               const struct chains *chains, struct str peer)
{
    struct str comma = STR(", "), none = STR("");
    bool has_forwarded = chains->forwarded.length > 0, has_addresses = chains->addresses.length > 0;
    const struct str pieces[] = {
        STR("x-request-id: "),
        envelope->id,
        STR("\r\nforwarded: "),
        has_forwarded ? chains->forwarded : none,
        has_forwarded ? comma : none,
        STR("for="),
        forwarded_for(arena, peer),
        STR(";proto="),
        chains->proto,
        STR(";host=\""),
        chains->host,
        STR("\"\r\nx-forwarded-for: "),
        has_addresses ? chains->addresses : none,
        has_addresses ? comma : none,
        peer.length > 0 ? peer : STR("unknown"),
        STR("\r\nx-forwarded-proto: "),
        chains->proto,
        STR("\r\nx-forwarded-host: "),
        chains->host,
        STR("\r\ntraceparent: "),
        envelope->trace,
    };
    return str_concat(arena, pieces, sizeof pieces / sizeof *pieces);
}

void span_format(uint64_t id, char to[SPAN_DIGITS])
{
    hex_write(id, to);
}

struct str envelope_trace_id(const struct envelope *envelope)
{
    if (envelope->trace.length == 0)
        return STR("");
    return (struct str){envelope->trace.at + 3, TRACE_ID};
}

void envelope_sample(struct envelope *envelope)
{
    envelope->is_sampled = true;
    envelope->flags = STR("01");
}

/* Without a collector the services decide for themselves, as if nobody had asked before. */
static bool trace_is_wanted(struct composer *composer)
{
    const struct traces *traces = &composer->snapshot->config->settings.traces;
    const double whole = 9007199254740992.0; /* 2^53 */
    return traces->endpoint.length == 0 ||
           (double)(random_next(&composer->random) >> 11) < traces->share * whole;
}

static struct str baggage_of(struct arena *arena, const struct client_request *request)
{
    struct str baggage = client_request_field(arena, request, STR("baggage"));
    return baggage.length <= BAGGAGE_MAXIMUM ? baggage : STR_NONE;
}

/* The lowest bit of a hexadecimal digit. */
static bool digit_is_odd(char digit)
{
    return ((digit >= 'a' ? digit - 'a' + 10 : digit - '0') & 1) != 0;
}

static void envelope_trace(struct envelope *envelope, struct composer *composer,
                           struct arena *arena, const struct client_request *request)
{
    struct str parent = client_request_field(arena, request, STR("traceparent"));
    if (parent.at != NULL && traceparent_is_valid(parent)) {
        envelope->trace = (struct str){parent.at, 3 + TRACE_ID + 1};
        envelope->flags = (struct str){parent.at + 53, 2};
        envelope->parent = (struct str){parent.at + 36, SPAN_ID};
        envelope->is_sampled = digit_is_odd(parent.at[54]);
        envelope->state = client_request_field(arena, request, STR("tracestate"));
        return;
    }
    char *made = arena_bytes(arena, 3 + TRACE_ID + 1);
    memcpy(made, "00-", 3);
    random_hex(&composer->random, made + 3, TRACE_ID);
    made[3 + TRACE_ID] = '-';
    envelope->trace = (struct str){made, 3 + TRACE_ID + 1};
    envelope->flags = STR("00");
    if (trace_is_wanted(composer))
        envelope_sample(envelope);
}

static usec client_timeout(struct arena *arena, const struct client_request *request)
{
    struct str text = client_request_field(arena, request, STR("x-request-timeout-ms"));
    uint64_t milliseconds;
    if (text.at == NULL || !str_to_unsigned(text, UINT32_MAX, &milliseconds))
        return USEC_NEVER;
    return (usec)milliseconds * MILLISECOND;
}

struct str envelope_new_id(struct composer *composer, struct arena *arena)
{
    char *id = arena_bytes(arena, TRACE_ID);
    random_hex(&composer->random, id, TRACE_ID);
    return (struct str){id, TRACE_ID};
}

void envelope_init(struct envelope *envelope, struct composer *composer, struct arena *arena,
                   const struct client_request *request)
{
    const struct settings *settings = &composer->snapshot->config->settings;
    bool trusts = is_trusted(settings, request->peer);
    struct chains chains = chains_read(arena, request, trusts);
    envelope->client =
        trusts ? client_of_chain(settings, chains.addresses, request->peer) : request->peer;
    envelope->timeout = trusts ? client_timeout(arena, request) : USEC_NEVER;
    envelope->id = client_request_field(arena, request, STR("x-request-id"));
    if (!id_is_sane(envelope->id))
        envelope->id = envelope_new_id(composer, arena);
    envelope_trace(envelope, composer, arena, request);
    envelope->baggage = trusts ? baggage_of(arena, request) : STR_NONE;
    envelope->common = common_lines(arena, envelope, &chains, request->peer);
}

/* span "-" flags CR LF; the name of the trace ends the common lines. */
static void append_span(struct slices *out, const struct envelope *envelope,
                        struct composer *composer)
{
    char span[SPAN_ID + 5];
    span_format(envelope->span != 0 ? envelope->span : random_next(&composer->random), span);
    span[SPAN_ID] = '-';
    memcpy(span + SPAN_ID + 1, envelope->flags.at, 2);
    memcpy(span + SPAN_ID + 3, "\r\n", 2);
    slices_copy(out, (struct str){span, sizeof span});
}

static void append_time(struct slices *out, usec left)
{
    static const char name[] = "x-request-timeout-ms: ";
    char line[sizeof name + 24];
    char *end = line + sizeof line, *at = end - 2;
    uint64_t milliseconds =
        left > 0 ? ((uint64_t)left + MILLISECOND - 1) / (uint64_t)MILLISECOND : 0;
    memcpy(at, "\r\n", 2);
    do {
        *--at = (char)('0' + milliseconds % 10);
        milliseconds /= 10;
    } while (milliseconds > 0);
    at -= sizeof name - 1;
    memcpy(at, name, sizeof name - 1);
    slices_copy(out, (struct str){at, (size_t)(end - at)});
}

static void append_own(struct slices *out, const struct envelope *envelope,
                       struct composer *composer, usec left)
{
    slices_copy(out, envelope->common);
    append_span(out, envelope, composer);
    if (envelope->state.at != NULL)
        append(out, STR("tracestate"), envelope->state);
    append_time(out, left);
}

static void append_client_fields(struct slices *out, const struct client_request *request,
                                 const struct service *service, struct str own)
{
    for (uint32_t i = 0; i < service->forward_header_count; i++) {
        struct str name = service->forward_headers[i];
        if (envelope_owns_field(name) || field_lines_have(own, name))
            continue;
        struct str value = client_request_field(out->arena, request, name);
        if (value.at != NULL)
            append(out, name, value);
    }
}

static bool service_forwards(const struct service *service, struct str name)
{
    for (uint32_t i = 0; i < service->forward_header_count; i++)
        if (str_equal_ignore_case(service->forward_headers[i], name))
            return true;
    return false;
}

struct str envelope_identity_lines(struct arena *arena, const struct client_request *request,
                                   const struct service *service, struct str own, bool has_body)
{
    struct slices out;
    if (own.length == 0 && service->forward_header_count == 0 && !has_body)
        return STR("accept: application/json\r\n");
    slices_init(&out, arena);
    if (!field_lines_have(own, STR("accept")) && !service_forwards(service, STR("accept")))
        slices_copy(&out, STR("accept: application/json\r\n"));
    append_client_fields(&out, request, service, own);
    if (has_body && !field_lines_have(own, STR("content-type")))
        slices_copy(&out, STR("content-type: application/json\r\n"));
    slices_copy(&out, own);
    return slices_join(&out);
}

struct str envelope_lines(const struct envelope *envelope, struct composer *composer,
                          struct arena *arena, struct str identity, struct str more, usec left)
{
    struct slices out;
    slices_init(&out, arena);
    slices_reserve(&out, envelope->common.length + identity.length + more.length + OWN_USUAL);
    append_own(&out, envelope, composer, left);
    if (envelope->baggage.at != NULL && !field_lines_have(identity, STR("baggage")))
        append(&out, STR("baggage"), envelope->baggage);
    slices_copy(&out, identity);
    slices_copy(&out, more);
    return slices_join(&out);
}

struct str envelope_own_lines(const struct envelope *envelope, struct composer *composer,
                              struct arena *arena, usec left)
{
    struct slices out;
    slices_init(&out, arena);
    slices_reserve(&out, envelope->common.length + OWN_USUAL);
    append_own(&out, envelope, composer, left);
    return slices_join(&out);
}

bool envelope_owns_field(struct str name)
{
    static const struct str owned[] = {
        {"traceparent", 11},      {"tracestate", 10},           {"x-request-id", 12},
        {"forwarded", 9},         {"x-forwarded-for", 15},      {"x-forwarded-proto", 17},
        {"x-forwarded-host", 16}, {"x-request-timeout-ms", 20},
    };
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++)
        if (str_equal_ignore_case(owned[i], name))
            return true;
    return false;
}

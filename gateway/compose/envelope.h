/*
 * The fields that every request to a service carries: trace context (W3C), request id, who the
 * client is (RFC 7239 and the x-forwarded-* that came before it), and the time that is left.
 * Computed once per exchange; only the span and the time differ from call to call.
 */
#ifndef BRAID_GATEWAY_COMPOSE_ENVELOPE_H
#define BRAID_GATEWAY_COMPOSE_ENVELOPE_H

#include "gateway/compose/client_request.h"
#include "gateway/compose/composer.h"

struct envelope {
    struct str id;      /* of the request: the client's x-request-id where it is sane, or new */
    struct str client;  /* the client's address, as far as trusted proxies tell; may be empty */
    struct str trace;   /* "00-TRACEID-" of traceparent */
    struct str flags;   /* "01" */
    struct str parent;  /* the client's span, 16 digits; empty: the trace begins here */
    bool is_sampled;    /* the trace is recorded */
    uint64_t span;      /* what the next field lines tell; 0: any */
    struct str state;   /* tracestate; at == NULL: none, or of a trace that was not sane */
    struct str baggage; /* of who is trusted (W3C Baggage); at == NULL: none */
    struct str common;  /* field lines that all calls share */
    usec timeout;       /* what a trusted client leaves us; USEC_NEVER: it says nothing */
};

#define SPAN_DIGITS 16

/* A span's id in lower-case hexadecimal digits, not zero-terminated. */
void span_format(uint64_t id, char to[SPAN_DIGITS]);

/* 32 hexadecimal digits; empty before envelope_init(). */
struct str envelope_trace_id(const struct envelope *envelope);

/* Whoever decided otherwise: this one is recorded, and the services are told so. */
void envelope_sample(struct envelope *envelope);

/* A request id of our own, in arena. */
struct str envelope_new_id(struct composer *composer, struct arena *arena);

void envelope_init(struct envelope *envelope, struct composer *composer, struct arena *arena,
                   const struct client_request *request);

/*
 * The lines of one call that its answer may depend on, "name: value\r\n" each, in arena: the
 * client's fields that the service may see, and `own` (those of the file, which win). Together
 * with the target they are what equal requests have in common.
 */
struct str envelope_identity_lines(struct arena *arena, const struct client_request *request,
                                   const struct service *service, struct str own, bool has_body);

/*
 * All lines that are sent, in arena: trace, id, client and `left`, the time the service has, then
 * those, then `more` (lines too; may be empty).
 */
struct str envelope_lines(const struct envelope *envelope, struct composer *composer,
                          struct arena *arena, struct str identity, struct str more, usec left);

/* Trace, id, client and time only, for a proxy route, whose other fields are the client's. */
struct str envelope_own_lines(const struct envelope *envelope, struct composer *composer,
                              struct arena *arena, usec left);

/* A field that braid itself sets towards services (traceparent, forwarded, x-forwarded-…). */
bool envelope_owns_field(struct str name);

#endif

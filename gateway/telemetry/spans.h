/*
 * An exchange as spans in the JSON encoding of OTLP (opentelemetry-proto, trace.proto): one of the
 * request, one of each call, one of each request to a service. Attributes have the names of
 * OpenTelemetry's conventions for HTTP, or begin with `braid.`.
 */
#ifndef BRAID_GATEWAY_TELEMETRY_SPANS_H
#define BRAID_GATEWAY_TELEMETRY_SPANS_H

#include "base/buffer.h"
#include "gateway/telemetry/account.h"

#define SPANS_HOPS    128 /* requests to services; more are left out, the request's span says so */
#define SPANS_TEXT    512 /* bytes of one attribute; what is longer is cut */
#define SPANS_MAXIMUM ((size_t)512 * 1024)

/*
 * Appends the span objects, joined by commas, and gives their number. `wall`: the time of day at
 * account->ended. Span ids that nobody was told are drawn from `random`.
 */
uint32_t spans_write(struct buffer *to, const struct exchange *exchange,
                     const struct account *account, struct random *random, usec wall);

#endif

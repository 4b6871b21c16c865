/*
 * What the method of a request decides about sending it; the same for every transport.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_REQUEST_RULES_H
#define BRAID_GATEWAY_UPSTREAM_REQUEST_RULES_H

#include <stdbool.h>

struct flight_request;

/* It may be sent again where nobody knows whether it was carried out (RFC 9110 9.2.2). */
bool request_may_be_repeated(const struct flight_request *request);

bool request_is_head(const struct flight_request *request);

/*
 * It says how long its body is, be it 0: where there is one, and for methods that anticipate one
 * (RFC 9110 8.6). A HEAD is sent without a body whatever the request holds.
 */
bool request_sends_body(const struct flight_request *request);

#endif

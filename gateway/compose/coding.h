/*
 * What the client's Accept-Encoding says of gzip (RFC 9110 12.5.3). Pure.
 */
#ifndef BRAID_GATEWAY_COMPOSE_CODING_H
#define BRAID_GATEWAY_COMPOSE_CODING_H

#include "base/str.h"

/*
 * gzip may be sent, and is not liked less than the body as it is. `field` is the whole value;
 * at == NULL: there is none, and nothing but the body as it is may be sent.
 */
bool coding_wants_gzip(struct str field);

#endif

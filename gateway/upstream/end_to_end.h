/*
 * Which fields of a message belong to one connection only and stay on it (RFC 9110 7.6.1): the
 * hop-by-hop fields and those that Connection names. Pure.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_END_TO_END_H
#define BRAID_GATEWAY_UPSTREAM_END_TO_END_H

#include "gateway/upstream/answer.h"

/* Whether the field `name` of a message with these fields goes on. Content-Length does. */
bool field_is_end_to_end(const struct field *fields, uint32_t count, struct str name);

#endif

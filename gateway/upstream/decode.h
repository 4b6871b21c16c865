/*
 * Content codings taken off an answer after its whole body came: one layer of gzip or deflate
 * (RFC 9110 8.4, RFC 1952, RFC 1950). Bounded in bytes and in how much a byte may swell.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_DECODE_H
#define BRAID_GATEWAY_UPSTREAM_DECODE_H

#include "config/reason.h"

#include <stdint.h>

#define DECODE_RATIO      1000                    /* bytes out per byte in, */
#define DECODE_RATIO_FROM ((uint64_t)1024 * 1024) /* beyond this many bytes */

struct arena;
struct flight_answer;

/*
 * Decodes the body in the arena and drops the fields that described the coded one. NONE where
 * there is nothing to decode; TOO_LARGE beyond `maximum` bytes, the ratio or the arena; PROTOCOL
 * for a coding that is not known or not what it says, or a second layer.
 */
enum reason decode_answer(struct flight_answer *answer, struct arena *arena, uint64_t maximum);

#endif

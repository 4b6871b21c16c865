/*
 * When a name is asked for again. Pure. As long as its answer says (TTL), within bounds: a name
 * server that says 0 or a week is neither asked without pause nor believed for a week. What the
 * hosts file says has no such time. After a failure sooner, and the later the longer it lasts.
 */
#ifndef BRAID_GATEWAY_RESOLVE_REFRESH_H
#define BRAID_GATEWAY_RESOLVE_REFRESH_H

#include "base/clock.h"

#include <stdint.h>

#define REFRESH_LEAST   SECOND
#define REFRESH_MOST    (5 * MINUTE)
#define REFRESH_OF_FILE (30 * SECOND) /* an answer of the hosts file */
#define REFRESH_BACKOFF (30 * SECOND) /* the longest pause after a failure */

/* The wait after an answer; USEC_NEVER: it has no TTL. */
usec refresh_wait(usec ttl);

/*
 * The wait after failure number `failures` (1, 2, …) in a row: a second, doubled each time, of
 * which the dice take up to half, so that many names do not ask together.
 */
usec refresh_pause(uint32_t failures, uint64_t dice);

#endif

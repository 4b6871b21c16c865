/*
 * The running process: as many workers as the file says, started together, drained together.
 */
#ifndef BRAID_GATEWAY_GATEWAY_H
#define BRAID_GATEWAY_GATEWAY_H

#include "gateway/front/inherited.h"
#include "gateway/snapshot.h"

struct gateway;

/*
 * Listens, on what was passed and otherwise on sockets of its own, and starts every worker; the
 * snapshot is usable. NULL when that is not possible: why is in the log. `inherited` is no longer
 * needed when this has returned.
 */
struct gateway *gateway_start(struct snapshot *snapshot, const struct inherited *inherited);

/* Stops accepting and waits until what is in flight is answered (at most `drain`); frees. */
void gateway_stop(struct gateway *gateway);

#endif

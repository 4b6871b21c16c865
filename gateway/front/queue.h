/*
 * A reply handed to the library: the traps of its wire side in one place.
 */
#ifndef BRAID_GATEWAY_FRONT_QUEUE_H
#define BRAID_GATEWAY_FRONT_QUEUE_H

#include "gateway/compose/reply.h"

#include <microhttpd.h>

/*
 * Borrows the reply until the library has sent it. `date` is the Date field's value, used where
 * the reply has none of its own.
 */
enum MHD_Result queue_reply(struct MHD_Connection *connection, struct reply *reply,
                            const char *date, bool closes);

/* How long the head will be on the wire, at the most. */
size_t queue_head_bytes(const struct reply *reply);

#endif

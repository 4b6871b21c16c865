/*
 * The last words to a client, sent past the library: where it would answer in its own, or close so
 * that ours are lost.
 */
#ifndef BRAID_GATEWAY_FRONT_FAREWELL_H
#define BRAID_GATEWAY_FRONT_FAREWELL_H

#include "gateway/compose/reply.h"

/* How long a client that was told the last word may take to read it and to close. */
#define FAREWELL_TIME (2 * SECOND)

/*
 * Sends the reply as it is, with `Connection: close`, and ends our side of the connection. As far
 * as the socket takes it: nobody waits. Borrows everything.
 */
void farewell_send(int fd, struct reply *reply, const char *date);

#endif

/*
 * What the service manager is told about the process (sd_notify(3)): that it serves, reloads,
 * stops. One datagram each to the Unix socket that NOTIFY_SOCKET names, a path or an abstract one;
 * nothing where there is none. Written out for the reason that inherited.h gives.
 *
 * Main thread only. A manager that does not listen is a warning in the log and changes nothing.
 */
#ifndef BRAID_GATEWAY_NOTIFY_H
#define BRAID_GATEWAY_NOTIFY_H

#include "base/clock.h"

/* Every listener accepts; also after notify_reloading(), when the new file is in force or refused.
 */
void notify_ready(void);

/* `now`: the monotonic clock, by which the manager tells this reload from the last. */
void notify_reloading(usec now);

/* The drain has begun. */
void notify_stopping(void);

#endif

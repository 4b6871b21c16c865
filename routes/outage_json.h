/*
 * What the loss of a service does to a route, for programs: the same in `explain` and `matrix`.
 */
#ifndef BRAID_ROUTES_OUTAGE_JSON_H
#define BRAID_ROUTES_OUTAGE_JSON_H

#include "routes/outage.h"

/* "untouched", "degrades", "fails". */
const char *outage_name(enum outage outage);

/*
 * {outcome, statuses, calls, members}: with which statuses it fails, which calls fall and to what,
 * which members of the answer change. In arena.
 */
struct json outage_json(struct arena *arena, const struct config *config, const struct route *route,
                        const struct service *service);

#endif

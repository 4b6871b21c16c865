/*
 * Drills as people and programs read them.
 */
#ifndef BRAID_GATEWAY_REHEARSAL_DRILL_REPORT_H
#define BRAID_GATEWAY_REHEARSAL_DRILL_REPORT_H

#include "gateway/rehearsal/drill.h"

/* One block: the route, then a line for each service and loss, equal effects told once. */
void drill_print(struct arena *arena, const struct drill *drill, FILE *to);

/* The same as an object; in arena. */
struct json drill_json(struct arena *arena, const struct drill *drill);

#endif

/*
 * The Degraded field: which parts of an answer did not come from where they should (an RFC 9651
 * list, one item per call, in the order of the file).
 */
#ifndef BRAID_GATEWAY_COMPOSE_DEGRADED_H
#define BRAID_GATEWAY_COMPOSE_DEGRADED_H

#include "gateway/compose/run.h"

/* Zero-terminated, in arena; empty where the answer is complete. */
struct str degraded_text(struct arena *arena, const struct run *run, bool has_failed_expression);

#endif

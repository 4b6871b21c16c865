/*
 * `meta.CALL`: how a call ended, as a value that expressions can read.
 */
#ifndef BRAID_GATEWAY_COMPOSE_META_H
#define BRAID_GATEWAY_COMPOSE_META_H

#include "gateway/compose/outcome.h"

/* {status, source, age, headers, reason}; in arena. `headers` are spelt as in expressions. */
struct json meta_of_outcome(struct arena *arena, const struct outcome *outcome);

#endif

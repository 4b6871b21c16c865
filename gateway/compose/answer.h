/*
 * The answer of a composed route, from how its calls ended: body, status, fields, `Degraded`, or a
 * problem document.
 */
#ifndef BRAID_GATEWAY_COMPOSE_ANSWER_H
#define BRAID_GATEWAY_COMPOSE_ANSWER_H

#include "gateway/compose/reply.h"
#include "gateway/compose/run.h"

/*
 * The run is over. Always writes a whole reply. *ret_degraded: what the Degraded field says, also
 * where a strict client is refused for it, or empty. The reason of a problem document, otherwise
 * REASON_NONE.
 */
enum reason answer_write(struct context *context, struct run *run, struct reply *reply,
                         struct str *ret_degraded);

#endif

/*
 * Judging an answer: is it one, and what is its value? Pure.
 */
#ifndef BRAID_GATEWAY_COMPOSE_VERDICT_H
#define BRAID_GATEWAY_COMPOSE_VERDICT_H

#include "gateway/compose/outcome.h"
#include "routes/call.h"

/* What is judged. */
struct evidence {
    enum reason reason; /* why there is no answer; NONE: there is one */
    const struct flight_answer *answer;
    const struct json *value; /* of its body where it has been read before, or NULL */
};

/*
 * What an answer means to a call: reason NONE and a value, or why it failed. `request` is the one
 * that was sent: the call's own or a rung's. A body that is looked into for the first time gets
 * its index in the arena.
 */
struct outcome verdict_of(struct arena *arena, const struct evidence *evidence,
                          const struct request *request, const struct call *call);

#endif

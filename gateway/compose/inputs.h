/*
 * What the client sent, as values: fills the slots of path, query, headers, cookies, body and
 * request that the route's expressions mention, and no others.
 */
#ifndef BRAID_GATEWAY_COMPOSE_INPUTS_H
#define BRAID_GATEWAY_COMPOSE_INPUTS_H

#include "gateway/compose/context.h"

enum inputs_fault {
    INPUTS_OK,
    INPUTS_BAD_PATH, /* a parameter is not UTF-8: 400 */
    INPUTS_BAD_BODY, /* the body is not JSON: 400 */
    INPUTS_FAULT_COUNT
};

/* The evaluation has been initialised; the body (if the route reads one) is complete. */
enum inputs_fault inputs_fill(struct context *context);

/* accept_language for Accept-Language, as expressions spell it; in arena. */
struct str inputs_member_name(struct arena *arena, struct str name);

#endif

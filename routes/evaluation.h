/*
 * The values of one exchange while its route is evaluated: the slots, the frame that expressions
 * run in, and how each call ended. Pure data: gateway fills it, routes reads it.
 */
#ifndef BRAID_ROUTES_EVALUATION_H
#define BRAID_ROUTES_EVALUATION_H

#include "base/jmespath/jmespath.h"
#include "config/reason.h"

struct route;
struct text;

struct evaluation {
    const struct route *route;
    struct jmespath_frame frame;
    struct json *slots;          /* the frame's slots, writable: loops set theirs */
    const uint8_t *sources;      /* enum source of each call: what null means */
    uint32_t failed_expressions; /* raised by each expression that could not be evaluated */
};

/* The frame and all slots (null) in arena; memos not yet computed. Keeps route and sources. */
void evaluation_init(struct evaluation *evaluation, const struct route *route, struct arena *arena,
                     const uint8_t *sources, usec wall);

/*
 * Why a text that is null, or that cannot stand where it is needed, is so, by the calls that it
 * mentions (a loop variable of a call: by those of its `each`). One was skipped: REASON_NONE and
 * *ret_skipped. One fell back: REASON_DEPENDENCY. Otherwise REASON_UNRESOLVED, which is the
 * client's fault where no call is mentioned but something that the client sends.
 */
enum reason evaluation_blame(const struct evaluation *evaluation, const struct text *text,
                             bool *ret_skipped, bool *ret_is_client_fault);

#endif

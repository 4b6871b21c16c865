/*
 * A drill: one route with everything in order, and then once for every service and every way in
 * which it can be lost. What the client gets each time, compared with what it got before.
 */
#ifndef BRAID_GATEWAY_REHEARSAL_DRILL_H
#define BRAID_GATEWAY_REHEARSAL_DRILL_H

#include "gateway/rehearsal/cases.h"
#include "gateway/rehearsal/json_changes.h"
#include "gateway/rehearsal/rehearsal.h"

enum drill_loss { DRILL_DOWN, DRILL_HANG, DRILL_500, DRILL_GARBAGE, DRILL_LOSS_COUNT };

/* "down", "hang", "500", "garbage". */
extern const char *const drill_loss_names[DRILL_LOSS_COUNT];

struct drill_row {
    struct rehearsal rehearsal;
    struct str degraded; /* the Degraded field; at == NULL: none */
    bool is_problem;     /* the body is a problem document */
    struct str call;     /* that failed; empty: it does not say */
    struct str reason;
    bool is_compared; /* of a composed route: both bodies are JSON, this one no problem document */
    struct json_changes changes; /* from the complete answer; where is_compared */
    bool is_same;                /* status and body are those of the complete answer */
};

struct drill_service {
    const struct service *service;
    struct drill_row rows[DRILL_LOSS_COUNT];
};

struct drill {
    const struct route *route;
    struct str line;        /* "GET /orders/7" */
    bool is_made_up;        /* what services answer is (partly) not from a case */
    struct rehearsal whole; /* with everything in order */
    bool is_complete;       /* and that was an answer, not degraded */
    struct json body;       /* of it, where has_body */
    bool has_body;
    struct drill_service *services; /* those that the route uses */
    uint32_t service_count;
};

/*
 * Drills one route, in arena. `cases` may be NULL: then answers are made up from what the route
 * mentions. `request` may be NULL: then that of the first case which has a complete answer, or one
 * that is made up.
 */
void drill_run(struct snapshot *snapshot, const struct route *route, const struct case_file *cases,
               const struct client_request *request, struct arena *arena, struct drill *ret_drill);

/* The route that takes a request; NULL: none. */
const struct route *drill_find_route(const struct snapshot *snapshot, struct arena *arena,
                                     const struct client_request *request);

#endif

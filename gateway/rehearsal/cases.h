/*
 * The file that `braid test` plays: what services answer, what is asked, what is expected. Read
 * like the configuration, every mistake with its place.
 *
 *     now: 2026-01-01T00:00:00Z
 *     services: { users: { GET /users/7: { json: { name: Ada } } } }
 *     cases:
 *       - name: users are down
 *         services: { users: down }
 *         request: GET /orders/7
 *         expect: { status: 200, degraded: customer;source=value;reason=connect }
 */
#ifndef BRAID_GATEWAY_REHEARSAL_CASES_H
#define BRAID_GATEWAY_REHEARSAL_CASES_H

#include "config/config.h"
#include "gateway/compose/client_request.h"
#include "gateway/rehearsal/expectation.h"
#include "gateway/upstream/canned.h"

struct test_case {
    struct str name;
    struct place place;
    struct client_request request;
    const struct canned_service *services; /* one per service of the configuration */
    usec earlier; /* so long ago everything was in order, and the same was asked; 0: it was not */
    struct expectation expect;
};

struct case_file {
    usec wall;                             /* what now() answers */
    const struct canned_service *services; /* what stands beside the cases */
    struct test_case *cases;
    uint32_t count;
};

/*
 * Everything is in arena. NULL where there is anything wrong; all mistakes are in `diagnostics`.
 * `config` is what the services' names are looked up in.
 */
struct case_file *case_file_read(struct arena *arena, struct str path, const struct config *config,
                                 struct diagnostics *diagnostics);

#endif

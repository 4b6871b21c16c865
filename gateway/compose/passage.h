/*
 * One request through a proxy route: method, path, query, end-to-end fields and body on to the
 * service, status, fields and body back, as they are. Bodies are bounded buffers here.
 *
 *   passage_start -> … -> done, exactly once; never before passage_start has returned
 */
#ifndef BRAID_GATEWAY_COMPOSE_PASSAGE_H
#define BRAID_GATEWAY_COMPOSE_PASSAGE_H

#include "gateway/compose/passage_cache.h"

struct passage {
    struct context *context;
    const struct proxy *proxy;
    void (*done)(struct passage *passage);
    struct flight flight;
    struct hop *hop;
    struct passage_cache cache;
};

/* The first alternative whose `when` is true; NULL: none. Inputs (but the body) are filled. */
const struct proxy *passage_choose(struct context *context);

/*
 * In zeroed memory. REASON_NONE, or why nothing was sent (done is then not called). *ret_is_over:
 * it is answered already, from the cache; done is not called then either.
 */
enum reason passage_start(struct passage *passage, struct context *context,
                          const struct proxy *proxy, void (*done)(struct passage *passage),
                          bool *ret_is_over);

void passage_cancel(struct passage *passage);

/* What came of it, after done. *ret_reason: REASON_NONE where the service has answered. */
void passage_write(struct passage *passage, struct reply *reply, enum reason *ret_reason);

#endif

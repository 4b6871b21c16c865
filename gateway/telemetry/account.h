/*
 * How the calls of an exchange went, put together once at its end: for the log, for spans, for who
 * looks at it later. In the exchange's arena.
 */
#ifndef BRAID_GATEWAY_TELEMETRY_ACCOUNT_H
#define BRAID_GATEWAY_TELEMETRY_ACCOUNT_H

#include "gateway/compose/exchange.h"

struct call_account {
    bool is_begun;
    struct str name; /* empty: the route is passed on */
    const struct service *service;
    enum source source;
    enum reason reason;
    int status; /* of the service's answer; 0: none */
    usec began; /* loop time */
    usec ended;
    usec wait;         /* for a place, the longest */
    uint32_t requests; /* to services, rungs and elements included */
    uint32_t tries;
};

struct account {
    int status; /* what the client got; 0: it left */
    usec began; /* loop time */
    usec ended;
    struct call_account *calls; /* by the call's index; one for a proxy route */
    uint32_t call_count;
};

/* `status` 0: the client left before there was an answer. `now`: loop time. */
void account_make(struct exchange *exchange, int status, usec now, struct account *ret_account);

#endif

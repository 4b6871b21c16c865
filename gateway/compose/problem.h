/*
 * Problem documents (RFC 9457): what the client gets instead of an answer. They name the call and
 * the reason, never an address and never a service's own words.
 */
#ifndef BRAID_GATEWAY_COMPOSE_PROBLEM_H
#define BRAID_GATEWAY_COMPOSE_PROBLEM_H

#include "gateway/compose/outcome.h"
#include "gateway/compose/reply.h"

struct call;

struct problem {
    int status;
    struct str call;      /* empty: not about a call */
    const char *reason;   /* NULL: the status says it all */
    struct str parameter; /* what the client should have sent; empty: unknown */
    struct str id;        /* of the request; empty: it never became one */
};

/* Writes the whole reply: status, fields, body. What it held before is gone. */
void problem_write(const struct problem *problem, struct reply *reply);

/* The status with which a failed required call ends its route: the table of the language. */
int problem_status(const struct call *call, const struct outcome *outcome);

#endif

/*
 * What a case expects of the reply. What is not written is not looked at.
 */
#ifndef BRAID_GATEWAY_REHEARSAL_EXPECTATION_H
#define BRAID_GATEWAY_REHEARSAL_EXPECTATION_H

#include "base/clock.h"
#include "config/node.h"

struct expected_header {
    struct str name;
    const struct str *lines; /* in order, and no others */
    uint32_t line_count;     /* 0: there is none */
};

/* A node that is NULL was not written. */
struct expectation {
    uint32_t status; /* 0: not written */
    const struct node *header_node;
    struct expected_header *headers;
    uint32_t header_count;
    const struct node *degraded_node;
    struct str degraded; /* at == NULL: none */
    const struct node *body_node;
    struct json body;
    const struct node *text_node;    /* the body as it is */
    const struct node *problem_node; /* members that a problem document has */
    usec within;                     /* of virtual time; USEC_NEVER: not written */
};

#endif

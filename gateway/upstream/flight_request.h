/*
 * What is asked of a service, whoever carries it and however often it is tried.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_FLIGHT_REQUEST_H
#define BRAID_GATEWAY_UPSTREAM_FLIGHT_REQUEST_H

#include "base/clock.h"
#include "base/str.h"

struct service;
struct status_set;

/* Everything is borrowed until done or cancel; all of it is already encoded. */
struct flight_request {
    const struct service *service;
    struct str method;       /* "GET" */
    struct str target;       /* origin form: "/users/7?x=1" */
    struct str header_lines; /* "Name: value\r\n" each; neither host nor content-length */
    bool has_body;           /* a body is sent, be it empty */
    struct str body;
    uint64_t max_response; /* bytes of the body, also after decoding */
    bool keeps_encoding;   /* true: the body as it came (proxy), false: gzip is decoded */
    usec deadline; /* loop time at which it has failed with REASON_TIMEOUT, waiting included */
    /* what the guards go by */
    usec latest;   /* loop time after which nobody wants an answer; 0: as the deadline */
    usec timeout;  /* of one attempt; 0: the service's */
    usec patience; /* cut off earlier than this after its start, it says nothing of a service */
    bool is_idempotent;              /* it may be sent again though it may have been carried out */
    bool may_hedge;                  /* and also while nobody knows (a safe method) */
    struct str hash;                 /* what chooses the address; empty: nothing does */
    const struct status_set *accept; /* statuses that are answers, whatever they are; or NULL */
    const struct status_set *absent;
};

#endif

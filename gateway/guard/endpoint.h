/*
 * One address of a service: a place that can be connected to, out of all that its `urls` name. An
 * endpoint is passed by value; it says nothing of how the place is doing (see roster.h).
 *
 * Slots are small numbers that are used again; the generation tells two places that had the same
 * slot one after the other apart, so that whoever keeps something for a slot (connections) notices.
 */
#ifndef BRAID_GATEWAY_GUARD_ENDPOINT_H
#define BRAID_GATEWAY_GUARD_ENDPOINT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENDPOINTS_MAXIMUM 256 /* of one service; further addresses are not used */

struct url;

union endpoint_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* Where a name was found. */
struct endpoint_place {
    union endpoint_address address;
    /* Of the other family, for a connection that `address` does not take; AF_UNSPEC: none. */
    union endpoint_address spare;
};

struct endpoint {
    uint32_t slot;       /* among the service's, below ENDPOINTS_MAXIMUM */
    uint32_t generation; /* from 1; never the same again for one service */
    const struct url *url;
    /*
     * true: `place` (with its port) is where the url's host was found. Who resolves has checked
     * that it may be asked (link-local). false: whoever connects reads the url himself.
     */
    bool is_resolved;
    bool is_nowhere; /* the host was looked for and not found: nobody can connect */
    struct endpoint_place place;
};

#endif

/*
 * What is made of the addresses that a name was found at. Pure. Link-local ones are left out: no
 * name server makes the gateway ask what clouds put there (the keys of the machine). Of the two
 * families the one that comes first is used, since the resolver puts what this machine reaches
 * best first (RFC 6724); the first address of the other one is the spare, for connections that are
 * not taken.
 */
#ifndef BRAID_GATEWAY_RESOLVE_SIGHTING_H
#define BRAID_GATEWAY_RESOLVE_SIGHTING_H

#include "gateway/guard/endpoint.h"

#define SIGHTING_PLACES 64 /* of one name; further addresses are not used */

struct sighting {
    struct endpoint_place
        places[SIGHTING_PLACES]; /* ordered: the same whatever order they came in */
    uint32_t count;
    uint32_t refused; /* link-local ones */
};

/* The addresses are IPv4 or IPv6, unused bytes 0; `port` is the url's. */
void sighting_make(struct sighting *sighting, const union endpoint_address *addresses,
                   uint32_t count, uint16_t port);

/*
 * Where only the machine itself, or the cloud below it, should be asked: 169.254.0.0/16 (RFC 3927),
 * also written as IPv6 (RFC 4291 2.5.5.2, RFC 6052), fe80::/10, and fd00:ec2::254.
 */
bool address_is_link_local(const union endpoint_address *address);

#endif

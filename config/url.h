/*
 * Where a service is: http://host:port/prefix, https://…, unix:/path. Parsed once, at load, by the
 * grammar of RFC 3986 narrowed to what a service can need: no user, no query, no fragment.
 */
#ifndef BRAID_CONFIG_URL_H
#define BRAID_CONFIG_URL_H

#include "base/str.h"

struct arena;

struct url {
    bool is_tls;
    struct str host;      /* a name or an address, IPv6 without brackets */
    struct str authority; /* host[:port] as it goes into Host */
    uint16_t port;
    struct str prefix;    /* the path that every target begins with; "" or "/v1", never ends in / */
    struct str unix_path; /* of unix:/path, otherwise empty */
    unsigned weight;
};

/*
 * NULL, or one clause that says what is wrong; *ret_hint is then what to write (may stay empty).
 * The texts are in arena; weight is 1.
 */
const char *url_read(struct arena *arena, struct str text, struct url *ret_url,
                     struct str *ret_hint);

/*
 * An address of link-local services, where clouds keep the keys of a machine (169.254.0.0/16,
 * fe80::/10, fd00:ec2::254), in any of the spellings that a resolver takes for one.
 */
bool url_is_link_local(const struct url *url);

#endif

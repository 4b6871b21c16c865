/*
 * The key `resolver`: who is asked where the names of services are.
 */
#ifndef BRAID_CONFIG_NAMESERVERS_H
#define BRAID_CONFIG_NAMESERVERS_H

#include "config/schema.h"

#define NAMESERVER_TIMEOUT (2 * SECOND) /* unless the file says another */

struct nameservers {
    bool is_off;     /* names are left to the system, each time a connection is made */
    struct str list; /* "127.0.0.1:53,[::1]:53", zero-terminated; empty: the system's */
    usec timeout;    /* of one question to one of them */
};

extern const struct schema nameservers_schema;

/* A reader for KEY_CUSTOM: a struct nameservers, from a mapping or `off`. */
bool nameservers_read(struct reader *reader, const struct node *node, void *into);

#endif

/*
 * The keys `listen` and `admin`: addresses as the file writes them.
 */
#ifndef BRAID_CONFIG_LISTENER_H
#define BRAID_CONFIG_LISTENER_H

#include "config/address.h"
#include "config/schema.h"

struct listeners {
    struct address *list;
    uint32_t count;
};

/* The long form of an address. */
extern const struct schema listener_schema;

/* A certificate and its key, as a struct certificate. */
extern const struct schema certificate_schema;

/* A reader for KEY_CUSTOM: a struct listeners, from one address or a list of them. */
bool listeners_read(struct reader *reader, const struct node *node, void *into);

/* One address: text, or { address, tls }. */
bool listener_read(struct reader *reader, const struct node *node, struct address *ret_address);

/* Both are the same socket. */
bool listener_is_same(const struct address *a, const struct address *b);

/* Nobody outside this machine reaches it. */
bool listener_is_local(const struct address *address);

#endif

/*
 * A service as the file describes it: where it is, how long it may take, what it is sent.
 * Built at load, const afterwards.
 */
#ifndef BRAID_CONFIG_SERVICE_H
#define BRAID_CONFIG_SERVICE_H

#include "base/clock.h"
#include "config/policies.h"
#include "config/schema.h"
#include "config/url.h"

enum transport { TRANSPORT_AUTO, TRANSPORT_CURL, TRANSPORT_COUNT };

struct tls_client {
    struct str ca;          /* file names; empty: the system's authorities */
    struct str certificate; /* empty: none */
    struct str key;
    struct str server_name; /* empty: the host */
};

struct service_header {
    struct str name;
    const struct node *text; /* compiled anew for each route, since slots belong to routes */
};

struct service {
    struct str name;
    uint32_t index; /* among all services, in the file's order */
    struct place place;
    const struct node *node; /* what it was read from, with what `defaults` gave */
    struct url *urls;
    uint32_t url_count;
    usec timeout; /* one attempt, connecting included */
    usec connect_timeout;
    uint32_t concurrency;        /* calls in flight, over all workers */
    uint32_t queue;              /* calls that may wait for a place, over all workers */
    struct str *forward_headers; /* lower case */
    uint32_t forward_header_count;
    struct service_header *headers;
    uint32_t header_count;
    uint64_t max_response; /* bytes */
    enum transport transport;
    struct policies policies;
    struct tls_client tls;
    struct str *allow; /* names of warnings that are silenced */
    uint32_t allow_count;
};

extern const struct schema service_schema;
extern const struct schema address_schema; /* one of `urls` in its long form */

/*
 * Reads one service: `value` is its URL or a mapping, `defaults` (may be NULL) a mapping with keys
 * for those it does not write. false where it cannot be used; every mistake is reported. The index
 * is left to the caller.
 */
bool service_read(struct reader *reader, const struct node *key, const struct node *value,
                  const struct node *defaults, struct service *ret_service);

/* The keys of `defaults`, checked on their own. false when they hold a mistake. */
bool service_check_defaults(struct reader *reader, const struct node *defaults);

#endif

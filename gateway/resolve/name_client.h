/*
 * Asking where a name is, without stopping the loop: c-ares with the loop's sockets and timers. It
 * reads what the system reads (the hosts file, resolv.conf with its search domains and options) or
 * asks the name servers it is told. It keeps no answers and asks nothing by itself.
 *
 *   name_client_ask -> answered, exactly once, perhaps before it has returned
 *   name_client_free -> nothing is answered any more
 *
 * All within one worker's thread.
 */
#ifndef BRAID_GATEWAY_RESOLVE_NAME_CLIENT_H
#define BRAID_GATEWAY_RESOLVE_NAME_CLIENT_H

#include "base/clock.h"
#include "base/str.h"
#include "gateway/guard/endpoint.h"

#define NAME_ADDRESSES 256 /* of one answer; further ones are left out */

struct loop;
struct name_client;

struct name_client_options {
    struct str servers; /* "127.0.0.1:53,[::1]:53", zero-terminated; empty: the system's */
    usec timeout;       /* of the first question to a name server; it doubles with each round */
    /* Told of each descriptor before it is watched: the loop may have known its number. */
    void (*opened)(void *closure, int fd);
    void *closure;
};

struct name_answer {
    union endpoint_address *list; /* in the order of RFC 6724, ports 0; valid during the call */
    uint32_t count;               /* 0: not found */
    usec ttl;                     /* USEC_NEVER: it has none, it was in the hosts file */
    const char *why;              /* not found: what the name servers said */
};

struct name_query {
    const char *host; /* zero-terminated, borrowed until it is answered */
    void (*answered)(struct name_query *query, const struct name_answer *answer);
    /* private */
    struct name_client *client;
    bool is_begun; /* the call that asks has returned: what comes now was asked over the wire */
};

/* Once per process, before the first thread; false when the library cannot be used. */
bool name_client_global_init(void);
void name_client_global_done(void);

/* Keeps the loop, and the options' servers and closure. Aborts without memory. */
struct name_client *name_client_new(struct loop *loop, const struct name_client_options *options);

/* NULL is a no-op. */
void name_client_free(struct name_client *client);

/* Keeps the query until it is answered. */
void name_client_ask(struct name_client *client, struct name_query *query);

#endif

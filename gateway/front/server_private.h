/*
 * What the files of the front share of a server. Not for other rooms.
 */
#ifndef BRAID_GATEWAY_FRONT_SERVER_PRIVATE_H
#define BRAID_GATEWAY_FRONT_SERVER_PRIVATE_H

#include "gateway/front/queue.h"
#include "gateway/front/server.h"

#include <assert.h>
#include <microhttpd.h>

struct server {
    struct composer *composer;
    struct access *access;
    struct server_options *options;
    struct MHD_Daemon *daemon;
    struct watch watch; /* the library's own epoll descriptor */
    struct list clients;
    uint32_t client_count; /* all */
    uint32_t admin_count;
    struct client *arriving; /* between client_new and the library's call */
    bool is_dirty;           /* the library has work that no descriptor and no timeout tells */
    usec date_until;         /* loop time at which `date` is old */
    char date[32];
};

/* From the loop's thread; the connection is suspended. */
void server_resume(struct server *server, struct MHD_Connection *connection);

/* The Date field (RFC 9110 6.6.1), made once a second. */
const char *server_date(struct server *server);

#endif

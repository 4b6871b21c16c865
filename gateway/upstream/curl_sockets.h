/*
 * The descriptors that libcurl uses, watched by the loop. Idle connections stay registered, which
 * saves two system calls per transfer; a byte or an end that comes on one while nobody asked
 * makes it unusable. One table per worker, by descriptor.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_CURL_SOCKETS_H
#define BRAID_GATEWAY_UPSTREAM_CURL_SOCKETS_H

#include "base/loop.h"

#include <curl/curl.h>

struct curl_lane;
struct curl_socket;

struct curl_sockets {
    struct loop *loop;
    struct curl_socket **list; /* by descriptor; NULL where none was seen */
    size_t room;
    void (*ready)(struct curl_lane *lane, curl_socket_t fd, int actions); /* CURL_CSELECT_… */
};

/* Keeps the loop. */
void curl_sockets_init(struct curl_sockets *sockets, struct loop *loop,
                       void (*ready)(struct curl_lane *lane, curl_socket_t fd, int actions));
void curl_sockets_done(struct curl_sockets *sockets);

/*
 * What libcurl wants to know of a descriptor (CURL_POLL_…), and for which lane. A resolver's
 * descriptor is closed unseen after CURL_POLL_REMOVE, so it must be unwatched at once.
 */
void curl_sockets_want(struct curl_sockets *sockets, struct curl_lane *lane, curl_socket_t fd,
                       int wish, bool is_resolver);

/* Opens a socket for a connection; CURL_SOCKET_BAD on failure. */
curl_socket_t curl_sockets_open(struct curl_sockets *sockets, const struct curl_sockaddr *address);

/*
 * The descriptor with this number is not, or is about to be no longer, the one that is known here:
 * what libcurl says of it too late must not reach whoever has the number next.
 */
void curl_sockets_forget(struct curl_sockets *sockets, curl_socket_t fd);

/* CURLOPT_CLOSESOCKETFUNCTION; `sockets` is its CURLOPT_CLOSESOCKETDATA. */
int curl_sockets_close(void *sockets, curl_socket_t fd);

#endif

/*
 * What libcurl must know of one endpoint of a service, worked out once: its URL, its options. See
 * curl_transfer for what changes with each request.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_CURL_SERVICE_H
#define BRAID_GATEWAY_UPSTREAM_CURL_SERVICE_H

#include <curl/curl.h>
#include <stdbool.h>

struct curl_sockets;
struct endpoint;
struct service;

struct curl_service {
    const struct service *service;
    const struct url *at;
    struct curl_sockets *sockets;
    CURLU *url;
    struct curl_slist *connect_to; /* NULL, or where the name in the URL is found */
    struct curl_slist *resolved;   /* NULL, or what the host's name stands for */
    char *host_line;               /* NULL, or "Host: …" where the URL has another name */
    bool wears_handles;            /* see curl_transfer_is_worn */
    bool is_literal;               /* the host is an address: the file itself has chosen it */
};

/* Keeps service, the endpoint's url and sockets; aborts without memory. */
void curl_service_init(struct curl_service *curl_service, const struct service *service,
                       const struct endpoint *endpoint, struct curl_sockets *sockets);
void curl_service_done(struct curl_service *curl_service);

/* Sets all options of a handle that no request changes, but for its callbacks. */
void curl_service_set_up(const struct curl_service *curl_service, CURL *easy);

/*
 * A name that resolves to a link-local address (RFC 3927, RFC 4291 2.5.6), where clouds keep
 * their metadata services, is not followed.
 */
bool curl_service_allows(const struct curl_service *curl_service,
                         const struct curl_sockaddr *address);

#endif

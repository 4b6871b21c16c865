/*
 * The way that is libcurl: https, and names that must be resolved. See transport.h.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_TRANSPORT_CURL_H
#define BRAID_GATEWAY_UPSTREAM_TRANSPORT_CURL_H

struct curl_sockets;
struct service;
struct carrier;
struct endpoint;

/* Keeps both; aborts without memory. */
struct carrier *transport_curl_new(struct curl_sockets *sockets, const struct service *service,
                                   const struct endpoint *endpoint);

#endif

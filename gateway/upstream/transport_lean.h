/*
 * The way that is ours: HTTP/1.1 over TCP and Unix sockets on the worker's own loop, some tens of
 * times cheaper per transfer than libcurl. See transport.h for which services it is for.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_TRANSPORT_LEAN_H
#define BRAID_GATEWAY_UPSTREAM_TRANSPORT_LEAN_H

struct lean_worker;
struct service;
struct carrier;
struct endpoint;

/* Keeps both; aborts without memory. The service is one that lean_service_takes(). */
struct carrier *transport_lean_new(struct lean_worker *worker, const struct service *service,
                                   const struct endpoint *endpoint);

#endif

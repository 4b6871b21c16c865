/*
 * The client's request, as the front hands it over: checked, not interpreted.
 */
#ifndef BRAID_GATEWAY_COMPOSE_CLIENT_REQUEST_H
#define BRAID_GATEWAY_COMPOSE_CLIENT_REQUEST_H

#include "base/str.h"
#include "gateway/upstream/flight.h"
#include "routes/method.h"

struct client_request {
    enum method method; /* METHOD_COUNT: none that braid knows */
    struct str target;  /* as it came */
    struct str path;    /* before the `?` */
    struct str query;   /* behind it; at == NULL where there is none */
    struct str host;
    const struct field *fields;
    uint32_t field_count;
    struct str peer; /* address of the other end, without port; empty on a Unix socket */
    bool is_tls;
    bool is_admin; /* came in by the admin listener */
    bool has_body; /* a body was announced, be it empty */
    struct str body;
};

/* All fields of that name (case ignored) joined with ", " (RFC 9110 5.3); at == NULL: none. */
struct str client_request_field(struct arena *arena, const struct client_request *request,
                                struct str name);

#endif

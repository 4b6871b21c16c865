/*
 * A route: which requests it takes and what is done for them. Compiled at load, const afterwards.
 */
#ifndef BRAID_ROUTES_ROUTE_H
#define BRAID_ROUTES_ROUTE_H

#include "config/config.h"
#include "routes/call.h"
#include "routes/pattern.h"

struct response_plan {
    bool has_status;
    struct text status; /* a number or three digits */
    struct request_header *headers;
    uint32_t header_count;
    uint32_t *cookies; /* calls whose Set-Cookie lines reach the client */
    uint32_t cookie_count;
    bool etag;
    const struct template *body; /* NULL: one member per call */
};

/* One alternative of a proxy route. */
struct proxy {
    struct place place;
    bool has_when;
    struct text when; /* sees what the client sent, not calls */
    const struct service *service;
    struct str path; /* what the target begins with, encoded: "/users"; empty without a rest:
                        the client's path goes on as it is */
    bool has_rest;   /* the path ended in `*`: the client's rest follows */
    usec timeout;    /* 0: the service's */
    bool has_hash;
    struct text hash;  /* of the service's `balance: hash ${…}` */
    uint64_t max_body; /* bytes of the client's body */
    struct request_header *headers;
    uint32_t header_count;
    bool is_cached; /* answers are used again as their Cache-Control says */
};

struct route {
    struct str key; /* "GET /orders/{id}" */
    struct place place;
    const struct node *node; /* what the file says of it */
    uint32_t index;
    method_set methods; /* as written; HEAD follows GET in the table */
    bool is_any;        /* ANY: a named method beside it wins */
    struct pattern pattern;
    usec deadline;
    struct slot_table slots;
    struct call *calls; /* in the file's order */
    uint32_t call_count;
    struct response_plan response;
    struct proxy *proxies; /* alternatives; none: a composed route */
    uint32_t proxy_count;
    const struct cors *cors; /* the route's own or the file's; NULL: off */
    unsigned expose;         /* EXPOSE_…, its own or the gateway's */
    bool reads_body;         /* some expression mentions the client's body */
    struct str vary; /* "accept-language, cookie": client fields that the answer depends on: those
                        expressions mention and those services are forwarded; zero-terminated */
};

static inline bool route_is_proxy(const struct route *route)
{
    return route->proxy_count > 0;
}

struct router; /* all routes, ordered for matching; const, in arena */

/*
 * Compiles every route of the configuration. Mistakes (and the linter's warnings) go to the
 * diagnostics; NULL only when nothing could be made.
 */
const struct router *router_compile(struct arena *arena, struct config *config,
                                    struct diagnostics *diagnostics);

/* In the file's order. */
const struct route *router_routes(const struct router *router, uint32_t *ret_count);

enum router_result {
    ROUTER_FOUND,
    ROUTER_NOT_FOUND,
    ROUTER_METHOD_NOT_ALLOWED,
    ROUTER_RESULT_COUNT
};

/*
 * The most specific route that takes method and path. HEAD falls back to a route that takes GET.
 * *ret_allowed: the methods that routes take at this path (HEAD with GET, OPTIONS always), set
 * unless NOT_FOUND. OPTIONS without a route of its own is METHOD_NOT_ALLOWED; who answers it
 * uses *ret_allowed.
 */
enum router_result router_find(const struct router *router, enum method method,
                               const struct path *path, const struct route **ret_route,
                               method_set *ret_allowed);

#endif

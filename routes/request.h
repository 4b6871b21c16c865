/*
 * A request to a service: as the file writes it, compiled; and rendered, ready to be sent.
 *
 * Inserted values are encoded for where they stand, so no value can leave its segment, add a
 * parameter, a header line or another host.
 */
#ifndef BRAID_ROUTES_REQUEST_H
#define BRAID_ROUTES_REQUEST_H

#include "config/service.h"
#include "routes/method.h"
#include "routes/template.h"

enum target_place { TARGET_SEGMENT, TARGET_QUERY, TARGET_PLACE_COUNT };

/* A literal piece (already encoded), or an expression and the place its value stands in. */
struct target_part {
    struct str literal;
    struct text text;
    bool is_literal;
    enum target_place place;
};

struct query_parameter {
    struct str name; /* encoded */
    struct text text;
    bool is_optional; /* `name?`: left out when null */
};

struct request_header {
    struct str name; /* as written in the file */
    struct text text;
};

struct status_set {
    uint16_t *list;
    uint32_t count; /* 0: every 2xx */
};

struct request {
    const struct service *service;
    enum method method;
    struct place place;
    struct str target_text; /* as the file has it, for explain */
    bool target_has_query;  /* a `?` stands in the target */
    struct target_part *target;
    uint32_t target_count;
    struct query_parameter *query;
    uint32_t query_count;
    struct request_header *headers; /* the service's first, then the call's (which win) */
    uint32_t header_count;
    const struct template *body; /* NULL: none */
    bool has_hash;
    struct text hash; /* of the service's `balance: hash ${…}` */
    usec timeout;     /* 0: the service's */
    struct status_set accept;
};

/* What goes to upstream. All text in the evaluation's arena. */
struct rendered_request {
    struct str target;       /* origin form, with the service's prefix, encoded */
    struct str header_lines; /* "Name: value\r\n" for each, those of the file only */
    bool has_body;
    struct str body; /* JSON */
    struct str hash; /* what chooses the address; empty: nothing does */
};

/*
 * A request's text "SERVICE METHOD TARGET" and what else the file says of it (NULL: nothing).
 */
struct request_source {
    const struct node *text;
    const struct node *query;
    const struct node *headers;
    const struct node *body;
};

struct config;

/*
 * Its timeout and accept are left to whoever reads those keys. false when anything was reported.
 */
bool request_compile(struct arena *arena, const struct config *config,
                     const struct request_source *source, struct scope *scope,
                     struct request *ret_request);

/*
 * The `headers` of a mapping, compiled in `scope` and added to the `count` that are in `list`
 * (which has room); one of the same name that was there before is replaced, and taken out where
 * it is `null`. false when anything was reported.
 */
bool request_headers_compile(struct arena *arena, const struct node *node, struct scope *scope,
                             struct request_header *list, uint32_t *count);

/* The service's own headers, in the scope of a route: they see what the client sent. */
bool request_service_headers_compile(struct arena *arena, const struct service *service,
                                     struct scope *scope, struct request_header *list,
                                     uint32_t *count);

/* `balance: hash ${…}` of the service, where it has one, in the scope of a route. */
bool request_hash_compile(struct arena *arena, const struct service *service, struct scope *scope,
                          bool *ret_has_hash, struct text *ret_hash);

/* What `name` of the configuration is; an unknown service is reported at `place`: NULL. */
const struct service *request_find_service(const struct config *config, struct str name,
                                           struct place place, struct diagnostics *diagnostics);

#define REQUEST_TARGET_MAXIMUM (64 * 1024) /* bytes; also of all header lines together */

/*
 * REASON_NONE, or why it cannot be sent: REASON_UNRESOLVED, REASON_DEPENDENCY (a call that the
 * null expression mentions fell back), REASON_TOO_LARGE (beyond REQUEST_TARGET_MAXIMUM), or
 * REASON_NONE with *ret_skipped (one was skipped, or an empty array stands in the target).
 * *ret_is_client_fault: unresolved, and the null expression mentions no call. The evaluation's
 * failed_expressions stay as they were: a request that can be sent degrades nothing.
 */
enum reason request_render(const struct request *request, struct evaluation *evaluation,
                           struct rendered_request *ret_rendered, bool *ret_skipped,
                           bool *ret_is_client_fault);

bool status_set_has(const struct status_set *set, int status);

#endif

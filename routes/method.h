/*
 * HTTP methods (RFC 9110 9, RFC 5789) as a small set: a route takes some of them.
 */
#ifndef BRAID_ROUTES_METHOD_H
#define BRAID_ROUTES_METHOD_H

#include "base/str.h"

enum method {
    METHOD_GET,
    METHOD_HEAD,
    METHOD_POST,
    METHOD_PUT,
    METHOD_PATCH,
    METHOD_DELETE,
    METHOD_OPTIONS,
    METHOD_COUNT
};

typedef unsigned method_set; /* bits 1u << METHOD_… */

#define METHOD_ALL ((1u << METHOD_COUNT) - 1)

/* false for any other word; case counts. */
bool method_parse(struct str word, enum method *ret_method);
struct str method_name(enum method method);

/* GET, HEAD and OPTIONS (RFC 9110 9.2.1): may be repeated, hedged and shared at will. */
bool method_is_safe(enum method method);

/* Safe ones, PUT and DELETE (RFC 9110 9.2.2). */
bool method_is_idempotent(enum method method);

/* "GET, HEAD, OPTIONS" as the Allow field lists them; in arena. */
struct str method_set_text(struct arena *arena, method_set set);

#endif

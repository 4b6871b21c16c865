/*
 * The head of a request as the library parsed it, checked against the bytes it came in: what is
 * ambiguous (RFC 9112) is refused before anything looks at it.
 */
#ifndef BRAID_GATEWAY_FRONT_HEAD_H
#define BRAID_GATEWAY_FRONT_HEAD_H

#include "gateway/compose/client_request.h"
#include "gateway/front/request_reader.h"

#include <microhttpd.h>

#define HEAD_FIELDS_MAXIMUM REQUEST_FIELDS
#define HEAD_FIELD_COST     ((size_t)REQUEST_INDEX_COST)

struct head {
    struct client_request *request; /* is filled */
    uint64_t limit;                 /* bytes of request line and fields */
    uint64_t announced;             /* Content-Length, or 0 */
    bool is_chunked;                /* the length of its body is not announced */
    size_t pool_used;               /* of the connection's pool, at the most */
};

/*
 * `raw_target` is the pointer that the library gave before it took the target apart, `target` a
 * copy of the text there. Fields are kept where the library has them: they live as long as the
 * request. 0, or the status with which the request is refused and its connection closed.
 */
int head_read(struct head *head, struct arena *arena, struct MHD_Connection *connection,
              const char *method, const char *raw_target, struct str target, const char *version);

/* "name", "name:80", "[::1]:80": RFC 9110 7.2, without userinfo. */
bool head_host_is_valid(struct str host);

#endif

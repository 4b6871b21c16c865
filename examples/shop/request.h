/* What a client asks a service: collected by service.c, read by the services' answers. */
#ifndef BRAID_EXAMPLES_SHOP_REQUEST_H
#define BRAID_EXAMPLES_SHOP_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct MHD_Connection;

#define REQUEST_BODY_MAXIMUM ((size_t)64 * 1024)

struct request {
    struct MHD_Connection *connection;
    int64_t id; /* what stood for {id} in the path; 0 where the route has none */
    char *body; /* owned; not terminated */
    size_t body_size;
    bool is_too_large; /* the body: it is not kept */
};

/* The query parameter, or NULL. */
const char *request_query(const struct request *request, const char *name);

/* The body as JSON, given to the caller (json_decref); NULL when it is none. */
json_t *request_json(const struct request *request);

/* Adds a piece of the body. */
void request_append(struct request *request, const char *data, size_t size);

void request_done(struct request *request);

/* A whole number from 1, decimal digits and nothing else. */
bool request_read_number(const char *text, int64_t *ret_number);

#endif

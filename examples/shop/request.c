/* The questions of request.h. */
#include "examples/shop/request.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

/* More digits than any id has, fewer than overflow. */
#define NUMBER_DIGITS_MAXIMUM 15

const char *request_query(const struct request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

json_t *request_json(const struct request *request)
{
    if (!request->body)
        return NULL;
    return json_loadb(request->body, request->body_size, JSON_REJECT_DUPLICATES, NULL);
}

void request_append(struct request *request, const char *data, size_t size)
{
    if (request->is_too_large)
        return;
    char *body = NULL;

    if (size <= REQUEST_BODY_MAXIMUM - request->body_size)
        body = realloc(request->body, request->body_size + size);
    if (!body) {
        request->is_too_large = true;
        return;
    }
    memcpy(body + request->body_size, data, size);
    request->body = body;
    request->body_size += size;
}

void request_done(struct request *request)
{
    free(request->body);
    request->body = NULL;
}

bool request_read_number(const char *text, int64_t *ret_number)
{
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > NUMBER_DIGITS_MAXIMUM || text[digits] != '\0')
        return false;
    int64_t number = strtoll(text, NULL, 10);

    if (number == 0)
        return false;
    *ret_number = number;
    return true;
}

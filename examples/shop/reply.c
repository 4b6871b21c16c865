/* The answers of reply.h. */
#include "examples/shop/reply.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void reply_json(struct reply *reply, unsigned status, char *text)
{
    free(reply->body);
    reply->status = text ? status : 500;
    reply->body = text ? text : strdup("{\"error\":\"out of order\"}");
}

void reply_error(struct reply *reply, unsigned status, const char *message)
{
    json_t *error = json_pack("{s:s}", "error", message);

    reply_json(reply, status, json_dumps(error, JSON_COMPACT));
    json_decref(error);
}

void reply_done(struct reply *reply)
{
    free(reply->body);
    reply->body = NULL;
}

/*
 * The tag is that of the bytes that are sent: the encoded body has one of its own. Whatever the
 * client asked for, a body that could have been encoded says so in Vary.
 */
#include "gateway/compose/representation.h"

#include "gateway/compose/coding.h"
#include "gateway/compose/etag.h"

/* Below, what is saved is less than a packet; above, one answer would hold up a worker's others. */
#define GZIP_LEAST ((size_t)1024 + 1)
#define GZIP_MOST  ((size_t)16 * 1024 * 1024)

static bool body_is_encodable(const struct reply *reply)
{
    return reply->body.bytes >= GZIP_LEAST && reply->body.bytes <= GZIP_MOST &&
           reply_value(reply, "Content-Encoding") == NULL;
}

static bool body_encode(struct context *context, struct reply *reply)
{
    struct slices encoded;
    struct str accepted =
        client_request_field(&context->arena, &context->request, STR("accept-encoding"));
    slices_init(&encoded, &context->arena);
    if (!coding_wants_gzip(accepted) ||
        !gzip_write(&context->composer->gzip, &reply->body, &encoded))
        return false;
    reply->body = encoded;
    reply_add(reply, "Content-Encoding", "gzip");
    return true;
}

static bool answer_is_tagged(const struct context *context, const struct reply *reply,
                             bool is_complete)
{
    enum method method = context->request.method;
    return is_complete && context->route->response.etag && reply->status == 200 &&
           (method == METHOD_GET || method == METHOD_HEAD);
}

/* RFC 9110 15.4.5: what guides a cache stays, what describes the body goes. */
static void reply_not_modified(struct reply *reply)
{
    reply->status = 304;
    reply->has_length = true;
    reply->length = reply->body.bytes;
    slices_init(&reply->body, reply->arena);
    reply_remove(reply, "Content-Type");
    reply_remove(reply, "Content-Encoding");
}

static bool client_has(struct context *context, const struct reply *reply)
{
    struct str field =
        client_request_field(&context->arena, &context->request, STR("if-none-match"));
    const char *tag = reply_value(reply, "ETag");
    return field.at != NULL && tag != NULL && etag_is_in(field, str_of(tag));
}

/* A tag that the route wrote is the same for both encodings, so for one of them it is weak. */
static void own_tag_weaken(struct reply *reply)
{
    const char *own = reply_value(reply, "ETag");
    if (own == NULL)
        return;
    reply_remove(reply, "ETag");
    reply_add(reply, "ETag", etag_weaken(reply->arena, str_of(own)).at);
}

void representation_choose(struct context *context, struct reply *reply, bool is_complete)
{
    struct slices plain = reply->body;
    bool is_encoded = false;
    if (body_is_encodable(reply)) {
        reply_add_vary(reply, "Accept-Encoding");
        is_encoded = body_encode(context, reply);
    }
    if (is_encoded)
        own_tag_weaken(reply);
    if (!answer_is_tagged(context, reply, is_complete))
        return;
    if (reply_value(reply, "ETag") == NULL)
        reply_add(reply, "ETag",
                  etag_of_body(&context->arena, &plain, is_encoded ? "-gzip" : "").at);
    if (client_has(context, reply))
        reply_not_modified(reply);
}

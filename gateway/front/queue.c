/*
 * What 0.9.75 does wrong on the wire and how it is stepped round:
 * - HEAD and 304 with a body of unknown size send a chunk end and put the connection out of step:
 *   the size is always known here;
 * - 205 would be sent with its body: it never has one here;
 * - its own Date doubles one of ours: it is switched off, and ours is always set;
 * - an empty field value is refused: such a field is left out.
 */
#include "gateway/front/queue.h"

#include "base/arena.h"

/* Up to this size one copy is cheaper than the second send that an iovec response costs. */
#define JOIN_MAXIMUM ((size_t)64 * 1024)

static ssize_t body_is_never_read(void *closure, uint64_t position, char *buffer, size_t size)
{
    (void)closure, (void)position, (void)buffer, (void)size;
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

static struct MHD_Response *response_of_slices(struct reply *reply)
{
    struct slices *body = &reply->body;
    if (body->count <= 1 || body->bytes <= JOIN_MAXIMUM) {
        struct str text = slices_join(body);
        return MHD_create_response_from_buffer(text.length, (void *)(uintptr_t)text.at,
                                               MHD_RESPMEM_PERSISTENT);
    }
    struct MHD_IoVec *vector = arena_array(reply->arena, struct MHD_IoVec, body->count);
    for (size_t i = 0; i < body->count; i++)
        vector[i] = (struct MHD_IoVec){body->list[i].iov_base, body->list[i].iov_len};
    return MHD_create_response_from_iovec(vector, (unsigned)body->count, NULL, NULL);
}

enum MHD_Result queue_reply(struct MHD_Connection *connection, struct reply *reply,
                            const char *date, bool closes)
{
    struct MHD_Response *response =
        reply->has_length
            ? MHD_create_response_from_callback(reply->length, 1024, body_is_never_read, NULL, NULL)
            : response_of_slices(reply);
    if (response == NULL)
        return MHD_NO;
    bool has_date = false;
    for (uint32_t i = 0; i < reply->field_count; i++) {
        const struct reply_field *field = &reply->fields[i];
        has_date = has_date || strcasecmp(field->name, "date") == 0;
        (void)MHD_add_response_header(response, field->name, field->value);
    }
    if (!has_date)
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_DATE, date);
    if (closes || reply->closes)
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

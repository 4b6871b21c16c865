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

/* Status line, Date, Content-Length, Connection and the final empty line. */
#define HEAD_OWN_BYTES ((size_t)256)

static ssize_t body_is_never_read(void *closure, uint64_t position, char *buffer, size_t size)
{
    (void)closure, (void)position, (void)buffer, (void)size;
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

/*
 * One piece is sent from where it lies, several are joined: where the heap keeps its pages (tide.c)
 * the copy of a large answer is a small part of sending it. Never as an iovec: the library copies
 * the list into the connection's pool, and when it does not fit there it ends the process (it
 * destroys a locked mutex, response.c).
 */
static struct MHD_Response *response_of_slices(struct reply *reply)
{
    struct str text = slices_join(&reply->body);
    return MHD_create_response_from_buffer(text.length, (void *)(uintptr_t)text.at,
                                           MHD_RESPMEM_PERSISTENT);
}

size_t queue_head_bytes(const struct reply *reply)
{
    size_t bytes = HEAD_OWN_BYTES;
    for (uint32_t i = 0; i < reply->field_count; i++)
        bytes += strlen(reply->fields[i].name) + strlen(reply->fields[i].value) + 4;
    return bytes;
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

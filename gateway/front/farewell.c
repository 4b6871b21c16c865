/* See farewell.h. */
#include "gateway/front/farewell.h"

#include "base/buffer.h"
#include "gateway/front/gate.h"

#include <strings.h>
#include <sys/socket.h>

#define FAREWELL_BYTES ((size_t)64 * 1024)

/* Whether it says how the message is sent, which is said here. */
static bool field_is_ours(const char *name)
{
    return strcasecmp(name, "connection") == 0 || strcasecmp(name, "content-length") == 0 ||
           strcasecmp(name, "transfer-encoding") == 0;
}

static void head_write(struct buffer *out, const struct reply *reply, const char *date)
{
    buffer_print(out, "HTTP/1.1 %d %s\r\n", reply->status, reply_status_title(reply->status));
    for (uint32_t i = 0; i < reply->field_count; i++) {
        const struct reply_field *field = &reply->fields[i];
        if (!field_is_ours(field->name))
            buffer_print(out, "%s: %s\r\n", field->name, field->value);
    }
    if (!reply_has(reply, "date"))
        buffer_print(out, "Date: %s\r\n", date);
    if (reply->status != 204 && reply->status != 304)
        buffer_print(out, "Content-Length: %zu\r\n",
                     reply->has_length ? (size_t)reply->length : reply->body.bytes);
    buffer_append(out, STR("Connection: close\r\n\r\n"));
}

void farewell_send(int fd, struct reply *reply, const char *date)
{
    struct buffer out;
    buffer_init(&out, FAREWELL_BYTES);
    head_write(&out, reply, date);
    if (!reply->has_length)
        buffer_append(&out, slices_join(&reply->body));
    if (!out.is_over)
        (void)send(fd, out.at, out.length, MSG_DONTWAIT | MSG_NOSIGNAL);
    buffer_done(&out);
    gate_finish(fd);
}

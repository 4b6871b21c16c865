/*
 * Writing requests. Every part is encoded already; nothing is added but the framing.
 */
#include "gateway/upstream/lean_request.h"

#include "base/arena.h"
#include "gateway/upstream/flight_request.h"
#include "gateway/upstream/request_rules.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define LENGTH_LINE_SIZE 48 /* "Content-Length: " with 20 digits, CR LF and a zero */

static char *put(char *at, struct str text)
{
    if (text.length > 0)
        memcpy(at, text.at, text.length);
    return at + text.length;
}

static struct str length_line(const struct flight_request *what, char *to)
{
    if (!request_sends_body(what))
        return STR_NONE;
    uint64_t length = what->has_body ? what->body.length : 0;
    int size = snprintf(to, LENGTH_LINE_SIZE, "Content-Length: %" PRIu64 "\r\n", length);
    return (struct str){to, (size_t)size};
}

void lean_request_build(struct lean_request *request, struct arena *arena,
                        const struct flight_request *what, struct str head_tail)
{
    char digits[LENGTH_LINE_SIZE];
    struct str framing = length_line(what, digits);
    size_t size = what->method.length + 1 + what->target.length + head_tail.length +
                  what->header_lines.length + framing.length + 2;
    char *head = arena_bytes(arena, size);
    char *at = put(head, what->method);
    *at++ = ' ';
    at = put(at, what->target);
    at = put(at, head_tail);
    at = put(at, what->header_lines);
    at = put(at, framing);
    put(at, STR("\r\n"));
    bool has_body = framing.length > 0 && what->has_body;
    *request = (struct lean_request){
        .head = {head, size},
        .body = has_body ? what->body : STR_NONE,
    };
}

static struct iovec piece_from(struct str text, size_t from)
{
    return (struct iovec){(void *)((uintptr_t)text.at + from), text.length - from};
}

static ssize_t send_with_body(const struct lean_request *request, int fd)
{
    struct iovec pieces[2];
    struct msghdr message = {.msg_iov = pieces};
    size_t from = request->sent;
    if (from < request->head.length) {
        pieces[message.msg_iovlen++] = piece_from(request->head, from);
        from = request->head.length;
    }
    pieces[message.msg_iovlen++] = piece_from(request->body, from - request->head.length);
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

int lean_request_send(struct lean_request *request, int fd)
{
    ssize_t count;
    if (request->body.length > 0) {
        count = send_with_body(request, fd);
    } else {
        struct str left = str_from(request->head, request->sent);
        count = send(fd, left.at, left.length, MSG_NOSIGNAL);
    }
    if (count < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    request->sent += (size_t)count;
    return 0;
}

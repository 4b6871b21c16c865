/*
 * Everything a client can choose (method, target, id) passes log_escape, so a line ends where it
 * ends.
 */
#include "gateway/front/access.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

/* What waits for its reader; a line that would exceed it is lost. */
#define ACCESS_BUFFER     ((size_t)256 * 1024)
#define ACCESS_LINE_ROOM  ((size_t)24 * 1024)
#define ACCESS_TARGET_MAX 2048

void access_init(struct access *access, const struct settings *settings)
{
    access->is_on = settings->log_access;
    access->format = settings->log_format;
    struct stat status;
    access->is_file = fstat(STDOUT_FILENO, &status) == 0 && S_ISREG(status.st_mode);
    buffer_init(&access->lines, ACCESS_BUFFER);
}

void access_done(struct access *access)
{
    access_flush(access);
    buffer_done(&access->lines);
}

static struct str shortened(struct str text)
{
    if (text.length > ACCESS_TARGET_MAX)
        text.length = ACCESS_TARGET_MAX;
    return text;
}

static void line_member(struct access *access, const char *name, struct str value)
{
    buffer_append(&access->lines, STR(",\""));
    buffer_append(&access->lines, str_of(name));
    buffer_append(&access->lines, STR("\":\""));
    log_escape(&access->lines, shortened(value), LOG_JSON);
    buffer_append(&access->lines, STR("\""));
}

static void json_line(struct access *access, const struct exchange *exchange, int status,
                      const char *time, usec took)
{
    const struct context *context = &exchange->context;
    buffer_print(&access->lines, "{\"time\":\"%s\"", time);
    line_member(access, "id", context->envelope.id);
    line_member(access, "remote", context->envelope.client);
    line_member(access, "method",
                context->request.method < METHOD_COUNT ? method_name(context->request.method)
                                                       : STR("-"));
    line_member(access, "path", context->request.path);
    if (context->route != NULL)
        line_member(access, "route", context->route->key);
    buffer_print(&access->lines, ",\"status\":%d,\"bytes\":%zu,\"ms\":%lld.%03lld", status,
                 exchange->reply.body.bytes, (long long)(took / MILLISECOND),
                 (long long)(took % MILLISECOND));
    if (exchange->degraded.length > 0)
        line_member(access, "degraded", exchange->degraded);
    if (exchange->reason != REASON_NONE)
        line_member(access, "reason", str_of(reason_name(exchange->reason)));
    buffer_append(&access->lines, STR("}\n"));
}

static void text_line(struct access *access, const struct exchange *exchange, int status,
                      const char *time, usec took)
{
    const struct context *context = &exchange->context;
    buffer_print(&access->lines, "%s %d %lld.%03lldms ", time, status,
                 (long long)(took / MILLISECOND), (long long)(took % MILLISECOND));
    buffer_append(&access->lines, context->request.method < METHOD_COUNT
                                      ? method_name(context->request.method)
                                      : STR("-"));
    buffer_append_byte(&access->lines, ' ');
    log_escape(&access->lines, shortened(context->request.path), LOG_TEXT);
    if (exchange->degraded.length > 0) {
        buffer_append(&access->lines, STR(" degraded="));
        log_escape(&access->lines, exchange->degraded, LOG_TEXT);
    }
    if (exchange->reason != REASON_NONE)
        buffer_print(&access->lines, " reason=%s", reason_name(exchange->reason));
    buffer_append(&access->lines, STR("\n"));
}

void access_write(struct access *access, const struct exchange *exchange, int status, usec now)
{
    char time[CLOCK_RFC3339_SIZE];
    if (!access->is_on)
        return;
    if (access->lines.length + ACCESS_LINE_ROOM > ACCESS_BUFFER) {
        access->lost++; /* nobody reads: the line is lost, the request is not */
        return;
    }
    clock_format_rfc3339(clock_wall(), time);
    usec took = now - exchange->context.began;
    if (access->format == LOG_JSON)
        json_line(access, exchange, status, time, took);
    else
        text_line(access, exchange, status, time, took);
}

/*
 * A pipe that is full would block the worker: poll() says that PIPE_BUF bytes fit, and no more is
 * written at once. A file never blocks.
 */
static bool output_is_ready(const struct access *access)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return access->is_file || (poll(&output, 1, 0) == 1 && (output.revents & POLLOUT) != 0);
}

void access_flush(struct access *access)
{
    while (access->lines.length > 0 && output_is_ready(access)) {
        size_t most = access->is_file ? access->lines.length : PIPE_BUF;
        size_t length = access->lines.length < most ? access->lines.length : most;
        ssize_t written = write(STDOUT_FILENO, access->lines.at, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            buffer_clear(&access->lines);
            return;
        }
        buffer_consume(&access->lines, (size_t)written);
    }
    if (access->lines.length == 0 && access->lost > 0) {
        log_write(LOG_WARNING, "%zu lines of the access log were lost: nobody read them",
                  access->lost);
        access->lost = 0;
    }
}

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
#define ACCESS_LINE_ROOM  ((size_t)32 * 1024)
#define ACCESS_TARGET_MAX 2048
#define ACCESS_CALLS      32 /* of one line */

void access_init(struct access *access, const struct settings *settings, struct tally *tally)
{
    *access = (struct access){
        .is_on = settings->log_access, .format = settings->log_format, .tally = tally};
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

static void put(struct buffer *to, struct str text)
{
    buffer_append(to, text);
}

static void milliseconds(struct buffer *to, usec time)
{
    unsigned rest = (unsigned)(time % MILLISECOND);
    char digits[4] = {'.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10),
                      (char)('0' + rest % 10)};
    buffer_append_number(to, (uint64_t)(time / MILLISECOND));
    put(to, (struct str){digits, sizeof digits});
}

/* The calendar is computed once a second; the three digits of the millisecond are put in. */
static struct str time_text(struct access *access, usec wall)
{
    if (wall / SECOND != access->second || access->time[0] == '\0') {
        clock_format_rfc3339(wall, access->time);
        access->second = wall / SECOND;
    }
    unsigned rest = (unsigned)(wall % SECOND / MILLISECOND);
    access->time[20] = (char)('0' + rest / 100);
    access->time[21] = (char)('0' + rest / 10 % 10);
    access->time[22] = (char)('0' + rest % 10);
    return (struct str){access->time, 24};
}

static struct str method_text(const struct context *context)
{
    return context->request.method < METHOD_COUNT ? method_name(context->request.method) : STR("-");
}

/* `opening` is `,"name":"`. */
static void member(struct buffer *to, struct str opening, struct str value)
{
    put(to, opening);
    log_escape(to, shortened(value), LOG_JSON);
    buffer_append_byte(to, '"');
}

/* --- JSON --------------------------------------------------------------------------------- */

static void json_call(struct buffer *to, const struct call_account *call)
{
    put(to, STR("{\"service\":\""));
    log_escape(to, call->service->name, LOG_JSON);
    if (call->name.length > 0) {
        put(to, STR("\",\"call\":\""));
        put(to, call->name); /* letters, digits, `_` */
    }
    put(to, STR("\",\"source\":\""));
    put(to, str_of(source_name(call->source)));
    if (call->reason != REASON_NONE) {
        put(to, STR("\",\"reason\":\""));
        put(to, str_of(reason_name(call->reason)));
    }
    put(to, STR("\",\"status\":"));
    buffer_append_number(to, (uint64_t)call->status);
    if (call->requests != 1) {
        put(to, STR(",\"requests\":"));
        buffer_append_number(to, call->requests);
    }
    if (call->tries != call->requests) {
        put(to, STR(",\"tries\":"));
        buffer_append_number(to, call->tries);
    }
    put(to, STR(",\"ms\":"));
    milliseconds(to, call->ended - call->began);
    buffer_append_byte(to, '}');
}

static void json_calls(struct buffer *to, const struct account *account)
{
    struct str opening = STR(",\"calls\":[");
    uint32_t shown = 0;
    for (uint32_t i = 0; i < account->call_count && shown < ACCESS_CALLS; i++) {
        if (!account->calls[i].is_begun)
            continue;
        put(to, shown++ == 0 ? opening : STR(","));
        json_call(to, &account->calls[i]);
    }
    if (shown > 0)
        buffer_append_byte(to, ']');
}

static void json_line(struct buffer *to, const struct exchange *exchange,
                      const struct account *account, struct str time)
{
    const struct context *context = &exchange->context;
    put(to, STR("{\"time\":\""));
    put(to, time);
    member(to, STR("\",\"id\":\""), context->envelope.id);
    member(to, STR(",\"trace\":\""), envelope_trace_id(&context->envelope));
    member(to, STR(",\"remote\":\""), context->envelope.client);
    member(to, STR(",\"method\":\""), method_text(context));
    member(to, STR(",\"path\":\""), context->request.path);
    if (context->route != NULL)
        member(to, STR(",\"route\":\""), context->route->key);
    put(to, STR(",\"status\":"));
    buffer_append_number(to, (uint64_t)account->status);
    put(to, STR(",\"bytes\":"));
    buffer_append_number(to, exchange->reply.body.bytes);
    put(to, STR(",\"ms\":"));
    milliseconds(to, account->ended - account->began);
    if (exchange->degraded.length > 0)
        member(to, STR(",\"degraded\":\""), exchange->degraded);
    if (exchange->reason != REASON_NONE)
        member(to, STR(",\"reason\":\""), str_of(reason_name(exchange->reason)));
    json_calls(to, account);
    put(to, STR("}\n"));
}

/* --- text --------------------------------------------------------------------------------- */

/* " users:live:0.812ms", " orders.order:value(timeout):200.1ms" */
static void text_call(struct buffer *to, const struct call_account *call)
{
    buffer_append_byte(to, ' ');
    put(to, call->name);
    if (call->name.length > 0)
        buffer_append_byte(to, '@');
    log_escape(to, call->service->name, LOG_TEXT);
    buffer_append_byte(to, '=');
    put(to, str_of(source_name(call->source)));
    if (call->reason != REASON_NONE) {
        buffer_append_byte(to, '/');
        put(to, str_of(reason_name(call->reason)));
    }
    buffer_append_byte(to, '/');
    milliseconds(to, call->ended - call->began);
    put(to, STR("ms"));
}

static void text_line(struct buffer *to, const struct exchange *exchange,
                      const struct account *account, struct str time)
{
    const struct context *context = &exchange->context;
    put(to, time);
    buffer_append_byte(to, ' ');
    buffer_append_number(to, (uint64_t)account->status);
    buffer_append_byte(to, ' ');
    milliseconds(to, account->ended - account->began);
    put(to, STR("ms "));
    put(to, method_text(context));
    buffer_append_byte(to, ' ');
    log_escape(to, shortened(context->request.path), LOG_TEXT);
    if (exchange->degraded.length > 0) {
        put(to, STR(" degraded="));
        log_escape(to, exchange->degraded, LOG_TEXT);
    }
    if (exchange->reason != REASON_NONE) {
        put(to, STR(" reason="));
        put(to, str_of(reason_name(exchange->reason)));
    }
    uint32_t shown = 0;
    for (uint32_t i = 0; i < account->call_count && shown < ACCESS_CALLS; i++)
        if (account->calls[i].is_begun && ++shown > 0)
            text_call(to, &account->calls[i]);
    put(to, STR("\n"));
}

/* ------------------------------------------------------------------------------------------ */

static void lines_lose(struct access *access, size_t count)
{
    access->lost += count;
    if (access->tally != NULL)
        count_add(&access->tally->access_lines_lost, count);
}

static bool access_is_full(const struct access *access)
{
    return access->lines.length + ACCESS_LINE_ROOM > ACCESS_BUFFER;
}

void access_write(struct access *access, const struct exchange *exchange,
                  const struct account *account)
{
    if (!access->is_on)
        return;
    if (access_is_full(access))
        access_flush(access); /* a turn may have more lines than the buffer has room */
    if (access_is_full(access)) {
        lines_lose(access, 1); /* nobody reads: the line is lost, the request is not */
        return;
    }
    struct str time = time_text(access, clock_wall());
    size_t before = access->lines.length;
    if (access->format == LOG_JSON)
        json_line(&access->lines, exchange, account, time);
    else
        text_line(&access->lines, exchange, account, time);
    if (!access->lines.is_over)
        return;
    access->lines.is_over = false; /* longer than any line should be: none of it is written */
    access->lines.length = before;
    lines_lose(access, 1);
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

/* Standard output takes nothing: the disk is full, or nobody will ever read. */
static void access_give_up(struct access *access)
{
    size_t count = 0;
    for (size_t i = 0; i < access->lines.length; i++)
        count += access->lines.at[i] == '\n';
    lines_lose(access, count);
    buffer_clear(&access->lines);
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
            access_give_up(access);
            break;
        }
        buffer_consume(&access->lines, (size_t)written);
    }
    if (access->lines.length == 0 && access->lost > 0) {
        log_write(LOG_WARNING, "%zu lines of the access log were lost: nothing took them",
                  access->lost);
        access->lost = 0;
    }
}

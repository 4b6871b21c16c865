/*
 * The log. A line is put together in a buffer whose limit leaves room for how a cut line ends.
 */
#include "base/log.h"

#include "base/buffer.h"
#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

const char *const log_level_names[LOG_LEVEL_COUNT] = {
    [LOG_ERROR] = "error", [LOG_WARNING] = "warning", [LOG_INFO] = "info", [LOG_DEBUG] = "debug"};

const char *const log_format_names[LOG_FORMAT_COUNT] = {[LOG_TEXT] = "text", [LOG_JSON] = "json"};

static atomic_int log_level_now = LOG_INFO;
static atomic_int log_format_now = LOG_TEXT;

/* Of one format: how often it was said since `since`. */
struct quota {
    _Atomic(const char *) format;
    _Atomic usec since; /* monotonic */
    atomic_uint said;
    atomic_uint left_out;
};

#define QUOTAS 64 /* more than there are formats; the ones beyond are not bounded */

static struct quota quotas[QUOTAS];
static _Atomic uint64_t lost_lines;

void log_set(enum log_level level, enum log_format format)
{
    atomic_store_explicit(&log_level_now, level, memory_order_relaxed);
    atomic_store_explicit(&log_format_now, format, memory_order_relaxed);
}

bool log_is_on(enum log_level level)
{
    return (int)level <= atomic_load_explicit(&log_level_now, memory_order_relaxed);
}

/* --- escaping ----------------------------------------------------------------------------- */

#define NOT_UTF8 UINT32_MAX

static bool is_plain(char byte, enum log_format format)
{
    return byte >= 0x20 && byte < 0x7f && byte != '\\' && (byte != '"' || format == LOG_TEXT);
}

static size_t plain_run(struct str text, enum log_format format)
{
    size_t run = 0;
    while (run < text.length && is_plain(text.at[run], format))
        run++;
    return run;
}

/*
 * The character at the beginning of `text` (at least one byte) and how many bytes it takes;
 * NOT_UTF8 with the length of the maximal subpart (Unicode 15, table 3-7 and section 3.9).
 */
static uint32_t decode_character(struct str text, size_t *ret_length)
{
    unsigned char first = (unsigned char)text.at[0];
    *ret_length = 1;
    if (first < 0x80)
        return first;
    if (first < 0xc2 || first > 0xf4)
        return NOT_UTF8;
    size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    unsigned char lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned char highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    uint32_t character = first & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        unsigned char next = i < text.length ? (unsigned char)text.at[i] : 0;
        if (next < lowest || next > highest)
            return NOT_UTF8;
        character = character << 6 | (next & 0x3f);
        *ret_length = i + 1;
        lowest = 0x80;
        highest = 0xbf;
    }
    return character;
}

/* What ends a line, moves a cursor or turns the direction of what follows. */
static bool is_treacherous(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character <= 0x9f) ||
           (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069);
}

static bool escape_character(struct buffer *to, struct str text, uint32_t character)
{
    switch (character) {
    case NOT_UTF8:
        return buffer_append(to, STR("\xef\xbf\xbd"));
    case '"':
        return buffer_append(to, STR("\\\""));
    case '\\':
        return buffer_append(to, STR("\\\\"));
    case '\n':
        return buffer_append(to, STR("\\n"));
    case '\r':
        return buffer_append(to, STR("\\r"));
    case '\t':
        return buffer_append(to, STR("\\t"));
    default:
        if (is_treacherous(character))
            return buffer_print(to, "\\u%04x", character);
        return buffer_append(to, text);
    }
}

bool log_escape(struct buffer *to, struct str text, enum log_format format)
{
    while (text.length > 0 && !to->is_over) {
        size_t length = plain_run(text, format);
        if (length > 0) {
            size_t room = to->limit - to->length;
            buffer_append(to, (struct str){text.at, length < room ? length : room});
            to->is_over = to->is_over || length > room;
        } else {
            uint32_t character = decode_character(text, &length);
            escape_character(to, (struct str){text.at, length}, character);
        }
        text = str_from(text, length);
    }
    return !to->is_over;
}

/* --- writing ------------------------------------------------------------------------------ */

#define ENDING_MAXIMUM (sizeof("…\"}\n") - 1)

static void line_begin(struct buffer *line, enum log_level level, enum log_format format)
{
    char time[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339(clock_wall(), time);
    buffer_print(line,
                 format == LOG_JSON ? "{\"time\":\"%s\",\"level\":\"%s\",\"message\":\"" : "%s %s ",
                 time, log_level_names[level]);
}

static void line_end(struct buffer *line, enum log_format format)
{
    bool is_cut = line->is_over;
    line->is_over = false;
    line->limit = LOG_LINE_MAXIMUM;
    if (is_cut)
        buffer_append(line, STR("…"));
    if (format == LOG_JSON)
        buffer_append(line, STR("\"}"));
    buffer_append_byte(line, '\n');
}

/* --- the same again ----------------------------------------------------------------------- */

static struct quota *quota_find(const char *format)
{
    size_t first = (uintptr_t)format / 8 % QUOTAS;
    for (size_t i = 0; i < QUOTAS; i++) {
        struct quota *quota = &quotas[(first + i) % QUOTAS];
        const char *none = NULL;
        if (atomic_load(&quota->format) == format ||
            atomic_compare_exchange_strong(&quota->format, &none, format) || none == format)
            return quota;
    }
    return NULL;
}

/* *ret_left_out: how many were not written before this one. */
static bool quota_allows(struct quota *quota, usec now, unsigned *ret_left_out)
{
    usec since = atomic_load(&quota->since);
    if ((since == 0 || now - since >= LOG_SAME_TIME) &&
        atomic_compare_exchange_strong(&quota->since, &since, now)) {
        *ret_left_out = atomic_exchange(&quota->left_out, 0);
        atomic_store(&quota->said, 0);
    }
    if (atomic_fetch_add(&quota->said, 1) < LOG_SAME_LINES)
        return true;
    atomic_fetch_add(&quota->left_out, 1);
    return false;
}

static bool log_may_say(enum log_level level, const char *format, unsigned *ret_left_out)
{
    struct quota *quota = level <= LOG_WARNING ? quota_find(format) : NULL;
    return quota == NULL || quota_allows(quota, clock_now(), ret_left_out);
}

uint64_t log_lost(void)
{
    return atomic_load_explicit(&lost_lines, memory_order_relaxed);
}

static void line_send(const struct buffer *line)
{
    struct pollfd output = {.fd = STDERR_FILENO, .events = POLLOUT};
    ssize_t written = -1;
    if (poll(&output, 1, 0) == 1 && (output.revents & POLLOUT) != 0)
        do {
            written = write(STDERR_FILENO, line->at, line->length);
        } while (written < 0 && errno == EINTR);
    if (written < 0)
        atomic_fetch_add_explicit(&lost_lines, 1, memory_order_relaxed);
}

void log_write(enum log_level level, const char *format, ...)
{
    if (!log_is_on(level))
        return;
    int kept = errno;
    unsigned left_out = 0;
    if (!log_may_say(level, format, &left_out)) {
        atomic_fetch_add_explicit(&lost_lines, 1, memory_order_relaxed);
        return;
    }
    /* Escaping never shortens: what does not fit here would not fit into the line either. */
    char message[LOG_LINE_MAXIMUM];
    va_list arguments;
    va_start(arguments, format);
    int printed = vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    size_t length = printed < 0 ? 0 : (size_t)printed;
    if (length >= sizeof(message))
        length = sizeof(message) - 1;

    enum log_format line_format =
        (enum log_format)atomic_load_explicit(&log_format_now, memory_order_relaxed);
    struct buffer line;
    buffer_init(&line, LOG_LINE_MAXIMUM - ENDING_MAXIMUM);
    line_begin(&line, level, line_format);
    log_escape(&line, (struct str){message, length}, line_format);
    if (left_out > 0)
        buffer_print(&line, " (and %u more like it before)", left_out);
    line_end(&line, line_format);
    line_send(&line);
    buffer_done(&line);
    errno = kept;
}

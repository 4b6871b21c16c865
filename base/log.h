/*
 * The log: one line per event on stderr, each by one write(2) of at most 4 KiB, which a pipe takes
 * as a whole (PIPE_BUF). Whatever the message holds, it stays one line that ends where it ends:
 * control bytes are escaped, bytes that are not UTF-8 are replaced, so no line can be forged.
 */
#ifndef BRAID_BASE_LOG_H
#define BRAID_BASE_LOG_H

#include "base/clock.h"
#include "base/str.h"

struct buffer;

enum log_level {
    LOG_ERROR,   /* something does not work */
    LOG_WARNING, /* it works, but somebody should look */
    LOG_INFO,    /* what happened to the process */
    LOG_DEBUG,   /* for who looks for a fault */
    LOG_LEVEL_COUNT
};

enum log_format {
    LOG_TEXT, /* 2026-01-02T03:04:05.678Z error message */
    LOG_JSON, /* {"time":"2026-01-02T03:04:05.678Z","level":"error","message":"message"} */
    LOG_FORMAT_COUNT
};

/* "error", …; "text", … */
extern const char *const log_level_names[LOG_LEVEL_COUNT];
extern const char *const log_format_names[LOG_FORMAT_COUNT];

#define LOG_LINE_MAXIMUM 4096 /* bytes, with the newline */

/* What is less urgent than `level` is not written. At first: LOG_INFO, LOG_TEXT. Any thread. */
void log_set(enum log_level level, enum log_format format);

bool log_is_on(enum log_level level);

/* So many errors and warnings of one format in this time; the next tells how many were left out. */
#define LOG_SAME_LINES 20
#define LOG_SAME_TIME  (10 * SECOND)

/*
 * A line that is too long is cut and ends in "…"; one that nobody would read now is lost, since a
 * full pipe must not stop anybody. Keeps errno. Any thread.
 */
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Lines that were lost or left out since the start. Any thread. */
uint64_t log_lost(void);

/*
 * Appends `text` so that it may stand in a line: for LOG_JSON inside the quotes of a string, for
 * LOG_TEXT as it is. Control characters (C0, DEL, C1), line and paragraph separators and marks that
 * reverse the direction of text become escapes (\n, \u009b, …), a backslash is doubled, each
 * maximal part that is not UTF-8 becomes U+FFFD. Where the buffer ends, the text is cut between
 * characters, the buffer is over, and the answer is false.
 */
bool log_escape(struct buffer *to, struct str text, enum log_format format);

#endif

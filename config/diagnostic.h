/*
 * What is wrong with a file, for the person who wrote it: every mistake, each with its place, the
 * line, a caret under the words that are meant, and what to do.
 *
 *     shop.yaml:14:7: error: unknown key 'fallbak' in call 'customer'
 *        14 |       fallbak: { value: null }
 *           |       ^~~~~~~ did you mean 'fallback'?
 */
#ifndef BRAID_CONFIG_DIAGNOSTIC_H
#define BRAID_CONFIG_DIAGNOSTIC_H

#include "base/str.h"

#include <stdio.h>

struct arena;

/* One file as it was read. Lives as long as the tree that was made of it. */
struct source_file {
    struct str path; /* as it is shown */
    struct str text;
};

/* Lines and columns count from 1; columns and lengths are in bytes. */
struct place {
    const struct source_file *file; /* NULL: no place, e.g. a file that cannot be opened */
    uint32_t line;
    uint32_t column;
    uint32_t length; /* how much the caret underlines, at least 1 */
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE, SEVERITY_COUNT };

/* "error", "warning", "note". */
const char *severity_name(enum severity severity);

struct diagnostic {
    enum severity severity;
    struct place place;
    const char *name;   /* warnings: what `allow: [NAME]` silences; otherwise NULL */
    struct str message; /* one clause, no full stop */
    struct str hint;    /* stands behind the caret; may be empty */
};

struct diagnostics {
    struct arena *arena;
    struct diagnostic *list;
    size_t count;
    size_t room;
    size_t counts[SEVERITY_COUNT];
};

/* Keeps the arena. At most 1,000 are kept; further ones are only counted. */
void diagnostics_init(struct diagnostics *diagnostics, struct arena *arena);

/*
 * Adds one. `hint` may be empty. The same message at the same place is added once.
 */
void diagnostics_add(struct diagnostics *diagnostics, enum severity severity, struct place place,
                     const char *name, struct str hint, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

#define diagnostics_error(diagnostics, place, hint, ...)                                           \
    diagnostics_add((diagnostics), SEVERITY_ERROR, (place), NULL, (hint), __VA_ARGS__)

/* A place inside a place: `length` bytes from `offset`, on the same line. */
struct place place_within(struct place place, size_t offset, size_t length);

/* Adds all that `from` holds; its texts are kept. */
void diagnostics_merge(struct diagnostics *diagnostics, const struct diagnostics *from);

/* All that are kept, by file, line and column; in the diagnostics' arena. */
const struct diagnostic *const *diagnostics_sorted(struct diagnostics *diagnostics);

/* Sorted by file and line, as in the example above, to `to`. */
void diagnostics_print(struct diagnostics *diagnostics, FILE *to);

static inline bool diagnostics_has_errors(const struct diagnostics *diagnostics)
{
    return diagnostics->counts[SEVERITY_ERROR] > 0;
}

/*
 * "did you mean 'fallback'?" in the arena where one of the `count` names is near enough to `word`
 * (at most a third of its letters wrong), otherwise empty.
 */
struct str diagnostic_did_you_mean(struct arena *arena, struct str word, const struct str *names,
                                   size_t count);

#endif

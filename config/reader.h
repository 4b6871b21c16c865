/*
 * Single values of the file, read and checked: what stands behind one key. Constants (`env.NAME`,
 * `file('…')`) may stand for any of them. Each function reports a mistake at the value's place
 * and is then false; a key with nothing behind it was reported before and is only refused.
 */
#ifndef BRAID_CONFIG_READER_H
#define BRAID_CONFIG_READER_H

#include "base/clock.h"
#include "config/node.h"

struct arena;
struct scope;

/* What every reader is handed; rooms above embed it in a struct of their own. */
struct reader {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct scope *scope; /* for constants in settings: env and file; NULL: no ${…} at all */
};

/* "TEXT is no duration" and the like, at the node. */
void reader_refuse(const struct reader *reader, const struct node *node, const char *hint,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));

/* `wanted`: "text", "a duration": for the message where it is a list, a mapping or null. */
bool reader_text(const struct reader *reader, const struct node *node, const char *wanted,
                 struct str *ret_text);

/* A list of texts, in arena. */
bool reader_texts(const struct reader *reader, const struct node *node, struct str **ret_texts,
                  uint32_t *ret_count);

/* Minimum and maximum in microseconds; a maximum of 0: none. */
bool reader_duration(const struct reader *reader, const struct node *node, int64_t minimum,
                     int64_t maximum, usec *ret_duration);

/* Minimum and maximum in bytes; a maximum of 0: none. */
bool reader_size(const struct reader *reader, const struct node *node, int64_t minimum,
                 int64_t maximum, uint64_t *ret_size);

bool reader_share(const struct reader *reader, const struct node *node, double *ret_share);

/* A whole number; a maximum of 0: none. */
bool reader_count(const struct reader *reader, const struct node *node, int64_t minimum,
                  int64_t maximum, uint32_t *ret_count);

/* on, true, off, false. */
bool reader_switch(const struct reader *reader, const struct node *node, bool *ret_is_on);

/* The index of one of `choices` (NULL at the end). */
bool reader_choice(const struct reader *reader, const struct node *node, const char *const *choices,
                   int *ret_choice);

/* The name of a file that can be read, found beside the file that names it: a struct str, in arena.
 */
bool reader_file(struct reader *reader, const struct node *node, void *into);

/* A plain `off` or `false`, as `admin: off` has it. */
bool reader_is_off(const struct node *node);

#endif

/*
 * Constants of the load: `env.NAME` and `file('…')`. They are mostly secrets, so every text that
 * was read is remembered, and whoever prints hides it.
 */
#ifndef BRAID_CONFIG_ENVIRONMENT_H
#define BRAID_CONFIG_ENVIRONMENT_H

#include "base/str.h"

struct arena;
struct source_file;

struct text_list {
    struct str *list;
    size_t count;
    size_t room;
};

struct environment {
    struct arena *arena;
    struct text_list secrets; /* values that were taken from env or file */
    struct text_list files;   /* their names, for `watch` */
};

#define ENVIRONMENT_FILE_MAXIMUM ((size_t)1024 * 1024)

/* Keeps the arena, where all texts go. */
void environment_init(struct environment *environment, struct arena *arena);

/*
 * The text, the final newline cut. NULL, or one clause that says why there is none ("is not set").
 * Only UTF-8 is taken.
 */
const char *environment_variable(struct environment *environment, struct str name,
                                 struct str *ret_text);

/* The same of a file; a relative name is beside `beside` (may be NULL: the working directory). */
const char *environment_file(struct environment *environment, const struct source_file *beside,
                             struct str name, struct str *ret_text);

/* A name as it stands in `beside`, from the working directory; zero-terminated, in arena. */
struct str path_beside(struct arena *arena, const struct source_file *beside, struct str name);

#endif

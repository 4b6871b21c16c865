/*
 * Which files belong together: the first, and what each one includes, each once. Names are beside
 * the file that holds them; a pattern (glob) stands for all that it matches, sorted.
 */
#ifndef BRAID_CONFIG_INCLUDE_H
#define BRAID_CONFIG_INCLUDE_H

#include "config/reader.h"

#define INCLUDES_MAXIMUM 1000 /* files */

struct include_file {
    struct str path; /* as it is opened and shown */
    struct str real; /* without links and dots, to know it again */
};

struct include_list {
    struct include_file *list; /* in arena */
    uint32_t count;
};

/* The list with the first file. */
void include_list_init(struct include_list *files, struct arena *arena, struct str path);

/*
 * Adds what `include` (a name or a list), a key of `root`, stands for. A missing file is an error,
 * a pattern without a match a warning; a file that is there already is not added again.
 */
void include_add(struct include_list *files, const struct reader *reader, const struct node *root,
                 const struct node *include);

#endif

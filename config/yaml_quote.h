/*
 * Where quotes belong in a line: from where to where a text was meant, which kind of quotes it
 * takes, and how the line looks with them.
 */
#ifndef BRAID_CONFIG_YAML_QUOTE_H
#define BRAID_CONFIG_YAML_QUOTE_H

#include "config/yaml_text.h"

struct yaml_quotes {
    struct str line;
    size_t begin; /* of the line in the file */
    struct yaml_correction list[64];
    size_t count;
};

/* Where the value begins in a line of a block: behind `- ` and `key: `. */
size_t yaml_quotes_block_begin(struct str line);

/* Where the text begins that holds `at`, inside { } or [ ]. */
size_t yaml_quotes_flow_begin(struct str line, size_t at);

/*
 * Quotes the text that begins at `from`, inside { } also what follows in the line with a `${`.
 * Where the first one ends; 0 when its end cannot be told.
 */
size_t yaml_quotes_block(struct yaml_quotes *quotes, size_t from);
size_t yaml_quotes_flow(struct yaml_quotes *quotes, size_t from);

/* "write  LINE", in arena. */
struct str yaml_quotes_show(const struct yaml_quotes *quotes, struct arena *arena);

/* They were put into the text before, and did not help. */
bool yaml_quotes_are_there(const struct yaml_quotes *quotes, const struct yaml_text *yaml);

#endif

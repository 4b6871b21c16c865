/*
 * The reference of every key, made of the tables: the sections of this floor, and their Markdown.
 */
#ifndef BRAID_CONFIG_REFERENCE_H
#define BRAID_CONFIG_REFERENCE_H

#include "config/schema.h"

struct reference_section {
    const char *title; /* NULL ends a list */
    const char *says;  /* one paragraph of Markdown, or "" */
    const struct schema *schema;
};

/* What holds for all of them, in Markdown. */
extern const char reference_intro[];

/* The top of the file, included files, services. */
extern const struct reference_section config_sections[];

void reference_print_sections(const struct reference_section *sections, FILE *to);

/* The title, the introduction and the sections of this floor; the rest is of the floor above. */
void reference_print(FILE *to);

#endif

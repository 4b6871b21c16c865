/*
 * Manual pages: text that is written in Markdown here becomes roff (man(7)), and a table of keys
 * becomes a list of paragraphs.
 */
#ifndef BRAID_CONFIG_MANUAL_H
#define BRAID_CONFIG_MANUAL_H

#include "config/reference.h"

/* Prose: `code` is bold, nothing in it is a request of roff. Ends the line. */
void manual_print_text(const char *text, FILE *to);

/* What is shown as it is, line by line. */
void manual_print_verbatim(const char *text, FILE *to);

/* Every section: a heading, its paragraph, its keys. */
void manual_print_sections(const struct reference_section *sections, FILE *to);

#endif

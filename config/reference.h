/*
 * The reference of the file's keys, made from the same tables that read them.
 */
#ifndef BRAID_CONFIG_REFERENCE_H
#define BRAID_CONFIG_REFERENCE_H

#include <stdio.h>

/* Markdown: the top of the file, an included file, services. Routes have their own. */
void reference_print(FILE *to);

#endif

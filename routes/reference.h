/*
 * The reference of everything below `routes:`, made from the tables that the keys are read by.
 */
#ifndef BRAID_ROUTES_REFERENCE_H
#define BRAID_ROUTES_REFERENCE_H

#include "config/reference.h"

/* A route, a call, and what stands in them. */
extern const struct reference_section routes_sections[];

/* Markdown: one section per kind of mapping. */
void routes_reference_print(FILE *to);

#endif

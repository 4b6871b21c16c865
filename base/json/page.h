/*
 * JSON as a page that people read and compare: two blanks for each level, what is short on one
 * line, a line feed at the end.
 */
#ifndef BRAID_BASE_JSON_PAGE_H
#define BRAID_BASE_JSON_PAGE_H

#include "base/json/json.h"

#include <stdio.h>

/* `arena` is for what must be put together on the way. */
void json_page_print(struct arena *arena, struct json value, FILE *to);

#endif

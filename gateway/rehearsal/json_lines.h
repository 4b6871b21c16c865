/*
 * JSON with every member and element on a line of its own: for comparing line by line.
 */
#ifndef BRAID_GATEWAY_REHEARSAL_JSON_LINES_H
#define BRAID_GATEWAY_REHEARSAL_JSON_LINES_H

#include "base/json/json.h"

/* In arena; two blanks for each level, no line feed at the end. */
struct str json_lines(struct arena *arena, struct json value);

#endif

/*
 * Two texts, line by line: what only the first has is marked with -, what only the second has
 * with +, and of what both have three lines stand around that.
 */
#ifndef BRAID_GATEWAY_REHEARSAL_LINE_DIFF_H
#define BRAID_GATEWAY_REHEARSAL_LINE_DIFF_H

#include "base/str.h"

#include <stdio.h>

/* Every line begins with `indent`. `arena` is for what is needed on the way. */
void line_diff_print(struct arena *arena, struct str first, struct str second, const char *indent,
                     FILE *to);

#endif

/*
 * "NAME in ${…}": what `$each` of a template and `each` of a call say.
 */
#ifndef BRAID_ROUTES_LOOP_H
#define BRAID_ROUTES_LOOP_H

#include "config/scope.h"
#include "config/text.h"

struct loop {
    struct str name;
    struct text source; /* the array; compiled outside of the loop */
};

/* `key` is "$each" or "each", for messages. A loop variable hides no name. false: reported. */
bool loop_compile(struct arena *arena, const struct node *node, const char *key,
                  struct scope *scope, struct loop *ret_loop);

#endif

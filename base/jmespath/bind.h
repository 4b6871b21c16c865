/*
 * What names and functions mean. Binding changes the tree once, in place: first names become
 * slots and constants, calls get their functions, and what a loop need not repeat becomes a memo.
 */
#ifndef BRAID_BASE_JMESPATH_BIND_H
#define BRAID_BASE_JMESPATH_BIND_H

#include "base/jmespath/ast.h"
#include "base/jmespath/jmespath.h"

/* What was found, in order of appearance; in arena. */
struct bind_result {
    uint32_t *slots; /* each once */
    size_t slot_count;
    struct jmespath_inner_name *inner_names;
    size_t inner_name_count;
};

/* `resolver` may be NULL: then names stay members of the input. */
bool bind_tree(struct arena *arena, struct jmespath_resolver *resolver, struct ast **tree,
               struct bind_result *ret_result, struct jmespath_error *ret_error);

#endif

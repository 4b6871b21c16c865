/*
 * A template: the YAML of a `body:` compiled to a tree that writes JSON. Spread (`...:`), optional
 * members (`key?:`), loops (`$each`, `$value`) and typed `${…}`; the rest stands as it is and is
 * rendered at load.
 */
#ifndef BRAID_ROUTES_TEMPLATE_H
#define BRAID_ROUTES_TEMPLATE_H

#include "config/scope.h"
#include "config/text.h"
#include "routes/evaluation.h"

struct slices;
struct template; /* const, in arena */

/* NULL when anything was reported to the scope's diagnostics. */
const struct template *template_compile(struct arena *arena, const struct node *node,
                                        struct scope *scope);

/*
 * Writes the JSON. Always valid: what cannot be evaluated is null (or nothing, in a spread) and
 * counted in evaluation->failed_expressions.
 */
void template_write(const struct template *template, struct evaluation *evaluation,
                    struct slices *out);

/* Its JSON is known at load (indexed, in the arena of the load). */
bool template_is_constant(const struct template *template, struct json *ret_value);

/* The value rather than the text: written, then read back (indexed) in the frame's arena. */
struct json template_value(const struct template *template, struct evaluation *evaluation);

#endif

/*
 * From text to tree: a Pratt parser (Pratt 1973, Top Down Operator Precedence) of bounded depth.
 * It knows the grammar only; names and functions get their meaning in bind.c.
 */
#ifndef BRAID_BASE_JMESPATH_PARSER_H
#define BRAID_BASE_JMESPATH_PARSER_H

#include "base/jmespath/jmespath.h"

struct ast;

/* The tree of `text`, in arena; the text is kept. false and *ret_error where it is no JMESPath. */
bool parser_parse(struct arena *arena, struct str text, struct ast **ret_tree,
                  struct jmespath_error *ret_error);

#endif

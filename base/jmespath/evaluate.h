/*
 * Walking a tree over a value.
 */
#ifndef BRAID_BASE_JMESPATH_EVALUATE_H
#define BRAID_BASE_JMESPATH_EVALUATE_H

#include "base/jmespath/ast.h"
#include "base/jmespath/evaluation.h"

/*
 * What `node` yields for `input`, which may not be where the result goes. false when it cannot be
 * evaluated; evaluation->why then says why.
 */
bool evaluate(struct evaluation *evaluation, const struct ast *node, const struct json *input,
              struct json *ret_value);

#endif

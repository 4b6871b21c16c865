/*
 * The shape of what an expression yields, from the shapes of the slots that it reads.
 */
#ifndef BRAID_ROUTES_EXPRESSION_SHAPE_H
#define BRAID_ROUTES_EXPRESSION_SHAPE_H

#include "config/text.h"
#include "routes/shape.h"

/* `slots` has one shape for each slot of the route. An expression that may fail may be null. */
struct shape expression_shape(struct arena *arena, const struct jmespath *expression,
                              const struct shape *slots);

/* The same of a text: typed where it is one `${…}`, otherwise a string, or null. */
struct shape text_shape(struct arena *arena, const struct text *text, const struct shape *slots);

#endif

/*
 * The shape of an answer's body, from its template and the ladders of the calls that it mentions.
 */
#ifndef BRAID_ROUTES_ANSWER_SHAPE_H
#define BRAID_ROUTES_ANSWER_SHAPE_H

#include "routes/route.h"
#include "routes/shape.h"

struct template_piece; /* routes/template_tree.h */

/* One for each slot of the route, while every service answers; in arena, to be changed. */
struct shape *answer_slot_shapes(struct arena *arena, const struct route *route);

/* `slots` is as before when it returns. */
struct shape template_shape(struct arena *arena, const struct template *template,
                            struct shape *slots);

/* Of the value that a rung gives; a request's is unknown. */
struct shape rung_shape(struct arena *arena, const struct rung *rung, struct shape *slots);

/*
 * Of the body, template or not, whatever becomes of the calls. Members whose being there depends
 * on a call say so in their notes.
 */
struct shape answer_shape(struct arena *arena, const struct route *route);

/* The member that a piece of an object writes before its value: `,"name":` is name. */
struct str template_piece_name(struct arena *arena, const struct template_piece *piece);

/* Constant pieces of an object or array as one value; in arena. */
struct json template_piece_value(struct arena *arena, const struct template_piece *piece,
                                 bool is_object);

#endif

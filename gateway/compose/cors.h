/*
 * What a browser is told about pages of other origins (Fetch standard, HTTP-CORS protocol): fields
 * on every reply, problem documents too, and the answer to the question it asks beforehand.
 */
#ifndef BRAID_GATEWAY_COMPOSE_CORS_H
#define BRAID_GATEWAY_COMPOSE_CORS_H

#include "gateway/compose/context.h"
#include "gateway/compose/reply.h"

/*
 * Adds the fields to a reply that is otherwise whole, by the rules of the route, or the file's
 * where there is no route. What a service or the route wrote of the kind is replaced, but for
 * Access-Control-Expose-Headers. Nothing where the rules are off.
 */
void cors_write(struct context *context, struct reply *reply);

/*
 * true and a whole reply where the request is a preflight that braid answers: OPTIONS with Origin
 * and Access-Control-Request-Method, and the rules of the route that would take that method (or the
 * file's where none does) are not off. Otherwise the request goes on as any other.
 */
bool cors_answer_preflight(struct context *context, struct reply *reply);

#endif

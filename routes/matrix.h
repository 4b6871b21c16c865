/*
 * The coupling matrix: every route against every service, and what the client gets when that
 * service is lost.
 */
#ifndef BRAID_ROUTES_MATRIX_H
#define BRAID_ROUTES_MATRIX_H

#include "routes/route.h"

#include <stdio.h>

/* A table, a legend, and below it every cell that is not untouched. */
void matrix_print(const struct config *config, const struct router *router, FILE *to);

/* {services: [NAME], routes: [{route, file, line, outages: {NAME: {outcome, …}}}]}; in arena. */
struct json matrix_json(struct arena *arena, const struct config *config,
                        const struct router *router);

/* {services: [NAME], routes: [{route, outages: {NAME: "degrades" | "fails"}}]}; in arena. */
struct json matrix_brief_json(struct arena *arena, const struct config *config,
                              const struct router *router);

#endif

/*
 * The whole file, read and checked, but for the routes: those are kept as nodes for the floor
 * above. One call, every mistake in one run.
 */
#ifndef BRAID_CONFIG_CONFIG_H
#define BRAID_CONFIG_CONFIG_H

#include "config/scope.h"
#include "config/service.h"
#include "config/settings.h"

struct route_node {
    const struct node *key; /* "GET /orders/{id}" */
    const struct node *value;
};

struct config {
    const struct node *root; /* of the file itself */
    struct settings settings;
    struct service *services;
    uint32_t service_count;
    bool has_broken_services;  /* some are missing in `services`: unknown names may be theirs */
    struct route_node *routes; /* of the file and its includes, in order */
    uint32_t route_count;
    struct environment environment;
    struct str *files; /* every file that was read, for `watch` */
    uint32_t file_count;
};

/*
 * Reads `path` and what it includes. Everything is in arena. NULL when nothing can be used;
 * otherwise what could be read, and every mistake in `diagnostics`: whoever wants to run it asks
 * diagnostics_has_errors() first.
 */
struct config *config_read(struct arena *arena, struct str path, struct diagnostics *diagnostics);

/* NULL where there is none. */
const struct service *config_service(const struct config *config, struct str name);

#endif

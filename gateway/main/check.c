/*
 * `braid check`, `braid explain`, `braid reference`, `braid version`: what can be said without
 * running anything.
 */
#include "gateway/main/command.h"

#include "config/reference.h"
#include "gateway/snapshot.h"
#include "routes/explain.h"
#include "routes/reference.h"

int command_check(int count, char **arguments)
{
    (void)count;
    struct snapshot *snapshot = snapshot_load(str_of(arguments[0]));
    const size_t *counts = snapshot->diagnostics.counts;
    diagnostics_print(&snapshot->diagnostics, stderr);
    bool is_fine = snapshot_is_usable(snapshot);
    printf("%s: %s (%zu errors, %zu warnings, %zu notes)\n", arguments[0],
           is_fine ? "ok" : "cannot run", counts[SEVERITY_ERROR], counts[SEVERITY_WARNING],
           counts[SEVERITY_NOTE]);
    snapshot_unref(snapshot);
    return is_fine ? EXIT_FINE : EXIT_NO;
}

/* "GET /orders/7" or just "/orders/7". */
static const struct route *route_of_request(struct snapshot *snapshot, struct str request)
{
    enum method method = METHOD_GET;
    struct str word = {request.at, str_find(request, ' ')}, target = request;
    const struct route *route = NULL;
    struct path path;
    method_set allowed = 0;
    if (word.length < request.length) {
        if (!method_parse(word, &method)) {
            fprintf(stderr, "braid explain: '%.*s' is no method\n", STR_ARGS(word));
            return NULL;
        }
        target = str_trim(str_from(request, word.length));
    }
    target.length = str_find(target, '?');
    if (!path_normalise(&snapshot->arena, target, &path)) {
        fprintf(stderr, "braid explain: '%.*s' is no path\n", STR_ARGS(target));
        return NULL;
    }
    if (router_find(snapshot->router, method, &path, &route, &allowed) != ROUTER_FOUND) {
        fprintf(stderr, "braid explain: no route takes '%.*s'\n", STR_ARGS(request));
        return NULL;
    }
    return route;
}

static int explain_snapshot(struct snapshot *snapshot, int count, char **arguments)
{
    if (count == 2) {
        const struct route *route = route_of_request(snapshot, str_of(arguments[1]));
        if (route != NULL)
            explain_print(snapshot->config, route, stdout);
        return route != NULL ? EXIT_FINE : EXIT_NO;
    }
    uint32_t route_count = 0;
    const struct route *routes = router_routes(snapshot->router, &route_count);
    for (uint32_t i = 0; i < route_count; i++) {
        if (i > 0)
            putchar('\n');
        explain_print(snapshot->config, &routes[i], stdout);
    }
    return EXIT_FINE;
}

int command_explain(int count, char **arguments)
{
    struct snapshot *snapshot = snapshot_load(str_of(arguments[0]));
    int status = EXIT_NO;
    if (snapshot_is_usable(snapshot))
        status = explain_snapshot(snapshot, count, arguments);
    else
        diagnostics_print(&snapshot->diagnostics, stderr);
    snapshot_unref(snapshot);
    return status;
}

int command_reference(int count, char **arguments)
{
    (void)count, (void)arguments;
    reference_print(stdout);
    routes_reference_print(stdout);
    return EXIT_FINE;
}

int command_version(int count, char **arguments)
{
    (void)count, (void)arguments;
    puts("braid " BRAID_VERSION);
    return EXIT_FINE;
}

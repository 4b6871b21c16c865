/*
 * The router: every route compiled, put into the table and looked at by the linter.
 */
#include "base/arena.h"
#include "routes/lint.h"
#include "routes/route_compile.h"
#include "routes/table.h"

struct router {
    struct route *routes;
    uint32_t count;
    const struct table *table;
};

const struct router *router_compile(struct arena *arena, struct config *config,
                                    struct diagnostics *diagnostics)
{
    struct router *router = arena_new(arena, struct router);
    struct table *table = table_new(arena);
    router->routes = arena_array(arena, struct route, config->route_count);
    router->table = table;
    bool is_good = true;
    for (uint32_t i = 0; i < config->route_count; i++) {
        struct route *route = &router->routes[router->count];
        *route = (struct route){.index = router->count};
        bool is_usable = route_compile(arena, config, &config->routes[i], diagnostics, route);
        is_good &= is_usable;
        if (!route_has_pattern(route))
            continue;
        router->count++;
        is_good &= table_add(table, route, diagnostics);
        if (is_usable)
            lint_route(route, diagnostics);
    }
    if (is_good)
        lint_services(config, router->routes, router->count, diagnostics);
    return router;
}

const struct route *router_routes(const struct router *router, uint32_t *ret_count)
{
    *ret_count = router->count;
    return router->routes;
}

enum router_result router_find(const struct router *router, enum method method,
                               const struct path *path, const struct route **ret_route,
                               method_set *ret_allowed)
{
    return table_find(router->table, method, path, ret_route, ret_allowed);
}

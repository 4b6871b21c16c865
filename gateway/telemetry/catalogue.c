/* See catalogue.h. Looked through from the front: once per name and load. */
#include "gateway/telemetry/catalogue.h"

#define CATALOGUE_MEMORY ((size_t)64 * 1024 * 1024)

static const uint32_t catalogue_limits[CATALOGUE_KIND_COUNT] = {
    [CATALOGUE_ROUTE] = CATALOGUE_ROUTES,
    [CATALOGUE_SERVICE] = CATALOGUE_SERVICES,
    [CATALOGUE_CALL] = CATALOGUE_CALLS,
};

void catalogue_init(struct catalogue *catalogue)
{
    *catalogue = (struct catalogue){.lock = PTHREAD_MUTEX_INITIALIZER};
    arena_init(&catalogue->arena, NULL, CATALOGUE_MEMORY);
    for (int i = 0; i < CATALOGUE_KIND_COUNT; i++) {
        catalogue->names[i] =
            arena_array(&catalogue->arena, struct catalogue_name, catalogue_limits[i] + 1);
        catalogue->names[i][0] = (struct catalogue_name){STR("other"), STR("other")};
        catalogue->counts[i] = 1;
    }
}

void catalogue_done(struct catalogue *catalogue)
{
    arena_done(&catalogue->arena);
    pthread_mutex_destroy(&catalogue->lock);
}

static uint32_t catalogue_number(struct catalogue *catalogue, enum catalogue_kind kind,
                                 struct str route, struct str name)
{
    struct catalogue_name *names = catalogue->names[kind];
    for (uint32_t i = 1; i < catalogue->counts[kind]; i++)
        if (str_equal(names[i].name, name) && str_equal(names[i].route, route))
            return i;
    if (catalogue->counts[kind] > catalogue_limits[kind])
        return 0;
    names[catalogue->counts[kind]] = (struct catalogue_name){str_copy(&catalogue->arena, name),
                                                             str_copy(&catalogue->arena, route)};
    return catalogue->counts[kind]++;
}

static const uint32_t *calls_learn(struct catalogue *catalogue, struct arena *arena,
                                   const struct route *route)
{
    uint32_t *numbers = arena_array(arena, uint32_t, route->call_count + 1);
    for (uint32_t i = 0; i < route->call_count; i++)
        numbers[i] = catalogue_number(catalogue, CATALOGUE_CALL, route->key, route->calls[i].name);
    return numbers;
}

const struct series *catalogue_learn(struct catalogue *catalogue, struct snapshot *snapshot)
{
    struct arena *arena = &snapshot->arena;
    const struct config *config = snapshot->config;
    uint32_t route_count;
    const struct route *routes = router_routes(snapshot->router, &route_count);
    struct series *series = arena_new(arena, struct series);
    uint32_t *route_numbers = arena_array(arena, uint32_t, route_count + 1);
    uint32_t *service_numbers = arena_array(arena, uint32_t, config->service_count + 1);
    const uint32_t **call_numbers = arena_array(arena, const uint32_t *, route_count + 1);
    pthread_mutex_lock(&catalogue->lock);
    for (uint32_t i = 0; i < route_count; i++) {
        route_numbers[i] = catalogue_number(catalogue, CATALOGUE_ROUTE, STR_NONE, routes[i].key);
        call_numbers[i] = calls_learn(catalogue, arena, &routes[i]);
    }
    for (uint32_t i = 0; i < config->service_count; i++)
        service_numbers[i] =
            catalogue_number(catalogue, CATALOGUE_SERVICE, STR_NONE, config->services[i].name);
    pthread_mutex_unlock(&catalogue->lock);
    *series = (struct series){route_numbers, service_numbers, call_numbers};
    return series;
}

uint32_t catalogue_count(struct catalogue *catalogue, enum catalogue_kind kind)
{
    pthread_mutex_lock(&catalogue->lock);
    uint32_t count = catalogue->counts[kind];
    pthread_mutex_unlock(&catalogue->lock);
    return count;
}

struct catalogue_name catalogue_name(const struct catalogue *catalogue, enum catalogue_kind kind,
                                     uint32_t number)
{
    return catalogue->names[kind][number];
}

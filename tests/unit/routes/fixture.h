/*
 * What the tests of routes share: a YAML text with `services` and `routes` becomes a router, and
 * every message that was given on the way is there as text.
 */
#ifndef BRAID_TESTS_ROUTES_FIXTURE_H
#define BRAID_TESTS_ROUTES_FIXTURE_H

#include "base/arena.h"
#include "base/slices.h"
#include "config/environment.h"
#include "routes/path.h"
#include "routes/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
    struct arena arena;
    struct diagnostics diagnostics;
    struct config config;
    struct slot_table constants;
    struct scope scope;
    struct reader reader;
    const struct router *router;
    uint8_t sources[16]; /* enum source of each call, for evaluations */
};

static inline int fixture_setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    arena_init(&fixture->arena, NULL, (size_t)64 << 20);
    diagnostics_init(&fixture->diagnostics, &fixture->arena);
    environment_init(&fixture->config.environment, &fixture->arena);
    fixture->constants.arena = &fixture->arena;
    scope_init(&fixture->scope, &fixture->constants, &fixture->config.environment,
               &fixture->diagnostics, SCOPE_NONE);
    fixture->reader = (struct reader){&fixture->arena, &fixture->diagnostics, &fixture->scope};
    memset(fixture->sources, SOURCE_LIVE, sizeof(fixture->sources));
    *state = fixture;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *fixture = *state;
    arena_done(&fixture->arena);
    free(fixture);
    return 0;
}

static inline void fixture_read_services(struct fixture *fixture, const struct node *services)
{
    struct config *config = &fixture->config;
    config->services = arena_array(&fixture->arena, struct service, services->count);
    for (uint32_t i = 0; i < services->count; i++) {
        struct service *service = &config->services[config->service_count];
        const struct node_entry *entry = &services->entries[i];
        assert_true(service_read(&fixture->reader, entry->key, entry->value, NULL, service));
        service->index = config->service_count++;
    }
}

/* Mistakes in the routes are left in the diagnostics. */
static inline void fixture_load(struct fixture *fixture, const char *yaml)
{
    struct config *config = &fixture->config;
    const struct node *root =
        document_parse(&fixture->arena, STR("shop.yaml"), str_of(yaml), &fixture->diagnostics);
    assert_non_null(root);
    const struct node *services = node_member(root, STR("services"));
    const struct node *routes = node_member(root, STR("routes"));
    assert_non_null(routes);
    if (services)
        fixture_read_services(fixture, services);
    config->routes = arena_array(&fixture->arena, struct route_node, routes->count);
    for (uint32_t i = 0; i < routes->count; i++)
        config->routes[config->route_count++] =
            (struct route_node){routes->entries[i].key, routes->entries[i].value};
    fixture->router = router_compile(&fixture->arena, config, &fixture->diagnostics);
}

/* All that was said, as a person would see it; zero-terminated. */
static inline const char *fixture_messages(struct fixture *fixture)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    diagnostics_print(&fixture->diagnostics, to);
    fclose(to);
    struct str copy = str_copy(&fixture->arena, (struct str){text, size});
    free(text);
    return copy.at;
}

/* The services that most tests need. */
#define SHOP                                                                                       \
    "services:\n"                                                                                  \
    "  users: http://10.0.0.1:80\n"                                                                \
    "  orders: http://10.0.0.2:80/v1\n"

#define assert_said(fixture, words)                                                                \
    do {                                                                                           \
        const char *said = fixture_messages(fixture);                                              \
        if (!strstr(said, (words)))                                                                \
            fail_msg("'%s' is not in:\n%s", (words), said);                                        \
    } while (0)

#define assert_fine(fixture)                                                                       \
    do {                                                                                           \
        if (diagnostics_has_errors(&(fixture)->diagnostics))                                       \
            fail_msg("%s", fixture_messages(fixture));                                             \
    } while (0)

/* Not even a warning. */
#define assert_silent(fixture) assert_string_equal(fixture_messages(fixture), "")

#define assert_text(text, expected)                                                                \
    do {                                                                                           \
        struct str text_seen = (text);                                                             \
        struct str text_wanted = str_of(expected);                                                 \
        if (!str_equal(text_seen, text_wanted))                                                    \
            fail_msg("expected: %s\n    but it is: %.*s", (expected), STR_ARGS(text_seen));        \
    } while (0)

/* The first route of the file. */
static inline const struct route *fixture_route(struct fixture *fixture)
{
    uint32_t count;
    const struct route *routes = router_routes(fixture->router, &count);
    assert_true(count > 0);
    return &routes[0];
}

static inline const struct call *fixture_call(struct fixture *fixture, const char *name)
{
    const struct route *route = fixture_route(fixture);
    for (uint32_t i = 0; i < route->call_count; i++) {
        if (str_equal(route->calls[i].name, str_of(name)))
            return &route->calls[i];
    }
    fail_msg("there is no call '%s'", name);
    return NULL;
}

static inline struct json fixture_json(struct fixture *fixture, const char *text)
{
    struct json value;
    assert_int_equal(json_read(&fixture->arena, str_of(text), &json_limits_default, &value, NULL),
                     JSON_OK);
    return value;
}

static inline void fixture_begin(struct fixture *fixture, struct evaluation *evaluation)
{
    evaluation_init(evaluation, fixture_route(fixture), &fixture->arena, fixture->sources, 0);
}

/* Puts a value into every slot of that kind and name. */
static inline void fixture_set(struct fixture *fixture, struct evaluation *evaluation,
                               enum slot_kind kind, const char *name, const char *json)
{
    const struct slot_table *slots = &evaluation->route->slots;
    for (uint32_t i = 0; i < slots->count; i++) {
        if (slots->list[i].kind == kind && str_equal(slots->list[i].name, str_of(name)))
            evaluation->slots[i] = fixture_json(fixture, json);
    }
}

#endif

/*
 * A loop, a service description that leads to a fake service, and flights over both.
 */
#ifndef BRAID_TESTS_FLIGHT_WORLD_H
#define BRAID_TESTS_FLIGHT_WORLD_H

#include "base/arena.h"
#include "gateway/upstream/flight.h"
#include "gateway/upstream/upstreams.h"
#include "tests/unit/gateway/fake_service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define WORLD_PATIENCE (20 * SECOND) /* nothing here takes as long unless it is broken */

struct world {
    struct fake_service fake;
    struct loop loop;
    struct url url;
    struct service service;
    struct guards *guards;
    struct upstreams *upstreams;
    struct arena arena;
    char authority[64];
    char unix_path[64];
};

struct passenger {
    struct flight flight;
    int landings;
};

static inline void world_on_done(struct flight *flight)
{
    container_of(flight, struct passenger, flight)->landings++;
}

/* A test once over the lean client and once over libcurl; its state says which. */
#define over_both(test)                                                                            \
    {#test " (lean)", test, NULL, NULL, (void *)(uintptr_t)TRANSPORT_AUTO},                        \
    {                                                                                              \
#test " (curl)", test, NULL, NULL, (void *)(uintptr_t)TRANSPORT_CURL                       \
    }

/* The service of the world before world_open(): many places, a long queue. */
static inline void world_prepare(struct world *world, void **state)
{
    memset(world, 0, sizeof(*world));
    world->service = (struct service){
        .name = STR("fake"),
        .urls = &world->url,
        .url_count = 1,
        .timeout = 5 * SECOND,
        .connect_timeout = SECOND,
        .concurrency = 64,
        .queue = 64,
        .max_response = 8 * 1024 * 1024,
        .transport = (enum transport)(uintptr_t)*state,
    };
    arena_init(&world->arena, NULL, 64 * 1024 * 1024);
    assert_int_equal(loop_init(&world->loop), 0);
}

/* Guards and upstreams for the service as it is now. */
static inline void world_equip(struct world *world)
{
    guards_free(world->guards);
    world->guards = guards_new(&world->service, 1);
    world->upstreams = upstreams_new(&world->loop, world->guards);
    assert_non_null(world->upstreams);
}

static inline void world_open(struct world *world, const struct fake_script *scripts)
{
    fake_start(&world->fake, scripts, world->unix_path[0] ? world->unix_path : NULL);
    if (world->unix_path[0]) {
        world->url = (struct url){.host = STR("localhost"), .authority = STR("localhost")};
        world->url.unix_path = str_of(world->unix_path);
    } else {
        snprintf(world->authority, sizeof(world->authority), "127.0.0.1:%u", world->fake.port);
        world->url = (struct url){.host = STR("127.0.0.1"), .authority = str_of(world->authority)};
        world->url.port = world->fake.port;
    }
    world_equip(world);
}

static inline void world_close(struct world *world)
{
    upstreams_free(world->upstreams);
    guards_free(world->guards);
    loop_done(&world->loop);
    fake_stop(&world->fake);
    arena_done(&world->arena);
    if (world->unix_path[0])
        unlink(world->unix_path);
}

static inline struct flight_request world_request(const struct world *world, const char *method,
                                                  const char *target)
{
    return (struct flight_request){
        .service = &world->service,
        .method = str_of(method),
        .target = str_of(target),
        .header_lines = STR("accept: application/json\r\n"),
        .max_response = world->service.max_response,
        .deadline = loop_now(&world->loop) + 5 * SECOND,
    };
}

static inline void world_start(struct world *world, struct passenger *passenger,
                               const struct flight_request *request)
{
    passenger->landings = 0;
    flight_start(&passenger->flight, world->upstreams, &world->arena, request, world_on_done);
    assert_int_equal(passenger->landings, 0);
}

static inline void world_run(struct world *world, const struct passenger *passengers, size_t count)
{
    usec patience = clock_now() + WORLD_PATIENCE;
    size_t landed = 0;
    while (landed < count) {
        assert_int_equal(loop_turn(&world->loop, SECOND), 0);
        assert_true(clock_now() < patience);
        for (landed = 0; landed < count && passengers[landed].landings > 0; landed++)
            ;
    }
}

/* Turns the loop for some time, so that what is not asked for may happen. */
static inline void world_linger(struct world *world, usec time)
{
    for (usec end = clock_now() + time; clock_now() < end;)
        loop_turn(&world->loop, 5 * MILLISECOND);
}

/* Turns the loop until a counter of the fake has the value, and a little longer. */
static inline void world_await(struct world *world, const int *counter, int value)
{
    usec patience = clock_now() + WORLD_PATIENCE;
    while (fake_count(&world->fake, counter) != value) {
        assert_true(clock_now() < patience);
        loop_turn(&world->loop, 5 * MILLISECOND);
    }
    world_linger(world, 10 * MILLISECOND);
}

static inline void world_fly(struct world *world, struct passenger *passenger,
                             const struct flight_request *request)
{
    world_start(world, passenger, request);
    world_run(world, passenger, 1);
    assert_int_equal(passenger->landings, 1);
}

/* GET, and what came of it. */
static inline void world_get(struct world *world, struct passenger *passenger, const char *target)
{
    loop_refresh(&world->loop);
    struct flight_request request = world_request(world, "GET", target);
    world_fly(world, passenger, &request);
}

static inline void assert_str(struct str got, const char *expected)
{
    assert_int_equal(got.length, strlen(expected));
    assert_memory_equal(got.at, expected, got.length);
}

#endif

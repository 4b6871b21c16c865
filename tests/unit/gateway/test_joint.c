/*
 * One transfer for all who ask the same: exchanges of one worker on a virtual loop, against a
 * service that answers after 100 ms, and what becomes of the others when one of them leaves or has
 * no time left.
 */
#include "rehearsal_fixture.h"

#include "gateway/compose/exchange.h"
#include "gateway/compose/refresh.h"
#include "gateway/upstream/transport_canned.h"

#define ROUTES                                                                                     \
    "  GET /page: { calls: { x: users GET /x } }\n"                                                \
    "  GET /short: { calls: { x: { request: users GET /x, timeout: 40ms } } }\n"                   \
    "  GET /other: { calls: { x: users GET /y } }\n"

struct scene {
    struct fixture fixture;
    struct loop loop;
    struct composer composer;
    struct canned_misses misses;
    struct canned_service services[2];
};

static void scene_init(struct scene *scene, usec delay)
{
    static struct field fields[] = {{{"Content-Type", 12}, {"application/json", 16}}};
    memset(scene, 0, sizeof *scene);
    fixture_init(&scene->fixture, ROUTES);
    loop_init_virtual(&scene->loop);
    scene->misses.arena = &scene->fixture.arena;
    for (int i = 0; i < 2; i++)
        scene->services[i] = (struct canned_service){.is_replaced = true,
                                                     .instead = {.status = 200,
                                                                 .fields = fields,
                                                                 .field_count = 1,
                                                                 .body = STR("7"),
                                                                 .delay = delay}};
    struct composer *composer = &scene->composer;
    composer->loop = &scene->loop;
    composer->snapshot = snapshot_ref(scene->fixture.snapshot);
    composer->wall = REHEARSAL_WALL;
    composer->random = (struct random){.state = {1, 2, 3, 4}};
    refreshes_init(composer);
    arena_pool_init(&composer->pool, 4);
    const struct config *config = composer->snapshot->config;
    struct carrier **carriers = calloc(config->service_count + 1, sizeof(struct carrier *));
    assert_non_null(carriers);
    for (uint32_t i = 0; i < config->service_count; i++)
        carriers[i] = transport_canned_new(&scene->loop, &scene->services[i], &scene->misses);
    composer->upstreams =
        upstreams_of(&scene->loop, config->services, config->service_count, carriers);
    composer->guards = upstreams_guards(composer->upstreams);
}

static void scene_done(struct scene *scene)
{
    assert_int_equal(scene->composer.joints.count, 0);
    refreshes_done(&scene->composer);
    joints_done(&scene->composer.joints);
    upstreams_free(scene->composer.upstreams);
    loop_done(&scene->loop);
    arena_pool_done(&scene->composer.pool);
    gzip_done(&scene->composer.gzip);
    snapshot_unref(scene->composer.snapshot);
    fixture_done(&scene->fixture);
}

static void on_done(struct exchange *exchange)
{
    (void)exchange;
}

/* A client asks; it waits. */
static struct exchange *scene_ask(struct scene *scene, const char *line)
{
    struct exchange *exchange = exchange_new(&scene->composer, on_done);
    uint64_t limit = 0;
    bool keeps_body = false;
    assert_true(
        case_request_parse(&scene->fixture.arena, str_of(line), &exchange->context.request));
    assert_true(exchange_begin(exchange, 0, &limit, &keeps_body));
    assert_false(exchange_start(exchange));
    return exchange;
}

/* Until the exchange has its reply; the virtual time that this took. */
static usec scene_await(struct scene *scene, const struct exchange *exchange)
{
    usec began = exchange->context.began;
    while (exchange->is_running)
        loop_turn(&scene->loop, USEC_NEVER);
    return loop_now(&scene->loop) - began;
}

static void assert_body(const struct exchange *exchange, const char *expected)
{
    char body[256] = "";
    assert_true(exchange->reply.body.bytes < sizeof body);
    slices_flatten(&exchange->reply.body, body);
    assert_int_equal(exchange->reply.status, 200);
    assert_string_equal(body, expected);
}

static void equal_requests_are_one_transfer(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene, 100 * MILLISECOND);
    struct exchange *first = scene_ask(&scene, "GET /page");
    struct exchange *second = scene_ask(&scene, "GET /page");
    assert_int_equal(scene.composer.joints.count, 1);
    struct exchange *other = scene_ask(&scene, "GET /other");
    assert_int_equal(scene.composer.joints.count, 2);
    assert_int_equal(scene_await(&scene, first), 100 * MILLISECOND);
    scene_await(&scene, second);
    scene_await(&scene, other);
    assert_body(first, "{\"x\":7}");
    exchange_free(first); /* the memory in which the answer lies is held by the second */
    assert_body(second, "{\"x\":7}");
    exchange_free(second);
    exchange_free(other);
    scene_done(&scene);
}

static void the_one_who_flies_leaves_and_the_others_get_the_answer(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene, 100 * MILLISECOND);
    struct exchange *first = scene_ask(&scene, "GET /page");
    struct exchange *second = scene_ask(&scene, "GET /page");
    exchange_cancel(first);
    exchange_free(first);
    assert_int_equal(scene.composer.joints.count, 1);
    assert_int_equal(scene_await(&scene, second), 100 * MILLISECOND);
    assert_body(second, "{\"x\":7}");
    exchange_free(second);
    scene_done(&scene);
}

static void when_all_have_left_nothing_flies(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene, 100 * MILLISECOND);
    struct exchange *first = scene_ask(&scene, "GET /page");
    struct exchange *second = scene_ask(&scene, "GET /page");
    exchange_cancel(second);
    assert_int_equal(scene.composer.joints.count, 1);
    exchange_cancel(first);
    assert_int_equal(scene.composer.joints.count, 0);
    exchange_free(first);
    exchange_free(second);
    scene_done(&scene);
}

static void who_has_joined_keeps_a_time_of_its_own(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene, 100 * MILLISECOND);
    struct exchange *first = scene_ask(&scene, "GET /page");
    struct exchange *hasty = scene_ask(&scene, "GET /short");
    assert_int_equal(scene.composer.joints.count, 1);
    assert_int_equal(scene_await(&scene, hasty), 40 * MILLISECOND);
    assert_int_equal(hasty->reply.status, 504);
    assert_int_equal(scene_await(&scene, first), 100 * MILLISECOND);
    assert_body(first, "{\"x\":7}");
    exchange_free(hasty);
    exchange_free(first);
    scene_done(&scene);
}

static void the_time_of_the_one_who_flies_is_not_that_of_the_others(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene, 100 * MILLISECOND);
    struct exchange *hasty = scene_ask(&scene, "GET /short");
    struct exchange *patient = scene_ask(&scene, "GET /page");
    assert_int_equal(scene.composer.joints.count, 1);
    assert_int_equal(scene_await(&scene, hasty), 40 * MILLISECOND);
    assert_int_equal(hasty->reply.status, 504);
    exchange_free(hasty);
    scene_await(&scene, patient);
    assert_body(patient, "{\"x\":7}");
    exchange_free(patient);
    scene_done(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_requests_are_one_transfer),
        cmocka_unit_test(the_one_who_flies_leaves_and_the_others_get_the_answer),
        cmocka_unit_test(when_all_have_left_nothing_flies),
        cmocka_unit_test(who_has_joined_keeps_a_time_of_its_own),
        cmocka_unit_test(the_time_of_the_one_who_flies_is_not_that_of_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The guard of one service: places that are passed on in order, whoever frees them, and what its
 * addresses and its breaker make of an attempt.
 */
#include "gateway/guard/describe.h"
#include "gateway/guard/feed.h"
#include "gateway/guard/guard.h"

#include "base/arena.h"
#include "base/slices.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* A desk that only notes what it is told. */
struct note_desk {
    struct guard_desk desk;
    struct guard_waiter *granted;
    int count;
    bool was_own;
};

static void note_granted(struct guard_desk *desk, struct guard_waiter *waiter, bool is_own)
{
    struct note_desk *note = container_of(desk, struct note_desk, desk);
    note->granted = waiter;
    note->count++;
    note->was_own = is_own;
}

static void note_revoke(struct guard_desk *desk, struct guard_waiter *waiter)
{
    struct note_desk *note = container_of(desk, struct note_desk, desk);
    assert_ptr_equal(note->granted, waiter);
    note->granted = NULL;
}

struct scene {
    struct url urls[2];
    struct service service;
    struct guards *guards;
    struct guard *guard;
    struct note_desk here;
    struct note_desk there;
    struct random random;
};

static void scene_open(struct scene *scene, uint32_t places, uint32_t queue)
{
    *scene = (struct scene){
        .here.desk = {note_granted, note_revoke},
        .there.desk = {note_granted, note_revoke},
        .random = {{1, 2, 3, 4}},
    };
    scene->urls[0] = (struct url){.authority = STR("a:80"), .weight = 1};
    scene->urls[1] = (struct url){.authority = STR("b:80"), .weight = 1};
    scene->service = (struct service){.name = STR("s"),
                                      .urls = scene->urls,
                                      .url_count = 2,
                                      .concurrency = places,
                                      .queue = queue};
    policies_set_defaults(&scene->service.policies);
    scene->service.policies.balance = BALANCE_ROUND_ROBIN;
    scene->guards = guards_new(&scene->service, 1);
    scene->guard = &scene->guards->list[0];
}

static struct guard_wish wish_of(struct scene *scene, struct note_desk *desk)
{
    return (struct guard_wish){
        .desk = &desk->desk,
        .random = &scene->random,
        .balance = {.balance = BALANCE_ROUND_ROBIN},
        .is_call = true,
    };
}

static enum guard_answer ask(struct scene *scene, struct note_desk *desk,
                             struct guard_waiter *waiter, struct guard_pass *ret_pass)
{
    struct guard_wish wish = wish_of(scene, desk);
    if (waiter != NULL) {
        *waiter = (struct guard_waiter){0};
        list_init(&waiter->entry);
    }
    return guard_admit(scene->guard, SECOND, &wish, waiter, ret_pass);
}

static void a_place_goes_to_the_oldest_that_waits(void **state)
{
    (void)state;
    struct scene scene;
    struct guard_pass first, second;
    struct guard_waiter waiters[3];
    scene_open(&scene, 1, 2);
    assert_int_equal(ask(&scene, &scene.here, &waiters[0], &first), GUARD_MAY_FLY);
    assert_int_equal(ask(&scene, &scene.there, &waiters[0], &second), GUARD_MUST_WAIT);
    assert_int_equal(ask(&scene, &scene.here, &waiters[1], &second), GUARD_MUST_WAIT);
    assert_int_equal(ask(&scene, &scene.here, &waiters[2], &second), GUARD_IS_FULL);

    guard_settle(scene.guard, SECOND, &scene.here.desk, &first, GUARD_GOOD);
    assert_ptr_equal(scene.there.granted, &waiters[0]);
    assert_false(scene.there.was_own); /* another worker's thread told it */
    assert_int_equal(scene.here.count, 0);
    /* the place is his already: nobody takes it in between */
    assert_int_equal(ask(&scene, &scene.here, NULL, &second), GUARD_IS_FULL);

    struct guard_wish wish = wish_of(&scene, &scene.there);
    waiters[0].wait = GUARD_WAITS_NOT;
    assert_int_equal(guard_board(scene.guard, SECOND, &wish, &waiters[0], &second), GUARD_MAY_FLY);
    guard_settle(scene.guard, SECOND, &scene.there.desk, &second, GUARD_GOOD);
    assert_ptr_equal(scene.here.granted, &waiters[1]);

    guard_leave(scene.guard, &scene.here.desk, &waiters[1]); /* granted, but not wanted any more */
    assert_null(scene.here.granted);
    assert_int_equal(scene.guard->bulkhead.flying, 0);
    assert_int_equal(scene.guard->bulkhead.waiting, 0);
    guards_free(scene.guards);
}

static void who_leaves_the_queue_is_not_granted(void **state)
{
    (void)state;
    struct scene scene;
    struct guard_pass pass;
    struct guard_waiter waiter;
    scene_open(&scene, 1, 2);
    assert_int_equal(ask(&scene, &scene.here, NULL, &pass), GUARD_MAY_FLY);
    assert_int_equal(ask(&scene, &scene.here, &waiter, &pass), GUARD_MUST_WAIT);
    guard_leave(scene.guard, &scene.here.desk, &waiter);
    guard_leave(scene.guard, &scene.here.desk, &waiter);
    guard_settle(scene.guard, SECOND, &scene.here.desk, &pass, GUARD_UNKNOWN);
    assert_int_equal(scene.here.count, 0);
    assert_int_equal(scene.guard->bulkhead.flying, 0);
    guards_free(scene.guards);
}

static void who_was_granted_a_place_may_find_the_breaker_open(void **state)
{
    (void)state;
    struct scene scene;
    struct guard_pass passes[2];
    struct guard_waiter waiters[2];
    scene_open(&scene, 1, 2);
    scene.service.policies.breaker.minimum = 1;
    assert_int_equal(ask(&scene, &scene.here, NULL, &passes[0]), GUARD_MAY_FLY);
    assert_int_equal(ask(&scene, &scene.here, &waiters[0], &passes[1]), GUARD_MUST_WAIT);
    assert_int_equal(ask(&scene, &scene.here, &waiters[1], &passes[1]), GUARD_MUST_WAIT);
    guard_settle(scene.guard, SECOND, &scene.here.desk, &passes[0], GUARD_BAD);
    struct guard_wish wish = wish_of(&scene, &scene.here);
    for (int i = 0; i < 2; i++) {
        assert_ptr_equal(scene.here.granted, &waiters[i]); /* each passes the place on */
        waiters[i].wait = GUARD_WAITS_NOT;
        assert_int_equal(guard_board(scene.guard, SECOND, &wish, &waiters[i], &passes[1]),
                         GUARD_IS_OPEN);
    }
    assert_int_equal(scene.guard->bulkhead.flying, 0);
    assert_int_equal(ask(&scene, &scene.here, NULL, &passes[1]), GUARD_IS_OPEN);
    guards_free(scene.guards);
}

static void an_address_that_is_gone_is_not_blamed(void **state)
{
    (void)state;
    struct scene scene;
    struct guard_pass pass;
    struct endpoint_place found = {
        .address.v4 = {.sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(1)}};
    scene_open(&scene, 4, 0);
    assert_int_equal(ask(&scene, &scene.here, NULL, &pass), GUARD_MAY_FLY);
    assert_ptr_equal(pass.endpoint.url, &scene.urls[0]);
    assert_true(guard_resolve(scene.guard, &scene.urls[0], &found, 1));
    guard_settle(scene.guard, SECOND, &scene.here.desk, &pass, GUARD_BAD);
    assert_int_equal(scene.guard->roster.list[0].flying, 0);
    assert_int_equal(scene.guard->roster.list[0].outlier.failures, 0);
    assert_int_equal(scene.guard->bulkhead.flying, 0);
    guards_free(scene.guards);
}

/* Between the start and the first answer of a name server. */
static void who_comes_before_there_is_an_address_waits_with_its_place(void **state)
{
    (void)state;
    struct scene scene;
    struct guard_pass passes[2];
    struct guard_waiter waiters[3];
    struct endpoint_place found = {
        .address.v4 = {.sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(1)}};
    scene_open(&scene, 2, 8);
    guard_seek(scene.guard, &scene.urls[0]);
    guard_seek(scene.guard, &scene.urls[1]);
    assert_int_equal(ask(&scene, &scene.here, &waiters[0], &passes[0]), GUARD_MUST_SEEK);
    assert_int_equal(ask(&scene, &scene.there, &waiters[1], &passes[0]), GUARD_MUST_SEEK);
    assert_int_equal(waiters[0].wait, GUARD_SEEKS);
    assert_int_equal(scene.guard->bulkhead.flying, 2);
    assert_int_equal(ask(&scene, &scene.here, NULL, &passes[0]), GUARD_IS_FULL);

    /* whose time is over gives the place to one that then waits for the address too */
    assert_int_equal(ask(&scene, &scene.here, &waiters[2], &passes[0]), GUARD_MUST_WAIT);
    assert_int_equal(waiters[2].wait, GUARD_WAITS);
    guard_leave(scene.guard, &scene.there.desk, &waiters[1]);
    assert_ptr_equal(scene.here.granted, &waiters[2]);
    struct guard_wish wish = wish_of(&scene, &scene.here);
    waiters[2].wait = GUARD_WAITS_NOT;
    assert_int_equal(guard_board(scene.guard, SECOND, &wish, &waiters[2], &passes[0]),
                     GUARD_MUST_SEEK);
    assert_int_equal(waiters[2].wait, GUARD_SEEKS);
    assert_int_equal(scene.here.count, 1);

    /* one of two urls is enough, and both fly there */
    guard_lose(scene.guard, &scene.urls[0]);
    assert_int_equal(scene.here.count, 1);
    assert_true(guard_resolve(scene.guard, &scene.urls[1], &found, 1));
    assert_int_equal(scene.here.count, 3);
    for (int i = 0; i < 2; i++) {
        struct guard_waiter *waiter = &waiters[i * 2];
        waiter->wait = GUARD_WAITS_NOT;
        assert_int_equal(guard_board(scene.guard, SECOND, &wish, waiter, &passes[i]),
                         GUARD_MAY_FLY);
        assert_ptr_equal(passes[i].endpoint.url, &scene.urls[1]);
        assert_true(passes[i].endpoint.is_resolved);
    }
    for (int i = 0; i < 2; i++)
        guard_settle(scene.guard, SECOND, &scene.here.desk, &passes[i], GUARD_GOOD);
    assert_int_equal(scene.guard->bulkhead.flying, 0);
    guards_free(scene.guards);
}

/* They fly, and whoever should connect says that there is no way. */
static void where_nothing_is_found_nobody_waits(void **state)
{
    (void)state;
    struct scene scene;
    struct guard_pass pass;
    struct guard_waiter waiter;
    struct endpoint endpoints[2];
    scene_open(&scene, 2, 8);
    guard_seek(scene.guard, &scene.urls[0]);
    guard_seek(scene.guard, &scene.urls[1]);
    assert_int_equal(guard_endpoints(scene.guard, endpoints, 2), 0);
    assert_int_equal(ask(&scene, &scene.here, &waiter, &pass), GUARD_MUST_SEEK);
    guard_lose(scene.guard, &scene.urls[0]);
    assert_int_equal(scene.here.count, 0); /* the other one may still be found */
    guard_lose(scene.guard, &scene.urls[1]);
    assert_ptr_equal(scene.here.granted, &waiter);
    struct guard_wish wish = wish_of(&scene, &scene.here);
    waiter.wait = GUARD_WAITS_NOT;
    assert_int_equal(guard_board(scene.guard, SECOND, &wish, &waiter, &pass), GUARD_MAY_FLY);
    assert_true(pass.endpoint.is_nowhere);
    guard_settle(scene.guard, SECOND, &scene.here.desk, &pass, GUARD_BAD);
    guards_free(scene.guards);
}

static void checks_take_out_and_bring_back(void **state)
{
    (void)state;
    struct scene scene;
    struct endpoint endpoints[2];
    scene_open(&scene, 4, 0);
    scene.service.policies.health.healthy = 2;
    scene.service.policies.health.unhealthy = 3;
    assert_int_equal(guard_endpoints(scene.guard, endpoints, 2), 2);
    const struct member *member = &scene.guard->roster.list[1];
    static const bool found[] = {false, false, true, false, false, false, true, true};
    static const bool is_out[] = {false, false, false, false, false, true, true, false};
    for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
        guard_note_check(scene.guard, &endpoints[1], found[i]);
        assert_int_equal(member->is_unhealthy, is_out[i]);
    }
    guards_free(scene.guards);
}

static void a_guard_says_how_it_is(void **state)
{
    (void)state;
    struct scene scene;
    struct guard_pass pass;
    struct arena arena;
    struct slices out;
    scene_open(&scene, 4, 8);
    scene.urls[1].weight = 1;
    ask(&scene, &scene.here, NULL, &pass);
    scene.guard->roster.list[1].outlier.until = 3 * SECOND;
    arena_init(&arena, NULL, 65536);
    slices_init(&out, &arena);
    guards_describe(scene.guards, SECOND, &out);
    static const char expected[] =
        "{\"s\":{\"breaker\":{\"state\":\"closed\",\"since_ms\":0,\"calls\":0,\"failures\":0},"
        "\"in_flight\":1,\"concurrency\":4,\"waiting\":0,\"queue\":8,"
        "\"retry_budget\":{\"calls\":1,\"retries\":0,\"left\":3},\"panic\":false,"
        "\"addresses\":[{\"address\":\"a:80\",\"weight\":1,\"in_flight\":1,\"found\":true,"
        "\"healthy\":true,\"ejected_ms\":0},{\"address\":\"b:80\",\"weight\":1,\"in_flight\":0,"
        "\"found\":true,"
        "\"healthy\":true,\"ejected_ms\":2000}]}}";
    struct str text = slices_join(&out);
    assert_int_equal(text.length, sizeof(expected) - 1);
    assert_memory_equal(text.at, expected, text.length);
    arena_done(&arena);
    guard_settle(scene.guard, SECOND, &scene.here.desk, &pass, GUARD_GOOD);
    guards_free(scene.guards);
}

static void a_guard_is_counted(void **state)
{
    (void)state;
    struct scene scene;
    struct guard_pass pass;
    struct arena arena;
    struct slices out;
    scene_open(&scene, 4, 8);
    ask(&scene, &scene.here, NULL, &pass);
    assert_true(guard_take_retry(scene.guard, SECOND, GUARD_RETRY));
    assert_true(guard_take_retry(scene.guard, SECOND, GUARD_HEDGE));
    assert_true(guard_take_retry(scene.guard, SECOND, GUARD_HEDGE));
    assert_false(guard_take_retry(scene.guard, SECOND, GUARD_RETRY));
    struct guard_feed *feed = guard_feed_new(scene.guards);
    arena_init(&arena, NULL, 65536);
    slices_init(&out, &arena);
    struct exposition exposition = {.out = &out, .format = EXPOSITION_PROMETHEUS};
    for (size_t row = 0; row < feed->feed.count; row++) {
        exposition_family(&exposition, &feed->feed.metrics[row]);
        feed->feed.write(&feed->feed, row, &exposition);
    }
    slices_copy(&out, (struct str){"", 1});
    const char *text = slices_join(&out).at;
    static const char *const lines[] = {
        "\nbraid_service_breaker_state{service=\"s\",state=\"closed\"} 1\n",
        "\nbraid_service_addresses{service=\"s\",state=\"healthy\"} 2\n",
        "\nbraid_service_retries_total{service=\"s\"} 1\n",
        "\nbraid_service_hedges_total{service=\"s\"} 2\n",
        "\nbraid_service_retries_refused_total{service=\"s\"} 1\n",
        "\nbraid_service_attempts_in_flight{service=\"s\"} 1\n",
        "\nbraid_service_concurrency{service=\"s\"} 4\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_non_null(strstr(text, lines[i]));
    free(feed);
    arena_done(&arena);
    guard_settle(scene.guard, SECOND, &scene.here.desk, &pass, GUARD_GOOD);
    guards_free(scene.guards);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_goes_to_the_oldest_that_waits),
        cmocka_unit_test(who_leaves_the_queue_is_not_granted),
        cmocka_unit_test(who_was_granted_a_place_may_find_the_breaker_open),
        cmocka_unit_test(an_address_that_is_gone_is_not_blamed),
        cmocka_unit_test(who_comes_before_there_is_an_address_waits_with_its_place),
        cmocka_unit_test(where_nothing_is_found_nobody_waits),
        cmocka_unit_test(checks_take_out_and_bring_back),
        cmocka_unit_test(a_guard_says_how_it_is),
        cmocka_unit_test(a_guard_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What the process knows of itself: names that go on over a reload, figures of several workers,
 * rows of other rooms, and the requests that are kept to be looked at.
 */
#include "gateway/telemetry/recent_json.h"
#include "gateway/telemetry/scrape.h"
#include "gateway/telemetry/telemetry.h"
#include "tests/unit/gateway/snapshot_of.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HEAD                                                                                       \
    "listen: 127.0.0.1:1\nservices: { a: \"http://127.0.0.1:2\", b: \"http://127.0.0.1:3\" }\n"

static const char *scraped(struct telemetry *telemetry, struct arena *arena)
{
    struct slices out;
    slices_init(&out, arena);
    scrape_write(telemetry, EXPOSITION_PROMETHEUS, &out);
    slices_copy(&out, (struct str){"", 1});
    return slices_join(&out).at;
}

static void a_name_keeps_its_number_when_the_file_changes(void **state)
{
    (void)state;
    struct catalogue catalogue;
    catalogue_init(&catalogue);
    struct snapshot *first = snapshot_of(
        HEAD
        "routes: { GET /x: { calls: { one: a GET /, two: b GET / } }, GET /y: { proxy: a } }\n");
    const struct series *before = catalogue_learn(&catalogue, first);
    struct snapshot *second = snapshot_of(HEAD "routes: { GET /y: { proxy: a }, GET /z: { proxy: b "
                                               "}, GET /x: { calls: { two: b GET / } } }\n");
    const struct series *after = catalogue_learn(&catalogue, second);
    assert_int_equal(before->routes[1], after->routes[0]);
    assert_int_equal(before->routes[0], after->routes[2]);
    assert_int_equal(before->calls[0][1], after->calls[2][0]);
    assert_int_equal(catalogue_count(&catalogue, CATALOGUE_ROUTE), 4);
    assert_int_equal(catalogue_count(&catalogue, CATALOGUE_SERVICE), 3);
    assert_int_equal(catalogue_count(&catalogue, CATALOGUE_CALL), 3);
    assert_int_equal(catalogue_name(&catalogue, CATALOGUE_ROUTE, 0).name.length, 5);
    snapshot_unref(first);
    snapshot_unref(second);
    catalogue_done(&catalogue);
}

static void names_beyond_the_bound_are_other(void **state)
{
    (void)state;
    struct catalogue catalogue;
    catalogue_init(&catalogue);
    char *text = malloc(200000);
    assert_non_null(text);
    int length = sprintf(text, HEAD "routes:\n");
    for (int i = 0; i < CATALOGUE_ROUTES + 2; i++)
        length += sprintf(text + length, "  GET /r%d: { response: { body: 1 } }\n", i);
    struct snapshot *snapshot = snapshot_of(text);
    const struct series *series = catalogue_learn(&catalogue, snapshot);
    assert_int_equal(series->routes[CATALOGUE_ROUTES - 1], CATALOGUE_ROUTES);
    assert_int_equal(series->routes[CATALOGUE_ROUTES], 0);
    assert_int_equal(series->routes[CATALOGUE_ROUTES + 1], 0);
    free(text);
    snapshot_unref(snapshot);
    catalogue_done(&catalogue);
}

static void every_status_has_a_place(void **state)
{
    (void)state;
    assert_string_equal(tally_status_text(tally_status_place(0)), "none");
    assert_string_equal(tally_status_text(tally_status_place(200)), "200");
    assert_string_equal(tally_status_text(tally_status_place(299)), "2xx");
    assert_string_equal(tally_status_text(tally_status_place(418)), "4xx");
    assert_string_equal(tally_status_text(tally_status_place(503)), "503");
    assert_string_equal(tally_status_text(tally_status_place(99)), "invalid");
    assert_string_equal(tally_status_text(tally_status_place(1000)), "invalid");
    for (int status = 100; status < 600; status++) {
        char text[8];
        const char *place = tally_status_text(tally_status_place(status));
        snprintf(text, sizeof text, "%d", status);
        assert_true(strcmp(place, text) == 0 || (place[0] == text[0] && place[1] == 'x'));
    }
}

struct breakers {
    struct metric_feed feed;
    uint64_t state;
};

static void breakers_write(struct metric_feed *feed, size_t row, struct exposition *to)
{
    const struct breakers *breakers = (const struct breakers *)(const void *)feed;
    assert_int_equal(row, 0);
    exposition_number(to, &(struct label_values){{STR("users")}}, breakers->state);
}

static void workers_are_added_up_and_other_rooms_have_rows(void **state)
{
    (void)state;
    static const struct metric rows[] = {
        {"braid_breaker_state", METRIC_GAUGE, NULL, "0 closed, 1 open.", {"service"}}};
    struct settings settings = {0};
    struct arena arena;
    struct breakers breakers = {{rows, 1, breakers_write}, 1};
    arena_init(&arena, NULL, 1 << 22);
    struct telemetry *telemetry = telemetry_new(&settings, 3);
    telemetry_add_feed(telemetry, &breakers.feed);
    for (int i = 0; i < 3; i++) {
        struct route_tally *route = tally_route(telemetry->witnesses[i].tally, 0);
        count_add(&route->statuses[tally_status_place(404)], 2);
        histogram_add(&route->duration, 3 * MILLISECOND);
    }
    const char *text = scraped(telemetry, &arena);
    assert_non_null(strstr(text, "braid_requests_total{route=\"other\",status=\"404\"} 6\n"));
    assert_non_null(strstr(text, "braid_request_duration_seconds_count{route=\"other\"} 3\n"));
    assert_non_null(strstr(text, "\nbraid_workers 3\n"));
    assert_non_null(strstr(text, "\n# TYPE braid_breaker_state gauge\n"
                                 "braid_breaker_state{service=\"users\"} 1\n"));
    telemetry_free(telemetry);
    arena_done(&arena);
}

static void *count_up(void *closure)
{
    struct tally *tally = closure;
    for (int i = 0; i < 20000; i++) {
        struct route_tally *route = tally_route(tally, (uint32_t)i % 7);
        count_add(&route->statuses[tally_status_place(200)], 1);
        histogram_add(&route->duration, i);
    }
    return NULL;
}

static void reading_while_workers_count(void **state)
{
    (void)state;
    struct settings settings = {0};
    pthread_t threads[2];
    struct telemetry *telemetry = telemetry_new(&settings, 2);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_up, telemetry->witnesses[i].tally),
                         0);
    for (int i = 0; i < 20; i++) {
        struct arena arena;
        arena_init(&arena, NULL, 1 << 22);
        scraped(telemetry, &arena);
        arena_done(&arena);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    uint64_t sum = 0;
    for (int i = 0; i < 2; i++)
        for (uint32_t k = 0; k < 7; k++)
            sum += count_read(
                &tally_route(telemetry->witnesses[i].tally, k)->statuses[tally_status_place(200)]);
    assert_int_equal(sum, 40000);
    telemetry_free(telemetry);
}

/* --- recent requests ---------------------------------------------------------------------- */

static bool keep(struct recent *recent, enum recent_kind kind, const char *id, usec took, usec now)
{
    struct recent_request *kept = recent_begin(recent, kind, took, now, now);
    if (kept == NULL)
        return false;
    recent_copy(kept->id, sizeof kept->id, str_of(id));
    recent_end(recent);
    return true;
}

static void a_burst_is_kept_and_then_some_per_second(void **state)
{
    (void)state;
    struct recent *recent = recent_new();
    usec now = 1000 * SECOND;
    for (int i = 0; i < RECENT_KEPT; i++)
        assert_true(keep(recent, RECENT_FAILED, "x", 1, now));
    assert_false(keep(recent, RECENT_FAILED, "x", 1, now));
    assert_true(keep(recent, RECENT_DEGRADED, "x", 1, now));
    assert_true(keep(recent, RECENT_FAILED, "x", 1, now + RECENT_PACE));
    assert_false(keep(recent, RECENT_FAILED, "x", 1, now + RECENT_PACE));
    recent_free(recent);
}

static void the_slowest_stay_until_they_are_old(void **state)
{
    (void)state;
    struct recent *recent = recent_new();
    usec now = 1000 * SECOND;
    assert_false(recent_is_slow(recent, RECENT_SLOW_LEAST - 1, now));
    for (int i = 0; i < RECENT_KEPT; i++) {
        assert_true(recent_is_slow(recent, 2 * SECOND + i, now));
        assert_true(keep(recent, RECENT_SLOWEST, "x", 2 * SECOND + i, now));
    }
    assert_false(recent_is_slow(recent, SECOND, now));
    assert_true(recent_is_slow(recent, 3 * SECOND, now));
    assert_true(keep(recent, RECENT_SLOWEST, "slow", 3 * SECOND, now + SECOND));
    for (int i = 0; i < RECENT_KEPT; i++)
        assert_int_not_equal(recent->rings[RECENT_SLOWEST].list[i].took, 2 * SECOND);
    assert_true(recent_is_slow(recent, SECOND, now + RECENT_SLOW + 1));
    recent_free(recent);
}

static void a_reader_never_makes_the_worker_wait(void **state)
{
    (void)state;
    struct recent *recent = recent_new();
    recent_lock(recent);
    assert_false(keep(recent, RECENT_FAILED, "x", 1, SECOND));
    recent_unlock(recent);
    assert_true(keep(recent, RECENT_FAILED, "x", 1, SECOND));
    recent_free(recent);
}

static const char *text_of(struct slices *out)
{
    slices_copy(out, (struct str){"", 1});
    return slices_join(out).at;
}

static void they_are_found_by_id_and_by_trace(void **state)
{
    (void)state;
    struct settings settings = {0};
    struct arena arena;
    struct slices out;
    arena_init(&arena, NULL, 1 << 22);
    struct telemetry *telemetry = telemetry_new(&settings, 2);
    assert_true(keep(telemetry->witnesses[0].recent, RECENT_ORDINARY, "plain", 1, SECOND));
    struct recent_request *kept =
        recent_begin(telemetry->witnesses[1].recent, RECENT_FAILED, 1500, SECOND, 2 * SECOND);
    assert_non_null(kept);
    recent_copy(kept->id, sizeof kept->id, STR("the\"id"));
    recent_copy(kept->trace, sizeof kept->trace, STR("4bf92f3577b34da6a3ce929d0e0e4736"));
    kept->call_count = 1;
    kept->calls[0] = (struct recent_call){
        .name = "order", .service = "orders", .reason = REASON_TIMEOUT, .took = 1200};
    recent_end(telemetry->witnesses[1].recent);

    slices_init(&out, &arena);
    assert_false(recent_write_one(telemetry, STR("nobody"), &out));
    assert_false(recent_write_one(telemetry, STR(""), &out));
    assert_true(recent_write_one(telemetry, STR("4bf92f3577b34da6a3ce929d0e0e4736"), &out));
    const char *text = text_of(&out);
    assert_non_null(strstr(text, "{\"id\":\"the\\\"id\","));
    assert_non_null(strstr(text, "\"ms\":1.500,"));
    assert_non_null(strstr(text, "\"calls\":[\n{\"service\":\"orders\",\"call\":\"order\","
                                 "\"source\":\"none\",\"reason\":\"timeout\","));

    slices_init(&out, &arena);
    recent_write_list(telemetry, &out);
    text = text_of(&out);
    const char *failed = strstr(text, "\"kind\":\"failed\"");
    const char *ordinary = strstr(text, "{\"id\":\"plain\"");
    assert_true(failed != NULL && ordinary != NULL && failed < ordinary);
    telemetry_free(telemetry);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_keeps_its_number_when_the_file_changes),
        cmocka_unit_test(names_beyond_the_bound_are_other),
        cmocka_unit_test(every_status_has_a_place),
        cmocka_unit_test(workers_are_added_up_and_other_rooms_have_rows),
        cmocka_unit_test(reading_while_workers_count),
        cmocka_unit_test(a_burst_is_kept_and_then_some_per_second),
        cmocka_unit_test(the_slowest_stay_until_they_are_old),
        cmocka_unit_test(a_reader_never_makes_the_worker_wait),
        cmocka_unit_test(they_are_found_by_id_and_by_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

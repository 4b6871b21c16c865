/*
 * The last minutes: what is counted between two notes, over how long, and how percentiles are read
 * from buckets. Time is virtual.
 */
#include "base/loop.h"
#include "gateway/telemetry/history.h"
#include "gateway/telemetry/telemetry.h"
#include "tests/unit/gateway/snapshot_of.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void a_percentile_is_spread_evenly_within_its_bucket(void **state)
{
    (void)state;
    uint32_t buckets[HISTOGRAM_BOUNDS + 1] = {0};
    assert_true(history_percentile(buckets, 0.5) < 0);
    buckets[0] = 10; /* up to 1 ms */
    assert_int_equal(history_percentile(buckets, 0.5), 500);
    buckets[2] = 10; /* 2.5 to 5 ms */
    assert_int_equal(history_percentile(buckets, 0.5), 1000);
    assert_int_equal(history_percentile(buckets, 0.75), 3750);
    buckets[HISTOGRAM_BOUNDS] = 100; /* beyond the last bound nothing is known */
    assert_int_equal(history_percentile(buckets, 0.99), 10 * SECOND);
}

struct scene {
    struct loop loop;
    struct telemetry *telemetry;
    struct snapshot *snapshot;
    struct history *history;
    struct arena arena;
};

static void scene_open(struct scene *scene)
{
    struct settings settings = {0};
    assert_int_equal(loop_init(&scene->loop), 0);
    scene->loop.now = HOUR;
    arena_init(&scene->arena, NULL, 1 << 22);
    scene->telemetry = telemetry_new(&settings, 2);
    scene->snapshot = snapshot_of("listen: 127.0.0.1:1\nservices: { s: \"http://127.0.0.1:2\" }\n"
                                  "routes: { GET /x: { calls: { a: s GET / } } }\n");
    scene->snapshot->series = catalogue_learn(&scene->telemetry->catalogue, scene->snapshot);
    scene->history = history_new(&scene->loop, scene->telemetry);
}

static void scene_close(struct scene *scene)
{
    history_free(scene->history);
    snapshot_unref(scene->snapshot);
    telemetry_free(scene->telemetry);
    arena_done(&scene->arena);
    loop_done(&scene->loop);
}

/* So many seconds go by. */
static void scene_wait(struct scene *scene, int seconds)
{
    for (int i = 0; i < seconds; i++) {
        scene->loop.now += SECOND;
        timers_fire(&scene->loop.timers, scene->loop.now);
    }
}

static void scene_count(struct scene *scene, int worker, int status, uint64_t number)
{
    struct route_tally *route =
        tally_route(scene->telemetry->witnesses[worker].tally, scene->snapshot->series->routes[0]);
    count_add(&route->statuses[tally_status_place(status)], number);
    histogram_add(&route->duration, 500);
}

static const char *scene_text(struct scene *scene, usec window)
{
    struct slices out;
    slices_init(&out, &scene->arena);
    history_write(scene->history, scene->snapshot, window, &out);
    slices_copy(&out, (struct str){"", 1});
    return slices_join(&out).at;
}

static void a_window_counts_what_happened_in_it(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_count(&scene, 0, 200, 100);
    scene_wait(&scene, 120);
    scene_count(&scene, 0, 200, 50);
    scene_count(&scene, 1, 502, 10);
    scene_wait(&scene, 30);
    const char *minute = scene_text(&scene, MINUTE);
    assert_non_null(strstr(minute, "{\"window_s\":60.0,\"step_s\":10,"));
    assert_non_null(strstr(minute,
                           "{\"route\":\"GET /x\",\"requests\":60,\"rate\":1.000,\"failed\":10,"
                           "\"degraded\":0,\"p50_ms\":0.50,"));
    assert_non_null(strstr(minute, "{\"service\":\"s\",\"calls\":0,\"rate\":0.000,\"failed\":0,"
                                   "\"p50_ms\":null,"));
    const char *longer = scene_text(&scene, 5 * MINUTE);
    assert_non_null(strstr(longer, "{\"window_s\":150.0,"));
    assert_non_null(strstr(longer, "\"requests\":160,"));
    assert_non_null(strstr(longer, "\"steps\":[100,0,0,0,0,0,0,0,0,0,0,0,60,0,0,0],"
                                   "\"bad\":[0,0,0,0,0,0,0,0,0,0,0,0,10,0,0,0]"));
    scene_close(&scene);
}

static void five_minutes_are_remembered_and_no_more(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_count(&scene, 0, 200, 7);
    scene_wait(&scene, 1000);
    const char *text = scene_text(&scene, 5 * MINUTE);
    assert_non_null(strstr(text, "{\"window_s\":300.0,"));
    assert_non_null(strstr(text, "\"requests\":0,"));
    assert_int_equal(scene.history->count, HISTORY_NOTES);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_percentile_is_spread_evenly_within_its_bucket),
        cmocka_unit_test(a_window_counts_what_happened_in_it),
        cmocka_unit_test(five_minutes_are_remembered_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Figures as text: what Prometheus reads, what OpenMetrics wants otherwise, and what a name in a
 * label may hold.
 */
#include "base/arena.h"
#include "gateway/telemetry/exposition.h"
#include "gateway/telemetry/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct sheet {
    struct arena arena;
    struct slices out;
    struct exposition exposition;
};

static void sheet_init(struct sheet *sheet, enum exposition_format format)
{
    arena_init(&sheet->arena, NULL, 1 << 20);
    slices_init(&sheet->out, &sheet->arena);
    sheet->exposition = (struct exposition){.out = &sheet->out, .format = format};
}

static void assert_sheet(struct sheet *sheet, const char *expected)
{
    slices_copy(&sheet->out, (struct str){"", 1});
    assert_string_equal(slices_join(&sheet->out).at, expected);
    arena_done(&sheet->arena);
}

static const struct metric asked = {
    "shop_asked", METRIC_COUNTER, NULL, "How often.", {"route", "status"}};
static const struct metric taken = {
    "shop_taken_seconds", METRIC_HISTOGRAM, "seconds", "How long.", {"route"}};
static const struct metric full = {
    "shop_full_bytes", METRIC_GAUGE, "bytes", "A \\ and\n\"b\".", {0}};

static void a_counter_has_its_ending_where_the_format_wants_it(void **state)
{
    (void)state;
    struct sheet sheet;
    struct label_values values = {{STR("GET /a"), STR("200")}};
    sheet_init(&sheet, EXPOSITION_PROMETHEUS);
    exposition_family(&sheet.exposition, &asked);
    exposition_number(&sheet.exposition, &values, UINT64_MAX);
    exposition_end(&sheet.exposition);
    assert_sheet(&sheet, "# HELP shop_asked_total How often.\n"
                         "# TYPE shop_asked_total counter\n"
                         "shop_asked_total{route=\"GET /a\",status=\"200\"} "
                         "18446744073709551615\n");
    sheet_init(&sheet, EXPOSITION_OPENMETRICS);
    exposition_family(&sheet.exposition, &asked);
    exposition_number(&sheet.exposition, &values, 7);
    exposition_end(&sheet.exposition);
    assert_sheet(&sheet, "# HELP shop_asked How often.\n"
                         "# TYPE shop_asked counter\n"
                         "shop_asked_total{route=\"GET /a\",status=\"200\"} 7\n"
                         "# EOF\n");
}

static void a_label_cannot_leave_its_quotes(void **state)
{
    (void)state;
    struct sheet sheet;
    struct label_values values = {{STR("a\"b\\c\nd{}"), STR("")}};
    sheet_init(&sheet, EXPOSITION_PROMETHEUS);
    exposition_family(&sheet.exposition, &asked);
    exposition_number(&sheet.exposition, &values, 1);
    assert_sheet(&sheet, "# HELP shop_asked_total How often.\n"
                         "# TYPE shop_asked_total counter\n"
                         "shop_asked_total{route=\"a\\\"b\\\\c\\nd{}\",status=\"\"} 1\n");
    sheet_init(&sheet, EXPOSITION_OPENMETRICS);
    exposition_family(&sheet.exposition, &full);
    exposition_number(&sheet.exposition, NULL, 0);
    assert_sheet(&sheet, "# HELP shop_full_bytes A \\\\ and\\n\\\"b\\\".\n"
                         "# TYPE shop_full_bytes gauge\n"
                         "# UNIT shop_full_bytes bytes\n"
                         "shop_full_bytes 0\n");
}

static void a_histogram_adds_up(void **state)
{
    (void)state;
    struct sheet sheet;
    struct histogram first = {0}, second = {0};
    struct histogram_sum sum = {0};
    histogram_add(&first, 1000); /* a bound belongs to its bucket */
    histogram_add(&first, 1001);
    histogram_add(&second, 20 * SECOND);
    histogram_add(&second, -1);
    histogram_read(&first, &sum);
    histogram_read(&second, &sum);
    sheet_init(&sheet, EXPOSITION_PROMETHEUS);
    exposition_family(&sheet.exposition, &taken);
    exposition_histogram(&sheet.exposition, &(struct label_values){{STR("r")}}, &sum);
    char *text = (char *)(uintptr_t)slices_join(&sheet.out).at;
    assert_non_null(strstr(text, "shop_taken_seconds_bucket{route=\"r\",le=\"0.001\"} 2\n"
                                 "shop_taken_seconds_bucket{route=\"r\",le=\"0.0025\"} 3\n"));
    assert_non_null(strstr(text, "shop_taken_seconds_bucket{route=\"r\",le=\"10.0\"} 3\n"
                                 "shop_taken_seconds_bucket{route=\"r\",le=\"+Inf\"} 4\n"
                                 "shop_taken_seconds_sum{route=\"r\"} 20.002001\n"
                                 "shop_taken_seconds_count{route=\"r\"} 4\n"));
    arena_done(&sheet.arena);
}

static void the_bounds_are_the_texts(void **state)
{
    (void)state;
    for (int i = 0; i < HISTOGRAM_BOUNDS; i++) {
        double seconds = strtod(histogram_texts[i], NULL);
        assert_int_equal((usec)(seconds * 1e6 + 0.5), histogram_bounds[i]);
        assert_true(i == 0 || histogram_bounds[i] > histogram_bounds[i - 1]);
    }
}

static void the_format_is_what_accept_prefers(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        enum exposition_format format;
    } cases[] = {
        {NULL, EXPOSITION_PROMETHEUS},
        {"*/*", EXPOSITION_PROMETHEUS},
        {"text/html", EXPOSITION_PROMETHEUS},
        {"application/openmetrics-text", EXPOSITION_OPENMETRICS},
        {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
         "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
         EXPOSITION_OPENMETRICS},
        {"application/openmetrics-text; version=1.0.0; q=0.2, text/plain; q=0.9",
         EXPOSITION_PROMETHEUS},
        {"application/openmetrics-text;version=0.0.1", EXPOSITION_PROMETHEUS},
        {"application/openmetrics-text;q=0", EXPOSITION_PROMETHEUS},
        {"application/openmetrics-text;q=", EXPOSITION_OPENMETRICS},
        {";;,,q=1", EXPOSITION_PROMETHEUS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(
            exposition_choose(cases[i].accept != NULL ? str_of(cases[i].accept) : STR_NONE),
            cases[i].format);
}

/* The rules of the data model: a unit is the end of its name, and a base unit. */
static void every_row_of_the_table_is_whole(void **state)
{
    (void)state;
    for (int i = 0; i < FIGURE_COUNT; i++) {
        struct str name = str_of(metrics[i].name);
        assert_true(metrics[i].help[strlen(metrics[i].help) - 1] == '.');
        assert_false(str_ends_with(name, STR("_total")));
        if (metrics[i].unit != NULL)
            assert_true(str_ends_with(name, str_of(metrics[i].unit)));
        if (metrics[i].type == METRIC_HISTOGRAM)
            assert_string_equal(metrics[i].unit, "seconds");
        for (int k = 0; k < i; k++)
            assert_string_not_equal(metrics[i].name, metrics[k].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_counter_has_its_ending_where_the_format_wants_it),
        cmocka_unit_test(a_label_cannot_leave_its_quotes),
        cmocka_unit_test(a_histogram_adds_up),
        cmocka_unit_test(the_bounds_are_the_texts),
        cmocka_unit_test(the_format_is_what_accept_prefers),
        cmocka_unit_test(every_row_of_the_table_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

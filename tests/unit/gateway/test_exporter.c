/*
 * What no collector takes: it is dropped and counted, and whoever gives it never waits for it.
 */
#include "gateway/telemetry/exporter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void give(struct exporter *exporter, size_t length)
{
    char *text = calloc(1, length);
    assert_non_null(text);
    memset(text, ' ', length);
    exporter_give(exporter, text, length, 2);
}

/* Port 9 of this machine: nobody listens there. */
static struct exporter *exporter_to_nobody(void)
{
    struct exporter *exporter = exporter_start(STR("http://127.0.0.1:9/"), STR("braid"));
    assert_non_null(exporter);
    return exporter;
}

static void what_finds_no_room_is_dropped(void **state)
{
    (void)state;
    struct exporter *exporter = exporter_to_nobody();
    const uint32_t given = 4 * EXPORTER_QUEUE;
    for (uint32_t i = 0; i < given; i++)
        give(exporter, 10);
    /* a batch may have been taken out while they were given */
    assert_true(exporter_lost(exporter) >= 2 * (given - EXPORTER_QUEUE - 2 * EXPORTER_BATCH));
    assert_int_equal(exporter_sent(exporter), 0);
    exporter_stop(exporter);
}

static void the_bytes_are_bounded_too(void **state)
{
    (void)state;
    struct exporter *exporter = exporter_to_nobody();
    give(exporter, EXPORTER_BYTES + 1);
    assert_int_equal(exporter_lost(exporter), 2);
    exporter_drop(exporter, 5);
    assert_int_equal(exporter_lost(exporter), 7);
    exporter_stop(exporter);
    exporter_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_finds_no_room_is_dropped),
        cmocka_unit_test(the_bytes_are_bounded_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

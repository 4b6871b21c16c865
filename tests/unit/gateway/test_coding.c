/*
 * What Accept-Encoding says of gzip.
 */
#include "gateway/compose/coding.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void check(const char *field, bool is_wanted)
{
    if (coding_wants_gzip(str_of(field)) != is_wanted)
        fail_msg("'%s' should %swant gzip", field, is_wanted ? "" : "not ");
}

static void gzip_is_sent_only_to_who_names_it_or_takes_anything(void **state)
{
    (void)state;
    assert_false(coding_wants_gzip(STR_NONE));
    check("", false);
    check("br", false);
    check("gzip", true);
    check("x-gzip", true);
    check("GZip", true);
    check("gzipped", false);
    check("deflate, gzip, br", true);
    check(" , gzip ,", true);
    check("*", true);
    check("identity", false);
}

static void a_weight_of_nought_forbids(void **state)
{
    (void)state;
    check("gzip;q=0", false);
    check("gzip; q=0.000", false);
    check("gzip;q=0.001", true);
    check("gzip;q=1.000", true);
    check("gzip;q=0, *", false);
    check("*;q=0", false);
    check("*;q=0, gzip", true);
    check("gzip;level=9;q=0", false);
    check("gzip ; Q=0.5", true);
}

static void what_is_liked_more_is_sent(void **state)
{
    (void)state;
    check("gzip;q=0.5, identity", false);
    check("gzip, identity", true);
    check("gzip, identity;q=0.5", true);
    check("identity;q=0.5, *;q=0.4", false);
    check("identity;q=0.4, *;q=0.5", true);
    check("gzip;q=0.2, *;q=0.3", false);
    check("identity;q=0", false);
}

static void a_weight_that_is_none_forbids(void **state)
{
    (void)state;
    static const char *const weights[] = {"2", "1.1", "0.1234", "-1", "", "x", "0,5", "00", ".5"};
    for (size_t i = 0; i < sizeof(weights) / sizeof(*weights); i++) {
        char field[32];
        snprintf(field, sizeof(field), "gzip;q=%s", weights[i]);
        check(field, false);
    }
    check("gzip;q=0.", false);
    check("gzip;q=1.", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gzip_is_sent_only_to_who_names_it_or_takes_anything),
        cmocka_unit_test(a_weight_of_nought_forbids),
        cmocka_unit_test(what_is_liked_more_is_sent),
        cmocka_unit_test(a_weight_that_is_none_forbids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

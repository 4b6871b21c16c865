/*
 * RFC 9111 as a table: what an answer says, and what a shared cache may do with it. The wall clock
 * stands at Sun, 06 Nov 1994 08:49:37 GMT, the answer was asked for one second before it came.
 */
#include "gateway/cache/cache_control.h"
#include "gateway/cache/cache_rules.h"
#include "gateway/cache/http_date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define WALL     784111777
#define NOW      "Sun, 06 Nov 1994 08:49:37 GMT"
#define RECEIVED (100 * SECOND)

/* "Name: value" each, NULL at the end. */
static struct cache_ruling judge(int status, enum method method, const char *target,
                                 const char *lines, const char *const *list)
{
    struct field fields[8];
    struct flight_answer answer = {.status = status, .fields = fields};
    struct cache_asking asking = {method, str_of(target), str_of(lines)};
    struct cache_times times = {RECEIVED - SECOND, RECEIVED, WALL * SECOND};
    for (; *list != NULL; list++) {
        struct str line = str_of(*list);
        size_t colon = str_find(line, ':');
        fields[answer.field_count++] =
            (struct field){{line.at, colon}, str_trim(str_from(line, colon + 1))};
    }
    return cache_rules_judge(&asking, &answer, &times);
}

#define SAYS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define GET(...)  judge(200, METHOD_GET, "/a", "", SAYS(__VA_ARGS__))

static void how_long_an_answer_is_fresh(void **state)
{
    static const struct {
        const char *says[4];
        uint32_t life;
    } cases[] = {
        {{"Cache-Control: max-age=60"}, 60},
        {{"Cache-Control: max-age=60, s-maxage=5"}, 5},
        {{"Cache-Control: max-age=60", "Cache-Control: s-maxage=5"}, 5},
        {{"CACHE-CONTROL: Public, MAX-AGE=\"7\""}, 7},
        {{"Cache-Control: max-age=60, max-age=10"}, 10},
        {{"Cache-Control: max-age=no"}, 0},
        {{"Cache-Control: max-age=-1"}, 0},
        {{"Cache-Control: max-age=99999999999999999999"}, CACHE_SECONDS_MAXIMUM},
        {{"Cache-Control: max-age=60, no-cache"}, 0},
        {{"Cache-Control: max-age=60, no-cache=\"X-A, no-store\""}, 0},
        {{"Cache-Control: x=\"no-cache, max-age=1\", max-age=60"}, 60},
        {{"Expires: Sun, 06 Nov 1994 08:50:37 GMT", "Date: " NOW}, 60},
        {{"Expires: Sunday, 06-Nov-94 08:50:37 GMT", "Date: " NOW}, 60},
        {{"Expires: Sun Nov  6 08:50:37 1994"}, 60},
        {{"Expires: 0"}, 0},
        {{"Expires: Sun, 06 Nov 1994 08:50:37 GMT", "Cache-Control: max-age=5"}, 5},
        {{"Last-Modified: Sun, 06 Nov 1994 08:32:57 GMT", "Date: " NOW}, 100},
        {{"Last-Modified: Sun, 06 Nov 1904 08:32:57 GMT", "Date: " NOW}, 86400},
        {{"Content-Type: application/json"}, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(judge(200, METHOD_GET, "/a", "", cases[i].says).life, cases[i].life);
}

static void heuristics_are_for_known_statuses_without_a_query(void **state)
{
    const char *const *says = SAYS("Last-Modified: Sun, 06 Nov 1994 08:32:57 GMT");
    (void)state;
    assert_int_equal(judge(404, METHOD_GET, "/a", "", says).life, 100);
    assert_int_equal(judge(201, METHOD_GET, "/a", "", says).life, 0);
    assert_int_equal(judge(200, METHOD_GET, "/a?b=c", "", says).life, 0);
}

static void what_is_never_kept(void **state)
{
    (void)state;
    assert_true(GET("Cache-Control: max-age=60").may_keep);
    assert_false(GET("Cache-Control: max-age=60, no-store").may_keep);
    assert_false(GET("Cache-Control: private").may_keep);
    assert_false(GET("Cache-Control: private=\"x-a, x-b\"").may_keep);
    assert_false(GET("Cache-Control: max-age=60", "Set-Cookie: a=b").may_keep);
    assert_false(GET("Cache-Control: max-age=60", "Vary: *").may_keep);
    assert_false(GET("Cache-Control: max-age=60", "Vary: Accept, X-Forwarded-For").may_keep);
    assert_true(GET("Cache-Control: max-age=60", "Vary: Accept").may_keep);
    const char *const *says = SAYS("Cache-Control: max-age=60");
    assert_false(judge(206, METHOD_GET, "/a", "", says).may_keep);
    assert_false(judge(200, METHOD_POST, "/a", "", says).may_keep);
    assert_true(judge(200, METHOD_HEAD, "/a", "", says).may_keep);
}

static void what_a_shared_cache_stores_by_itself(void **state)
{
    (void)state;
    assert_true(GET("Cache-Control: max-age=60").is_standard);
    assert_true(GET("Cache-Control: no-cache", "ETag: \"a\"").is_standard);
    assert_true(GET("Cache-Control: public").is_standard);
    assert_false(GET("Content-Type: a/b").is_standard);
    assert_false(GET("Cache-Control: max-age=0").is_standard);
}

/* 3.5 */
static void credentials_ask_for_permission(void **state)
{
    static const struct {
        const char *says;
        bool is_standard;
    } cases[] = {
        {"Cache-Control: max-age=60", false},
        {"Cache-Control: max-age=60, public", true},
        {"Cache-Control: max-age=60, must-revalidate", true},
        {"Cache-Control: s-maxage=60", true},
        {"Cache-Control: max-age=60, proxy-revalidate", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cache_ruling ruling =
            judge(200, METHOD_GET, "/a", "authorization: Bearer x\r\n", SAYS(cases[i].says));
        assert_int_equal(ruling.is_standard, cases[i].is_standard);
        assert_true(ruling.may_keep); /* for a file that says so: the key holds who it was */
    }
}

/* 4.2.3: the second it was on its way counts, the service's clock, and what others say. */
static void how_old_an_answer_is(void **state)
{
    (void)state;
    assert_int_equal(RECEIVED - GET("Date: " NOW).born, 1 * SECOND);
    assert_int_equal(RECEIVED - GET("Age: 10").born, 11 * SECOND);
    assert_int_equal(RECEIVED - GET("Date: Sun, 06 Nov 1994 08:48:37 GMT", "Age: 10").born,
                     60 * SECOND);
    assert_int_equal(RECEIVED - GET("Date: Sun, 06 Nov 1994 09:48:37 GMT").born, 1 * SECOND);
    assert_int_equal(RECEIVED - GET("Age: old").born, 1 * SECOND);
}

static void stale_answers_are_used_where_nothing_forbids_it(void **state)
{
    struct cache_ruling ruling =
        GET("Cache-Control: max-age=1, stale-while-revalidate=30, stale-if-error=60");
    (void)state;
    assert_int_equal(ruling.while_revalidate, 30);
    assert_int_equal(ruling.if_error, 60);
    static const char *const forbid[] = {"must-revalidate", "proxy-revalidate", "no-cache"};
    for (size_t i = 0; i < 3; i++) {
        char line[128];
        snprintf(line, sizeof line,
                 "Cache-Control: stale-if-error=60, %s, stale-while-revalidate=9", forbid[i]);
        assert_int_equal(GET(line).while_revalidate, 0);
        assert_int_equal(GET(line).if_error, 0);
    }
    assert_int_equal(GET("Cache-Control: s-maxage=1, stale-while-revalidate=30").while_revalidate,
                     30);
}

static void which_failures_a_stale_answer_covers(void **state)
{
    (void)state;
    static const int covered[] = {0, 408, 429, 500, 503, 599, 302};
    static const int gone[] = {400, 401, 403, 404, 410, 422, 499};
    for (size_t i = 0; i < sizeof covered / sizeof covered[0]; i++)
        assert_true(cache_rules_allow_stale(covered[i]));
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        assert_false(cache_rules_allow_stale(gone[i]));
    assert_true(cache_rules_is_error(0) && cache_rules_is_error(503));
    assert_false(cache_rules_is_error(501) || cache_rules_is_error(404));
}

static void dates_in_three_forms(void **state)
{
    static const char *const wrong[] = {
        "",
        "0",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nev 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun Nov 06 08:49:37 19942",
        "Sunday, 06-Nov-94",
    };
    int64_t seconds = 0;
    (void)state;
    assert_true(http_date_parse(STR(NOW), WALL, &seconds));
    assert_int_equal(seconds, WALL);
    assert_true(http_date_parse(STR("Sunday, 06-Nov-94 08:49:37 GMT"), WALL, &seconds));
    assert_int_equal(seconds, WALL);
    assert_true(http_date_parse(STR("Sun Nov  6 08:49:37 1994"), WALL, &seconds));
    assert_int_equal(seconds, WALL);
    assert_true(http_date_parse(STR("Tue, 29 Feb 2000 23:59:60 GMT"), WALL, &seconds));
    assert_int_equal(seconds, 951868800);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(http_date_parse(str_of(wrong[i]), WALL, &seconds));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_long_an_answer_is_fresh),
        cmocka_unit_test(heuristics_are_for_known_statuses_without_a_query),
        cmocka_unit_test(what_is_never_kept),
        cmocka_unit_test(what_a_shared_cache_stores_by_itself),
        cmocka_unit_test(credentials_ask_for_permission),
        cmocka_unit_test(how_old_an_answer_is),
        cmocka_unit_test(stale_answers_are_used_where_nothing_forbids_it),
        cmocka_unit_test(which_failures_a_stale_answer_covers),
        cmocka_unit_test(dates_in_three_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The store: what is in it, what leaves it, and who may hold what has left.
 */
#include "base/arena.h"
#include "base/random.h"
#include "cache_fixture.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MIB ((uint64_t)1024 * 1024)

static void what_goes_in_is_found_by_its_whole_key(void **state)
{
    struct cache_store *store = cache_store_new(MIB, 1);
    struct cache_key ada = fixture_key("/me", "authorization: ada\r\n");
    struct cache_key bob = fixture_key("/me", "authorization: bob\r\n");
    struct cache_entry *entry = fixture_entry(&ada, STR("\"ada\""), 1, 0);
    (void)state;
    assert_true(cache_store_put(store, entry));
    cache_entry_unref(entry);
    assert_null(cache_store_find(store, &bob));
    bob.hash = ada.hash; /* were the hashes equal, the keys still differ */
    assert_null(cache_store_find(store, &bob));
    entry = cache_store_find(store, &ada);
    assert_non_null(entry);
    assert_true(str_equal(entry->body, STR("\"ada\"")));
    assert_int_equal(entry->field_count, 2);
    assert_true(str_equal(entry->fields[1].value, STR("\"1\"")));
    cache_store_free(store);
    assert_true(str_equal(entry->body, STR("\"ada\""))); /* who holds it still reads it */
    cache_entry_unref(entry);
}

static void an_index_goes_along_and_is_read_in_place(void **state)
{
    struct arena arena;
    struct json value, member;
    char text[] = " {\"a\": [1.10, {\"b\": \"c\\n\"}], \"d\": null}";
    arena_init(&arena, NULL, 1 << 20);
    (void)state;
    assert_int_equal(json_read(&arena, str_of(text), &json_limits_default, &value, NULL), JSON_OK);
    struct cache_key key = fixture_key("/a", "");
    struct flight_answer answer = {.status = 200, .body = str_of(text)};
    struct cache_content content = {.answer = &answer, .value = &value};
    struct cache_entry *entry = cache_entry_new(&key, &content);
    memset(text, 'x', sizeof text - 1); /* nothing of it is needed any more */
    arena_done(&arena);
    assert_true(entry->is_read && entry->is_indexed);
    assert_true(json_member(entry->value, STR("a"), &member));
    assert_true(json_element(member, 1, &member));
    assert_true(json_member(member, STR("b"), &member));
    assert_true(json_string_is(member, STR("c\n")));
    assert_true(json_member(entry->value, STR("d"), &member));
    assert_true(json_is_null(member));
    cache_entry_unref(entry);
}

static void fields_of_the_connection_stay_behind(void **state)
{
    struct field fields[] = {{STR("Connection"), STR("close, X-Hop")},
                             {STR("X-Hop"), STR("1")},
                             {STR("Content-Length"), STR("2")},
                             {STR("Transfer-Encoding"), STR("chunked")},
                             {STR("X-Kept"), STR("1")}};
    struct flight_answer answer = {200, fields, 5, STR("{}")};
    struct cache_content content = {.answer = &answer};
    struct cache_key key = fixture_key("/a", "");
    struct cache_entry *entry = cache_entry_new(&key, &content);
    (void)state;
    assert_int_equal(entry->field_count, 1);
    assert_true(str_equal(entry->fields[0].name, STR("X-Kept")));
    cache_entry_unref(entry);
}

/* RFC 9111 3.2, 4.3.4 */
static void a_304_makes_it_fresh_again(void **state)
{
    struct arena arena;
    struct field old[] = {{STR("ETag"), STR("\"1\"")},
                          {STR("Content-Type"), STR("application/json")},
                          {STR("Cache-Control"), STR("max-age=1")},
                          {STR("X-Old"), STR("stays")}};
    struct field fresh[] = {{STR("cache-control"), STR("max-age=60")},
                            {STR("Content-Type"), STR("text/html")},
                            {STR("Content-Length"), STR("0")}};
    struct flight_answer before = {200, old, 4, STR("[1]")}, after = {304, fresh, 3, STR("")};
    struct cache_content content = {.answer = &before, .keep = 60};
    struct cache_times times = {5 * SECOND, 6 * SECOND, 1000 * SECOND};
    struct cache_key key = fixture_key("/a", "");
    struct cache_entry *entry = cache_entry_new(&key, &content);
    struct str value;
    (void)state;
    arena_init(&arena, NULL, 1 << 20);
    struct cache_entry *renewed = cache_entry_freshen(entry, &arena, &after, &times);
    cache_entry_unref(entry);
    arena_done(&arena);
    struct flight_answer answer = cache_entry_answer(renewed);
    assert_int_equal(answer.status, 200);
    assert_true(str_equal(answer.body, STR("[1]")));
    assert_int_equal(renewed->life, 60);
    assert_int_equal(renewed->received, 6 * SECOND);
    assert_int_equal(renewed->keep, 60);
    assert_int_equal(answer.field_count, 4);
    assert_true(flight_answer_field(&answer, STR("content-type"), &value));
    assert_true(str_equal(value, STR("application/json")));
    assert_true(flight_answer_field(&answer, STR("x-old"), &value));
    cache_entry_unref(renewed);
}

static void a_newer_answer_takes_the_place(void **state)
{
    struct cache_store *store = cache_store_new(MIB, 1);
    struct cache_figures figures;
    (void)state;
    for (int i = 0; i < 100; i++)
        assert_true(fixture_put(store, "/a", STR("1"), 1));
    cache_store_read(store, &figures);
    assert_int_equal(figures.entries, 1);
    assert_int_equal(figures.evictions, 0);
    cache_store_free(store);
}

static void what_was_asked_for_before_a_change_is_gone(void **state)
{
    struct cache_store *store = cache_store_new(MIB, 1);
    (void)state;
    fixture_put(store, "/a", STR("1"), 10);
    fixture_put(store, "/b", STR("1"), 10);
    cache_store_invalidate(store, STR("users"), STR("/a"), 20);
    assert_false(fixture_has(store, "/a"));
    assert_true(fixture_has(store, "/b"));
    assert_false(fixture_put(store, "/a", STR("old"), 15)); /* was on its way meanwhile */
    assert_false(fixture_has(store, "/a"));
    assert_true(fixture_put(store, "/a", STR("new"), 21));
    assert_true(fixture_has(store, "/a"));
    cache_store_free(store);
}

static void it_is_never_larger_than_it_may_be(void **state)
{
    static char body[20000];
    struct cache_store *store = cache_store_new(MIB, 1);
    struct cache_figures figures;
    struct random random = {{1, 2, 3, 4}};
    (void)state;
    memset(body, '1', sizeof body);
    for (int i = 0; i < 5000; i++) {
        char target[32];
        snprintf(target, sizeof target, "/%d", i);
        struct str text = {body, (size_t)random_below(&random, sizeof body)};
        assert_true(fixture_put(store, target, text, 1));
        cache_store_read(store, &figures);
        assert_true(figures.bytes <= figures.limit);
    }
    assert_true(figures.evictions > 4000);
    struct cache_key key = fixture_key("/large", "");
    char *large = calloc(1, MIB);
    struct cache_entry *entry = fixture_entry(&key, (struct str){large, MIB}, 1, 0);
    assert_false(cache_store_put(store, entry));
    cache_entry_unref(entry);
    free(large);
    cache_store_free(store);
}

/* A crawler that asks for everything once does not push out what others ask for again. */
static void a_scan_does_not_empty_it(void **state)
{
    struct cache_store *store = cache_store_new(MIB, 1);
    char target[32];
    int left = 0;
    (void)state;
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 500; i++) {
            snprintf(target, sizeof target, "/hot/%d", i);
            if (!fixture_has(store, target))
                fixture_put(store, target, STR("1"), 1);
        }
    }
    for (int i = 0; i < 50000; i++) {
        snprintf(target, sizeof target, "/scan/%d", i);
        fixture_put(store, target, STR("1"), 1);
    }
    for (int i = 0; i < 500; i++) {
        snprintf(target, sizeof target, "/hot/%d", i);
        left += fixture_has(store, target);
    }
    assert_int_equal(left, 500);
    cache_store_free(store);
}

/* --- against a plain LRU ------------------------------------------------------------------ */

#define KEYS  20000
#define ASKED 300000

/* A Zipf distribution by its sums. */
static uint32_t zipf(const double *sums, struct random *random)
{
    double at = (double)(random_next(random) >> 11) / 9007199254740992.0 * sums[KEYS - 1];
    uint32_t low = 0, high = KEYS - 1;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (sums[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t lru_hits(const double *sums, uint32_t room)
{
    struct lru {
        struct list place;
        bool is_in;
    } *items = calloc(KEYS, sizeof *items);
    struct random random = {{7, 8, 9, 10}};
    struct list order;
    uint32_t hits = 0, count = 0;
    list_init(&order);
    for (int i = 0; i < ASKED; i++) {
        struct lru *item = &items[zipf(sums, &random)];
        hits += item->is_in;
        if (item->is_in) {
            list_remove(&item->place);
        } else if (count == room) {
            struct lru *last = container_of(order.previous, struct lru, place);
            list_remove(&last->place);
            last->is_in = false;
        } else {
            count++;
        }
        item->is_in = true;
        list_prepend(&order, &item->place);
    }
    free(items);
    return hits;
}

static void it_hits_more_often_than_lru(void **state)
{
    double *sums = calloc(KEYS, sizeof *sums), sum = 0;
    struct random random = {{7, 8, 9, 10}};
    struct cache_store *store = cache_store_new(MIB, 1);
    struct cache_figures figures;
    uint32_t hits = 0;
    (void)state;
    for (uint32_t i = 0; i < KEYS; i++)
        sums[i] = sum += 1 / pow(i + 1, 0.9);
    for (int i = 0; i < ASKED; i++) {
        char target[32];
        snprintf(target, sizeof target, "/%u", zipf(sums, &random));
        bool is_hit = fixture_has(store, target);
        hits += is_hit;
        if (!is_hit)
            fixture_put(store, target, STR("{\"some\":\"answer\"}"), 1);
    }
    cache_store_read(store, &figures);
    uint32_t lru = lru_hits(sums, (uint32_t)figures.entries);
    print_message("%llu entries of %d keys: S3-FIFO hits %.1f %%, LRU %.1f %%\n",
                  (unsigned long long)figures.entries, KEYS, 100.0 * hits / ASKED,
                  100.0 * lru / ASKED);
    assert_true(figures.entries < KEYS / 2);
    assert_true(hits > lru);
    cache_store_free(store);
    free(sums);
}

/* --- several threads ---------------------------------------------------------------------- */

static void *worker_run(void *closure)
{
    struct cache_store *store = closure;
    struct random random;
    char target[32];
    random_init(&random);
    for (int i = 0; i < 20000; i++) {
        snprintf(target, sizeof target, "/%u", (unsigned)random_below(&random, 9000));
        struct cache_key key = fixture_key(target, "");
        struct cache_entry *entry = cache_store_find(store, &key);
        if (entry == NULL) {
            fixture_put(store, target, str_of(target), i + 1);
        } else if (!str_equal(entry->body, str_of(target))) {
            cache_entry_unref(entry);
            return closure;
        }
        cache_entry_unref(entry);
        if (i % 500 == 0)
            cache_store_invalidate(store, STR("users"), str_of(target), i);
    }
    return NULL;
}

static void several_workers_share_it(void **state)
{
    struct cache_store *store = cache_store_new(MIB, 1);
    pthread_t threads[4];
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, worker_run, store), 0);
    for (int i = 0; i < 4; i++) {
        void *wrong = NULL;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    struct cache_figures figures;
    cache_store_read(store, &figures);
    assert_true(figures.evictions > 0);
    cache_store_free(store);
}

static void every_worker_counts_for_itself(void **state)
{
    struct cache_store *store = cache_store_new(MIB, 2);
    struct cache_figures figures;
    (void)state;
    cache_tally_count(cache_store_tally(store, 0), CACHE_HIT);
    cache_tally_count(cache_store_tally(store, 1), CACHE_HIT);
    cache_tally_count(cache_store_tally(store, 1), CACHE_COALESCED);
    cache_store_read(store, &figures);
    assert_int_equal(figures.events[CACHE_HIT], 2);
    assert_int_equal(figures.events[CACHE_COALESCED], 1);
    assert_int_equal(figures.events[CACHE_MISS], 0);
    cache_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_is_found_by_its_whole_key),
        cmocka_unit_test(an_index_goes_along_and_is_read_in_place),
        cmocka_unit_test(fields_of_the_connection_stay_behind),
        cmocka_unit_test(a_304_makes_it_fresh_again),
        cmocka_unit_test(a_newer_answer_takes_the_place),
        cmocka_unit_test(what_was_asked_for_before_a_change_is_gone),
        cmocka_unit_test(it_is_never_larger_than_it_may_be),
        cmocka_unit_test(a_scan_does_not_empty_it),
        cmocka_unit_test(it_hits_more_often_than_lru),
        cmocka_unit_test(several_workers_share_it),
        cmocka_unit_test(every_worker_counts_for_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

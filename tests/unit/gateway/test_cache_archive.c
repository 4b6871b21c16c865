/*
 * The file that outlives the process: what goes in comes out, what is damaged is set aside, and it
 * stays within its size.
 */
#include "base/log.h"
#include "cache_fixture.h"
#include "gateway/cache/cache_archive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define MIB ((uint64_t)1024 * 1024)

struct place {
    char folder[64];
    char path[128];
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    snprintf(place->folder, sizeof place->folder, "/tmp/braid-archive-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->path, sizeof place->path, "%s/cache.db", place->folder);
    log_set(LOG_ERROR, LOG_TEXT);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    static const char *const tails[] = {"", "-wal", "-shm", ".corrupt", ".corrupt-wal"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        char path[160];
        snprintf(path, sizeof path, "%s%s", place->path, tails[i]);
        (void)unlink(path);
    }
    (void)rmdir(place->folder);
    free(place);
    return 0;
}

static void put(struct cache_archive *archive, const char *target, struct str body, usec asked,
                uint32_t keep)
{
    struct cache_key key = fixture_key(target, "accept: a\r\n");
    struct cache_entry *entry = fixture_entry(&key, body, asked, keep);
    cache_archive_put(archive, entry);
    cache_entry_unref(entry);
}

static struct cache_archive *open_started(const struct place *place, uint64_t bytes)
{
    struct cache_archive *archive = cache_archive_open(str_of(place->path), bytes);
    assert_non_null(archive);
    assert_int_equal(cache_archive_start(archive), 0);
    return archive;
}

/* What another process finds, `later` after the first one wrote. */
static uint32_t load(const struct place *place, struct cache_store *store, usec later)
{
    struct cache_archive *archive = cache_archive_open(str_of(place->path), 4 * MIB);
    assert_non_null(archive);
    uint32_t count = cache_archive_load(archive, store, 0, clock_wall() + later);
    cache_archive_close(archive);
    return count;
}

static void what_goes_in_comes_out_as_old_as_it_is(void **state)
{
    struct place *place = *state;
    struct cache_store *store = cache_store_new(MIB, 1);
    struct cache_archive *archive = open_started(place, 4 * MIB);
    put(archive, "/a", STR("{\"a\":1.10}"), clock_now(), 3600);
    cache_archive_close(archive);
    assert_int_equal(load(place, store, 10 * SECOND), 1);
    struct cache_key key = fixture_key("/a", "accept: a\r\n");
    struct cache_entry *entry = cache_store_find(store, &key);
    assert_non_null(entry);
    assert_true(str_equal(entry->body, STR("{\"a\":1.10}")));
    assert_int_equal(entry->status, 200);
    assert_int_equal(entry->field_count, 2);
    assert_true(str_equal(entry->fields[0].value, STR("application/json")));
    assert_int_equal(entry->keep, 3600);
    assert_in_range(-entry->received, 10 * SECOND, 70 * SECOND);
    cache_entry_unref(entry);
    cache_store_free(store);
}

static void what_is_too_old_or_was_changed_does_not(void **state)
{
    struct place *place = *state;
    struct cache_store *store = cache_store_new(MIB, 1);
    struct cache_archive *archive = open_started(place, 4 * MIB);
    put(archive, "/short", STR("1"), clock_now(), 60);
    put(archive, "/changed", STR("1"), clock_now(), 3600);
    put(archive, "/long", STR("1"), clock_now(), 3600);
    cache_archive_forget(archive, STR("users"), STR("/changed"));
    cache_archive_close(archive);
    assert_int_equal(load(place, store, 120 * SECOND), 1);
    struct cache_key key = fixture_key("/long", "accept: a\r\n");
    struct cache_entry *entry = cache_store_find(store, &key);
    assert_non_null(entry);
    cache_entry_unref(entry);
    cache_store_free(store);
}

static void a_file_that_is_no_database_is_set_aside(void **state)
{
    struct place *place = *state;
    struct cache_store *store = cache_store_new(MIB, 1);
    char aside[160];
    FILE *file = fopen(place->path, "w");
    fputs("not a database, and long enough to be taken for one by its first page", file);
    fclose(file);
    struct cache_archive *archive = open_started(place, 4 * MIB);
    put(archive, "/a", STR("1"), clock_now(), 3600);
    cache_archive_close(archive);
    snprintf(aside, sizeof aside, "%s.corrupt", place->path);
    assert_int_equal(access(aside, F_OK), 0);
    assert_int_equal(load(place, store, 0), 1);
    cache_store_free(store);
}

/* A page in the middle is overwritten, as a bad disk does it. */
static void a_damaged_database_is_set_aside(void **state)
{
    struct place *place = *state;
    static char body[3000];
    char aside[160], target[32];
    struct cache_store *store = cache_store_new(MIB, 1);
    struct cache_archive *archive = open_started(place, 4 * MIB);
    memset(body, '1', sizeof body);
    for (int i = 0; i < 50; i++) {
        snprintf(target, sizeof target, "/%d", i);
        put(archive, target, (struct str){body, sizeof body}, clock_now(), 3600);
    }
    cache_archive_close(archive);
    FILE *file = fopen(place->path, "r+");
    fseek(file, 4096, SEEK_SET);
    for (int i = 0; i < 4 * 4096; i++)
        fputc(0xA5, file);
    fclose(file);
    assert_int_equal(load(place, store, 0), 0);
    snprintf(aside, sizeof aside, "%s.corrupt", place->path);
    assert_int_equal(access(aside, F_OK), 0);
    cache_store_free(store);
}

static void a_place_that_cannot_be_is_no_archive(void **state)
{
    (void)state;
    assert_null(cache_archive_open(STR("/nowhere/at/all/cache.db"), MIB));
}

static void it_stays_within_its_size_and_keeps_the_newest(void **state)
{
    struct place *place = *state;
    static char body[10000];
    struct cache_store *store = cache_store_new(8 * MIB, 1);
    char target[32];
    memset(body, '1', sizeof body);
    for (int round = 0; round < 4; round++) {
        struct cache_archive *archive = open_started(place, MIB);
        for (int i = 0; i < 200; i++) {
            snprintf(target, sizeof target, "/%d", round * 200 + i);
            put(archive, target, (struct str){body, sizeof body}, clock_now() + i, 3600);
        }
        cache_archive_close(archive);
        struct stat stat_of;
        assert_int_equal(stat(place->path, &stat_of), 0);
        assert_true((uint64_t)stat_of.st_size <= MIB);
    }
    uint32_t count = load(place, store, 0);
    assert_in_range(count, 30, 110);
    struct cache_key last = fixture_key("/799", "accept: a\r\n");
    struct cache_key first = fixture_key("/0", "accept: a\r\n");
    struct cache_entry *entry = cache_store_find(store, &last);
    assert_non_null(entry);
    assert_null(cache_store_find(store, &first));
    cache_entry_unref(entry);
    cache_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_goes_in_comes_out_as_old_as_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_too_old_or_was_changed_does_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_database_is_set_aside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_database_is_set_aside, set_up, tear_down),
        cmocka_unit_test(a_place_that_cannot_be_is_no_archive),
        cmocka_unit_test_setup_teardown(it_stays_within_its_size_and_keeps_the_newest, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * hoard: a cache that is full of answers. It puts so many into a store of so many MiB, says what
 * one takes, and what it costs to find one of them, beside a question to an empty store: the same
 * keys, made the same way, in turns.
 *
 *   hoard [ENTRIES [MIB [BODY-BYTES]]]        1,000,000 entries, 1024 MiB, 400 bytes
 */
#include "bench/loopback.h"

#include "base/random.h"
#include "gateway/cache/cache_store.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ENTRIES_MAXIMUM 100000000
#define MIB_MAXIMUM     (1 << 20)
#define BODY_MAXIMUM    (1 << 20)
#define QUESTIONS       500000
#define REPETITIONS     7
#define TARGET_MAXIMUM  64

struct hoard {
    uint32_t entries;
    char *body;
    uint32_t body_size;
    struct cache_store *full, *empty;
    struct random random;
};

static struct cache_key hoard_key(uint32_t number, char target[TARGET_MAXIMUM])
{
    int length = snprintf(target, TARGET_MAXIMUM, "/customers/%08u", number);

    return cache_key_of(CACHE_OF_CALLS, METHOD_GET, STR("users"),
                        (struct str){target, (size_t)length}, STR("accept: application/json\r\n"));
}

static void hoard_fill(struct hoard *hoard)
{
    static struct field fields[] = {{{"Content-Type", 12}, {"application/json", 16}},
                                    {{"ETag", 4}, {"\"3e25960a\"", 10}}};
    char target[TARGET_MAXIMUM];

    for (uint32_t number = 0; number < hoard->entries; number++) {
        struct cache_key key = hoard_key(number, target);
        struct flight_answer answer = {.status = 200,
                                       .fields = fields,
                                       .field_count = 2,
                                       .body = {hoard->body, hoard->body_size}};
        struct cache_content content = {
            .answer = &answer, .ruling = {.may_keep = true, .life = 3600}, .asked = 1};
        struct cache_entry *entry = cache_entry_new(&key, &content);
        if (!entry || !cache_store_put(hoard->full, entry))
            errx(1, "entry %u is not taken", number);
        cache_entry_unref(entry);
    }
}

static double cpu_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Nanoseconds of CPU per question, and the share that was answered. */
static double hoard_ask(struct hoard *hoard, struct cache_store *store, double *ret_found)
{
    char target[TARGET_MAXIMUM];
    uint32_t found = 0;
    double began = cpu_now();

    for (uint32_t question = 0; question < QUESTIONS; question++) {
        uint32_t number = (uint32_t)random_below(&hoard->random, hoard->entries);
        struct cache_key key = hoard_key(number, target);
        struct cache_entry *entry = cache_store_find(store, &key);
        found += entry != NULL;
        cache_entry_unref(entry);
    }
    *ret_found = (double)found / QUESTIONS;
    return (cpu_now() - began) / QUESTIONS;
}

static int compare(const void *one, const void *other)
{
    double left = *(const double *)one, right = *(const double *)other;

    return (left > right) - (left < right);
}

static long resident_kb(void)
{
    char line[256];
    long kilobytes = 0;
    FILE *file = fopen("/proc/self/smaps_rollup", "r");

    if (!file)
        err(1, "smaps_rollup");
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "Rss: %ld kB", &kilobytes) == 1)
            break;
    fclose(file);
    return kilobytes;
}

static void hoard_report(struct hoard *hoard, long grown_kb)
{
    struct cache_figures figures;
    double beyond[REPETITIONS], full[REPETITIONS], found = 0, none = 0;

    cache_store_read(hoard->full, &figures);
    for (int at = 0; at < REPETITIONS; at++) {
        full[at] = hoard_ask(hoard, hoard->full, &found);
        beyond[at] = full[at] - hoard_ask(hoard, hoard->empty, &none);
    }
    qsort(full, REPETITIONS, sizeof *full, compare);
    qsort(beyond, REPETITIONS, sizeof *beyond, compare);
    double entries = (double)figures.entries;
    printf("{\"entries\": %llu, \"evictions\": %llu, \"bytes_per_entry\": %.0f, "
           "\"resident_per_entry\": %.0f, \"body\": %u, \"found\": %.3f, \"question_ns\": %.0f, "
           "\"beyond_an_empty_store_ns\": %.0f}\n",
           (unsigned long long)figures.entries, (unsigned long long)figures.evictions,
           (double)figures.bytes / entries, (double)grown_kb * 1024 / entries, hoard->body_size,
           found, full[REPETITIONS / 2], beyond[REPETITIONS / 2]);
}

int main(int count, char **arguments)
{
    struct hoard hoard = {.random = {{1, 2, 3, 4}}};
    uint32_t mib = count > 2 ? loopback_number(arguments[2], MIB_MAXIMUM) : 1024;

    if (count > 4)
        errx(2, "usage: hoard [ENTRIES [MIB [BODY-BYTES]]]");
    hoard.entries = count > 1 ? loopback_number(arguments[1], ENTRIES_MAXIMUM) : 1000000;
    hoard.body_size = count > 3 ? loopback_number(arguments[3], BODY_MAXIMUM) : 400;
    hoard.body = malloc((size_t)hoard.body_size + 1);
    if (!hoard.body || !hoard.entries)
        errx(2, "no memory, or nothing to do");
    memset(hoard.body, 'x', hoard.body_size);
    hoard.full = cache_store_new((uint64_t)mib << 20, 1);
    hoard.empty = cache_store_new((uint64_t)mib << 20, 1);
    long before = resident_kb();
    hoard_fill(&hoard);
    hoard_report(&hoard, resident_kb() - before);
    cache_store_free(hoard.full);
    cache_store_free(hoard.empty);
    free(hoard.body);
    return 0;
}

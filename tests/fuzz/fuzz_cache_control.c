/*
 * Any bytes as the fields that rule a cache: nothing is read beyond them, a second reading says the
 * same, and more directives only make an answer less usable, never more.
 */
#include "gateway/cache/cache_control.h"
#include "gateway/cache/cache_rules.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FIELDS 16

static const char *const names[] = {"Cache-Control", "Expires", "Date", "Age",
                                    "Last-Modified", "Vary",    "ETag", "Set-Cookie"};

/* Each line is a byte that chooses the name, and the value. */
static uint32_t fields_of(struct str text, struct field *fields)
{
    uint32_t count = 0;
    struct str line;
    while (count < FIELDS && str_cut(&text, '\n', &line))
        if (line.length > 0)
            fields[count++] = (struct field){str_of(names[(unsigned char)line.at[0] % 8]),
                                             str_trim(str_from(line, 1))};
    return count;
}

static struct cache_ruling judge(struct field *fields, uint32_t count)
{
    struct flight_answer answer = {.status = 200, .fields = fields, .field_count = count};
    struct cache_asking asking = {METHOD_GET, STR("/a"), STR("accept: a\r\n")};
    struct cache_times times = {0, SECOND, 784111777 * SECOND};
    return cache_rules_judge(&asking, &answer, &times);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct field fields[FIELDS + 1];
    char *copy = malloc(size > 0 ? size : 1); /* so that a read beyond is seen */
    if (copy == NULL)
        abort();
    memcpy(copy, data, size);
    uint32_t count = fields_of((struct str){copy, size}, fields);
    struct cache_ruling once = judge(fields, count), twice = judge(fields, count);
    if (once.may_keep != twice.may_keep || once.life != twice.life || once.born != twice.born)
        abort();
    if (once.is_standard && !once.may_keep)
        abort();
    if (once.life > CACHE_SECONDS_MAXIMUM || once.born > SECOND)
        abort();
    fields[count] = (struct field){STR("cache-control"), STR("max-age=0, no-store")};
    struct cache_ruling stricter = judge(fields, count + 1);
    if (stricter.may_keep || stricter.is_standard)
        abort();
    free(copy);
    return 0;
}

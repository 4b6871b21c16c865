/*
 * Any bytes as JSON: checked and read alike, walked, decoded, compared, written. What is asserted
 * is what the header promises. Each way of checking is held against the plain one, for the text and
 * for the same text at another distance from the borders of the blocks.
 */
#include "base/arena.h"
#include "base/json/make.h"
#include "base/json/read.h"
#include "base/slices.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLAIM(truth)                                                                               \
    do {                                                                                           \
        if (!(truth))                                                                              \
            abort();                                                                               \
    } while (0)

static const struct json_limits limits = {
    .bytes = 1 << 20, .nodes = 1 << 16, .depth = JSON_DEPTH_MAXIMUM};

static void string_try(struct arena *arena, struct json string)
{
    struct str decoded = json_string_decode(arena, string);
    CLAIM(json_is_utf8(decoded));
    CLAIM(json_string_is(string, decoded));
    CLAIM(json_hash(string) == json_hash(json_decoded(decoded)));
    struct slices out;
    slices_init(&out, arena);
    json_write_string(&out, decoded);
    struct json again;
    CLAIM(json_check(slices_join(&out), &limits, &again, NULL) == JSON_OK);
    CLAIM(json_string_compare(string, again) == 0);
}

static void number_try(struct arena *arena, struct json number, struct json *previous)
{
    double value = json_number(number);
    int order = json_number_compare(number, *previous);
    CLAIM((order > 0) == (json_number_compare(*previous, number) < 0));
    CLAIM((order == 0) == json_is_equal(number, *previous));
    if (order == 0)
        CLAIM(json_hash(number) == json_hash(*previous));
    if (order < 0)
        CLAIM(value <= json_number(*previous));
    if (order > 0)
        CLAIM(value >= json_number(*previous));
    struct json written = json_from_double(arena, value);
    CLAIM(json_is_null(written) || json_number(written) == value);
    *previous = number;
}

/* As deep as the limit at the most. Gives the number of values and names. */
static size_t walk(struct arena *arena, struct json value, struct json *previous)
{
    struct json_iterator iterator = json_iterate(value);
    struct json key;
    struct json part;
    size_t count = 1;
    if (value.type == JSON_STRING)
        string_try(arena, value);
    if (value.type == JSON_NUMBER)
        number_try(arena, value, previous);
    while (json_next(&iterator, &key, &part)) {
        struct json found;
        if (value.type == JSON_OBJECT) {
            string_try(arena, key);
            CLAIM(json_member(value, json_string_decode(arena, key), &found));
            count++;
        }
        count += walk(arena, part, previous);
    }
    return count;
}

/* The same value with its outermost container made by hand. */
static struct json rebuilt(struct arena *arena, struct json value)
{
    struct json *parts = arena_array(arena, struct json, (size_t)value.size * 2);
    struct json_iterator iterator = json_iterate(value);
    uint32_t count = 0;
    if (value.type == JSON_ARRAY) {
        while (json_next(&iterator, NULL, &parts[count]))
            count++;
        return json_array(parts, count);
    }
    while (count < value.size && json_next(&iterator, &parts[2 * count], &parts[2 * count + 1]))
        count++;
    return json_object(parts, count);
}

static void value_try(struct arena *arena, struct str text, struct json value)
{
    struct slices out;
    slices_init(&out, arena);
    json_write(&out, value);
    CLAIM(str_equal(slices_join(&out), text));
    struct json previous = {.type = JSON_NUMBER, .size = 1, .text = "0"};
    CLAIM(walk(arena, value, &previous) <= limits.nodes);
    CLAIM(json_is_equal(value, value));
    if (value.type < JSON_ARRAY)
        return;
    struct json built = rebuilt(arena, value);
    CLAIM(json_is_equal(built, value));
    CLAIM(json_hash(built) == json_hash(value));
    struct json again;
    CLAIM(json_read(arena, json_text(arena, built), &limits, &again, NULL) == JSON_OK);
    CLAIM(json_is_equal(again, value));
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static struct str trimmed(struct str text)
{
    while (text.length > 0 && is_blank(text.at[text.length - 1]))
        text.length--;
    while (text.length > 0 && is_blank(text.at[0]))
        text = str_from(text, 1);
    return text;
}

static void ways_try(struct str text)
{
    struct json value;
    size_t at_plain = 0;
    enum json_fault plain = read_text(BLOCK_PLAIN, NULL, text, &limits, &value, &at_plain);
    struct str body = trimmed(text);
    bool is_bracketed = body.length >= 2 && strchr("[{", body.at[0]) != NULL &&
                        strchr("]}", body.at[body.length - 1]) != NULL;
    for (enum block_way way = BLOCK_PLAIN + 1; way < BLOCK_WAY_COUNT; way++) {
        size_t at = 0;
        if (!block_way_is_possible(way))
            continue;
        CLAIM(read_text(way, NULL, text, &limits, &value, &at) == plain && at == at_plain);
        if (is_bracketed && text.length <= limits.bytes)
            CLAIM(block_check(way, body, limits.depth) == (plain == JSON_OK));
    }
}

/* In an array, behind a string of `shift` bytes; the memory ends with the text. */
static void shifted_try(struct str text, size_t shift)
{
    size_t length = strlen("[\"\",]") + shift + text.length;
    char *bytes = malloc(length);
    CLAIM(bytes != NULL);
    memcpy(bytes, "[\"", 2);
    memset(bytes + 2, 'x', shift);
    memcpy(bytes + 2 + shift, "\",", 2);
    memcpy(bytes + 4 + shift, text.at, text.length);
    bytes[length - 1] = ']';
    ways_try((struct str){bytes, length});
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct arena arena;
    struct json checked;
    struct json value;
    size_t at_check = 0;
    size_t at_read = 0;
    arena_init(&arena, NULL, 64 << 20);
    enum json_fault check = json_check(text, &limits, &checked, &at_check);
    enum json_fault read = json_read(&arena, text, &limits, &value, &at_read);
    CLAIM(check == read || read == JSON_FAULT_TOO_LARGE);
    CLAIM(at_check == at_read || read == JSON_FAULT_TOO_LARGE);
    CLAIM(at_read <= size);
    if (check == JSON_OK)
        CLAIM(str_equal((struct str){checked.text, checked.size}, trimmed(text)));
    if (read == JSON_OK)
        value_try(&arena, trimmed(text), value);
    arena_done(&arena);
    ways_try(text);
    if (size > 0)
        shifted_try(text, (data[size / 2] + size) % 64);
    return 0;
}

/*
 * Text: comparing, finding, cutting, hashing. Copies go into an arena; nothing here knows an
 * encoding beyond ASCII.
 */
#include "base/str.h"

#include "base/arena.h"
#include "base/random.h"
#include "base/sip.h"

#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static inline unsigned char to_lower(char byte)
{
    unsigned char value = (unsigned char)byte;
    return value >= 'A' && value <= 'Z' ? (unsigned char)(value + ('a' - 'A')) : value;
}

bool str_equal_ignore_case(struct str a, struct str b)
{
    if (a.length != b.length)
        return false;
    for (size_t i = 0; i < a.length; i++) {
        if (a.at[i] != b.at[i] && to_lower(a.at[i]) != to_lower(b.at[i]))
            return false;
    }
    return true;
}

bool str_equal_in_constant_time(struct str a, struct str b)
{
    volatile unsigned char difference = 0;
    for (size_t i = 0; i < a.length && b.length > 0; i++)
        difference |= (unsigned char)(a.at[i] ^ b.at[i % b.length]);
    return difference == 0 && a.length == b.length;
}

bool str_starts_with(struct str text, struct str prefix)
{
    return text.length >= prefix.length && str_equal((struct str){text.at, prefix.length}, prefix);
}

bool str_ends_with(struct str text, struct str suffix)
{
    return text.length >= suffix.length &&
           str_equal(str_from(text, text.length - suffix.length), suffix);
}

int str_compare(struct str a, struct str b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter == 0 ? 0 : memcmp(a.at, b.at, shorter);
    if (order != 0)
        return order;
    return (a.length > b.length) - (a.length < b.length);
}

size_t str_find(struct str text, char byte)
{
    const char *found = text.length == 0 ? NULL : memchr(text.at, byte, text.length);
    return found ? (size_t)(found - text.at) : text.length;
}

size_t str_find_text(struct str text, struct str needle)
{
    if (needle.length == 0)
        return 0;
    if (text.length < needle.length)
        return text.length;
    const char *found = memmem(text.at, text.length, needle.at, needle.length);
    return found ? (size_t)(found - text.at) : text.length;
}

bool str_cut(struct str *rest, char separator, struct str *ret_part)
{
    if (!rest->at)
        return false;
    size_t end = str_find(*rest, separator);
    *ret_part = (struct str){rest->at, end};
    *rest = end < rest->length ? str_from(*rest, end + 1) : STR_NONE;
    return true;
}

static inline bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

struct str str_trim(struct str text)
{
    while (text.length > 0 && is_blank(text.at[0]))
        text = str_from(text, 1);
    while (text.length > 0 && is_blank(text.at[text.length - 1]))
        text.length--;
    return text;
}

bool str_to_unsigned(struct str text, uint64_t maximum, uint64_t *ret_number)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(text.at[i] - '0');
        if (digit > maximum || number > (maximum - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    if (text.length == 0)
        return false;
    *ret_number = number;
    return true;
}

struct str str_copy(struct arena *arena, struct str text)
{
    char *copy = arena_bytes(arena, text.length + 1);
    if (text.length > 0)
        memcpy(copy, text.at, text.length);
    copy[text.length] = '\0';
    return (struct str){copy, text.length};
}

struct str str_concat(struct arena *arena, const struct str *pieces, size_t count)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += pieces[i].length;
    char *text = arena_bytes(arena, length), *at = text;
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].length > 0)
            memcpy(at, pieces[i].at, pieces[i].length);
        at += pieces[i].length;
    }
    return (struct str){text, length};
}

struct str str_format(struct arena *arena, const char *format, ...)
{
    char first_try[256];
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int printed = vsnprintf(first_try, sizeof(first_try), format, arguments);
    va_end(arguments);
    assert(printed >= 0);
    struct str text = {first_try, (size_t)printed};
    if (text.length < sizeof(first_try)) {
        text = str_copy(arena, text);
    } else {
        char *whole = arena_bytes(arena, text.length + 1);
        vsnprintf(whole, text.length + 1, format, again);
        text.at = whole;
    }
    va_end(again);
    return text;
}

/* --- distance ----------------------------------------------------------------------------- */

static inline unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The distance of a's first `row` bytes to b's first `column` ones. */
static unsigned distance_cell(struct str a, struct str b, size_t row, size_t column,
                              unsigned *const rows[3])
{
    unsigned char here = to_lower(a.at[row - 1]);
    unsigned char there = to_lower(b.at[column - 1]);
    unsigned cell = rows[1][column - 1] + (here != there);
    cell = least(cell, rows[1][column] + 1);
    cell = least(cell, rows[0][column - 1] + 1);
    if (row > 1 && column > 1 && here == to_lower(b.at[column - 2]) &&
        there == to_lower(a.at[row - 2]))
        cell = least(cell, rows[2][column - 2] + 1);
    return cell;
}

/*
 * Optimal string alignment (Damerau 1964, Wagner and Fischer 1974). A cell further than `limit`
 * from the diagonal is further than `limit` away, so only that band is computed.
 */
static unsigned distance_in_band(struct str a, struct str b, unsigned limit, unsigned *memory)
{
    size_t width = b.length + 1;
    unsigned *rows[3] = {memory, memory + width, memory + 2 * width};
    for (size_t i = 0; i < 3 * width; i++)
        memory[i] = limit + 1;
    for (size_t column = 0; column < width && column <= limit; column++)
        rows[0][column] = (unsigned)column;
    for (size_t row = 1; row <= a.length; row++) {
        unsigned *oldest = rows[2];
        rows[2] = rows[1];
        rows[1] = rows[0];
        rows[0] = oldest;
        size_t from = row > limit ? row - limit : 1;
        size_t to = row + limit < b.length ? row + limit : b.length;
        rows[0][from - 1] = from == 1 ? least((unsigned)row, limit + 1) : limit + 1;
        for (size_t column = from; column <= to; column++)
            rows[0][column] = least(distance_cell(a, b, row, column, rows), limit + 1);
        if (to < b.length)
            rows[0][to + 1] = limit + 1;
    }
    return rows[0][b.length];
}

unsigned str_distance(struct str a, struct str b, unsigned limit)
{
    size_t longer = a.length > b.length ? a.length : b.length;
    size_t shorter = a.length > b.length ? b.length : a.length;
    if (longer - shorter > limit)
        return limit + 1;
    if (limit >= longer) {
        if (longer == 0)
            return 0;
        limit = longer < UINT_MAX - 1 ? (unsigned)longer : UINT_MAX - 1;
    }
    unsigned *memory = calloc(3 * (b.length + 1), sizeof(*memory));
    if (!memory)
        abort();
    unsigned distance = distance_in_band(a, b, limit, memory);
    free(memory);
    return distance;
}

/* --- hash --------------------------------------------------------------------------------- */

static uint64_t hash_seed[2];

/* Before main(), so that reading the seed needs neither a lock nor a test. */
static __attribute__((constructor)) void hash_seed_init(void)
{
    random_fill(hash_seed, sizeof(hash_seed));
}

/* SipHash-1-3 (Aumasson and Bernstein 2012): one round for each 8 bytes, three at the end. */
uint64_t str_hash(struct str text)
{
    uint64_t v[4];
    sip_begin(v, hash_seed);
    const char *at = text.at;
    for (size_t left = text.length / 8; left > 0; left--, at += 8) {
        uint64_t word = sip_load_8(at);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    uint64_t last = sip_load_less(at, text.length % 8) | (uint64_t)text.length << 56;
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    sip_round(v);
    sip_round(v);
    sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

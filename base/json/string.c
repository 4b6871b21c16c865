/*
 * Strings: decoded only when somebody looks at them, and in place where they hold no escape.
 *
 * An escaped surrogate without its partner is allowed by the grammar but is no character; it
 * decodes to U+FFFD. Since all text is well-formed UTF-8, comparing bytes compares code points.
 */
#include "base/arena.h"
#include "base/json/make.h"
#include "base/json/runs.h"
#include "base/json/scan.h"

#define REPLACEMENT_CHARACTER 0xfffd

static uint32_t hexadecimal_digit(char digit)
{
    unsigned char byte = (unsigned char)digit;
    return (uint32_t)(scan_is_digit(byte) ? byte - '0' : (byte | 0x20) - 'a' + 10);
}

/* The four digits of a validated \uXXXX whose backslash is at `at`. */
static uint32_t escape_unit(const char *at)
{
    return hexadecimal_digit(at[2]) << 12 | hexadecimal_digit(at[3]) << 8 |
           hexadecimal_digit(at[4]) << 4 | hexadecimal_digit(at[5]);
}

/* The code point of a \u escape, two of them where they are a pair; moves *at behind. */
static uint32_t escape_code_point(const char **at, const char *end)
{
    uint32_t unit = escape_unit(*at);
    *at += 6;
    if (unit < 0xd800 || unit > 0xdfff)
        return unit;
    if (unit >= 0xdc00 || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
        return REPLACEMENT_CHARACTER;
    uint32_t low = escape_unit(*at);
    if (low < 0xdc00 || low > 0xdfff)
        return REPLACEMENT_CHARACTER;
    *at += 6;
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

static size_t code_point_encode(uint32_t code_point, char *to)
{
    if (code_point < 0x80) {
        to[0] = (char)code_point;
        return 1;
    }
    size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    to[0] = (char)(lead[length] | code_point);
    return length;
}

/* Decodes the escape at *at, which it moves behind, into `to`; how many bytes. */
static size_t escape_decode(const char **at, const char *end, char *to)
{
    char byte = (*at)[1];
    if (byte == 'u')
        return code_point_encode(escape_code_point(at, end), to);
    *at += 2;
    switch (byte) {
    case 'b':
        byte = '\b';
        break;
    case 'f':
        byte = '\f';
        break;
    case 'n':
        byte = '\n';
        break;
    case 'r':
        byte = '\r';
        break;
    case 't':
        byte = '\t';
        break;
    }
    to[0] = byte;
    return 1;
}

struct runs runs_of(struct json string)
{
    if (string.form == JSON_FORM_DECODED)
        return (struct runs){.at = string.text, .end = string.text + string.size};
    return (struct runs){
        .at = string.text + 1, .end = string.text + string.size - 1, .has_escapes = true};
}

bool runs_next(struct runs *runs, struct str *ret_run)
{
    if (runs->at == runs->end)
        return false;
    const char *from = runs->at;
    if (runs->has_escapes && *from == '\\') {
        size_t length = escape_decode(&runs->at, runs->end, runs->decoded);
        *ret_run = (struct str){runs->decoded, length};
        return true;
    }
    size_t left = (size_t)(runs->end - from);
    const char *backslash = runs->has_escapes ? memchr(from, '\\', left) : NULL;
    runs->at = backslash != NULL ? backslash : runs->end;
    *ret_run = (struct str){from, (size_t)(runs->at - from)};
    return true;
}

struct str json_string_decode(struct arena *arena, struct json string)
{
    struct runs runs = runs_of(string);
    size_t length = (size_t)(runs.end - runs.at);
    if (!runs.has_escapes || length == 0 || memchr(runs.at, '\\', length) == NULL)
        return (struct str){runs.at, length};
    /* Decoded text is shorter than its escapes. */
    char *to = arena_bytes(arena, length);
    struct str decoded = {to, 0};
    struct str run;
    while (runs_next(&runs, &run)) {
        memcpy(to + decoded.length, run.at, run.length);
        decoded.length += run.length;
    }
    return decoded;
}

int json_string_compare(struct json a, struct json b)
{
    struct runs runs_a = runs_of(a);
    struct runs runs_b = runs_of(b);
    struct str run_a = STR_NONE;
    struct str run_b = STR_NONE;
    for (;;) {
        bool has_a = run_a.length > 0 || runs_next(&runs_a, &run_a);
        bool has_b = run_b.length > 0 || runs_next(&runs_b, &run_b);
        if (!has_a || !has_b)
            return (int)has_a - (int)has_b;
        size_t length = run_a.length < run_b.length ? run_a.length : run_b.length;
        int order = memcmp(run_a.at, run_b.at, length);
        if (order != 0)
            return order;
        run_a = str_from(run_a, length);
        run_b = str_from(run_b, length);
    }
}

bool json_string_is(struct json string, struct str text)
{
    return json_string_compare(string, json_decoded(text)) == 0;
}

bool json_is_utf8(struct str text)
{
    const char *end = text.at + text.length;
    for (const char *at = text.at; at < end; at++) {
        if ((unsigned char)*at < 0x80)
            continue;
        at = scan_utf8(at, end);
        if (at == end)
            return true;
        if ((unsigned char)*at >= 0x80)
            return false;
    }
    return true;
}

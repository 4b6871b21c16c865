/*
 * jansson as the oracle: over generated and damaged texts both readers must accept and refuse the
 * same, and see the same values in what they accept. The texts are the same in every run.
 *
 * Where the readers differ, and why that is right:
 *
 *   - integers beyond 64 bits and reals beyond a double (1e400): jansson cannot hold them and
 *     refuses; here they are text;
 *   - \u0000 in a member's name: jansson's names are zero-terminated;
 *   - half a surrogate pair (\ud800): the grammar of RFC 8259 allows it, jansson refuses;
 *   - a scalar alone is a text since RFC 7159; jansson wants JSON_DECODE_ANY for it;
 *   - depth: jansson stops at 2048, we at the limit given; the texts here stay below both.
 *
 * In all of these jansson refuses what is accepted here. The other way round there is one:
 *
 *   - a NUL byte right behind a number or a literal: jansson (2.14) loses it when it steps back.
 */
#include "base/arena.h"
#include "base/json/make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The names that both headers have; none of jansson's functions among them is called here. */
#define JSON_OBJECT  JANSSON_OBJECT
#define JSON_ARRAY   JANSSON_ARRAY
#define JSON_STRING  JANSSON_STRING
#define JSON_INTEGER JANSSON_INTEGER
#define JSON_REAL    JANSSON_REAL
#define JSON_TRUE    JANSSON_TRUE
#define JSON_FALSE   JANSSON_FALSE
#define JSON_NULL    JANSSON_NULL
#define json_type    jansson_type
#define json_object  jansson_object
#define json_array   jansson_array
#define json_null    jansson_null
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_INTEGER
#undef JSON_REAL
#undef JSON_TRUE
#undef JSON_FALSE
#undef JSON_NULL
#undef json_type
#undef json_object
#undef json_array
#undef json_null
#undef json_is_null

#define CASES      200000
#define TEXT_LIMIT 600

/* --- generating --------------------------------------------------------------------------- */

struct generator {
    uint64_t seed;
    char text[TEXT_LIMIT];
    size_t length;
};

static unsigned pick(struct generator *generator, unsigned below)
{
    generator->seed ^= generator->seed << 13;
    generator->seed ^= generator->seed >> 7;
    generator->seed ^= generator->seed << 17;
    return (unsigned)((generator->seed >> 20) % below);
}

static void put(struct generator *generator, const char *text, size_t length)
{
    if (length > TEXT_LIMIT - generator->length)
        length = TEXT_LIMIT - generator->length;
    memcpy(generator->text + generator->length, text, length);
    generator->length += length;
}

#define PUT_ONE_OF(generator, ...)                                                                 \
    do {                                                                                           \
        static const char *const choices[] = {__VA_ARGS__};                                        \
        const char *choice = choices[pick(generator, sizeof choices / sizeof *choices)];           \
        put(generator, choice, strlen(choice));                                                    \
    } while (0)

static void put_blanks(struct generator *generator)
{
    if (pick(generator, 4) == 0)
        PUT_ONE_OF(generator, " ", "\n", "\t", "\r\n", "  ", "\n            ", "         \t", "\f");
}

static void put_number(struct generator *generator)
{
    PUT_ONE_OF(generator, "", "", "", "-");
    PUT_ONE_OF(generator, "0", "1", "7", "10", "42", "1234567", "9007199254740993",
               "9223372036854775807", "12345678901234567890", "00", "01", "");
    if (pick(generator, 3) == 0)
        PUT_ONE_OF(generator, ".0", ".5", ".10", ".125", ".3333333333333333333333", ".", ".e");
    if (pick(generator, 4) == 0)
        PUT_ONE_OF(generator, "e1", "E2", "e+3", "e-4", "e-30", "e22", "e300", "e400", "e-400", "e",
                   "e+", "E1.5");
}

static void put_string(struct generator *generator)
{
    put(generator, "\"", 1);
    for (unsigned pieces = pick(generator, 5); pieces > 0; pieces--) {
        switch (pick(generator, 8)) {
        case 0:
            PUT_ONE_OF(generator, "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t",
                       "\\u0041", "\\u00e9", "\\uFFFF", "\\u0000");
            break;
        case 1:
            PUT_ONE_OF(generator, "\\ud834\\udd1e", "\\uD83D\\uDE00", "\\ud800", "\\udc00",
                       "\\ud800\\u0041", "\\x", "\\u12", "\\u12g4", "\\U0041", "\\");
            break;
        case 2:
            PUT_ONE_OF(generator, "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf",
                       "\xf4\x8f\xbf\xbf", "\x7f", "\xc2\x80");
            break;
        case 3:
            if (pick(generator, 4) == 0)
                PUT_ONE_OF(generator, "\x80", "\xc3", "\xc0\x80", "\xed\xa0\x80",
                           "\xf4\x90\x80\x80", "\xff", "\x1f", "\n", "\t", "\xe2\x82");
            break;
        default:
            PUT_ONE_OF(generator, "a", "b", "id", "key", "stainless steel", "0123456789abcdef",
                       "a longer text that goes on for more than one stride", "'", " ");
        }
    }
    put(generator, "\"", 1);
}

static void put_value(struct generator *generator, unsigned depth);

static void put_container(struct generator *generator, unsigned depth, bool is_object)
{
    put(generator, is_object ? "{" : "[", 1);
    put_blanks(generator);
    unsigned count = pick(generator, 5);
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            PUT_ONE_OF(generator, ",", ",", ",", ",", ",", ",", ",", ",", ", ", ",,");
        put_blanks(generator);
        if (is_object) {
            put_string(generator);
            put_blanks(generator);
            PUT_ONE_OF(generator, ":", ":", ":", ":", ":", ":", ":", ": ");
        }
        put_value(generator, depth + 1);
    }
    put(generator, is_object ? "}" : "]", 1);
}

static void put_value(struct generator *generator, unsigned depth)
{
    put_blanks(generator);
    switch (pick(generator, depth < 5 ? 10 : 6)) {
    case 0:
        PUT_ONE_OF(generator, "null", "true", "false", "null", "true", "false", "nul", "True");
        break;
    case 1:
    case 2:
        put_number(generator);
        break;
    case 3:
    case 4:
    case 5:
        put_string(generator);
        break;
    default:
        put_container(generator, depth, pick(generator, 2) == 0);
    }
    put_blanks(generator);
}

/* --- damaging ----------------------------------------------------------------------------- */

static void damage(struct generator *generator)
{
    static const char bytes[] = "[]{},:\"\\ \n\t0123456789-+.eEtfnul/\x80\xc3\xa9\xff\0x";
    if (generator->length == 0)
        return;
    size_t at = pick(generator, (unsigned)generator->length);
    char byte = bytes[pick(generator, sizeof bytes)];
    size_t behind = generator->length - at;
    switch (pick(generator, 5)) {
    case 0:
        generator->text[at] = byte;
        break;
    case 1:
        memmove(generator->text + at, generator->text + at + 1, behind - 1);
        generator->length--;
        break;
    case 2:
        if (generator->length == TEXT_LIMIT)
            break;
        memmove(generator->text + at + 1, generator->text + at, behind);
        generator->text[at] = byte;
        generator->length++;
        break;
    case 3:
        generator->length = at;
        break;
    default: {
        size_t other = pick(generator, (unsigned)generator->length);
        char kept = generator->text[at];
        generator->text[at] = generator->text[other];
        generator->text[other] = kept;
    }
    }
}

static void generate(struct generator *generator)
{
    generator->length = 0;
    put_value(generator, pick(generator, 5));
    if (pick(generator, 2) == 0) {
        for (unsigned times = 1 + pick(generator, 3); times > 0; times--)
            damage(generator);
    }
}

/* --- comparing ---------------------------------------------------------------------------- */

static bool is_same(struct arena *arena, struct json ours, json_t *theirs);

static bool is_same_string(struct arena *arena, struct json ours, struct str theirs)
{
    return ours.type == JSON_STRING && str_equal(json_string_decode(arena, ours), theirs) &&
           json_is_equal(ours, json_decoded(theirs));
}

static bool is_same_number(struct arena *arena, struct json ours, json_t *theirs)
{
    if (ours.type != JSON_NUMBER)
        return false;
    if (json_typeof(theirs) == JANSSON_REAL)
        return json_number(ours) == json_real_value(theirs);
    struct str digits = str_format(arena, "%lld", (long long)json_integer_value(theirs));
    struct json exact = {.type = JSON_NUMBER, .size = (uint32_t)digits.length, .text = digits.at};
    return json_number_compare(ours, exact) == 0 && json_is_equal(ours, exact) &&
           json_hash(ours) == json_hash(exact) &&
           json_number(ours) == (double)json_integer_value(theirs);
}

static bool is_same_array(struct arena *arena, struct json ours, json_t *theirs)
{
    struct json_iterator iterator = json_iterate(ours);
    struct json element;
    struct json again;
    uint32_t index = 0;
    if (ours.type != JSON_ARRAY || ours.size != json_array_size(theirs))
        return false;
    for (; json_next(&iterator, NULL, &element); index++) {
        if (!is_same(arena, element, json_array_get(theirs, index)) ||
            !json_element(ours, index, &again) || !json_is_equal(element, again))
            return false;
    }
    return index == ours.size;
}

/* Duplicates: jansson keeps the last, which is the one that a lookup finds here. */
static bool is_same_object(struct arena *arena, struct json ours, json_t *theirs)
{
    struct json_iterator iterator = json_iterate(ours);
    struct json key;
    struct json value;
    uint32_t count = 0;
    if (ours.type != JSON_OBJECT || ours.size < json_object_size(theirs))
        return false;
    for (; json_next(&iterator, &key, &value); count++) {
        struct str name = json_string_decode(arena, key);
        char *zero_terminated = arena_bytes(arena, name.length + 1);
        memcpy(zero_terminated, name.at, name.length);
        zero_terminated[name.length] = '\0';
        json_t *there = json_object_get(theirs, zero_terminated);
        if (there == NULL || !json_member(ours, name, &value) || !is_same(arena, value, there))
            return false;
    }
    return count == ours.size;
}

static bool is_same(struct arena *arena, struct json ours, json_t *theirs)
{
    switch (json_typeof(theirs)) {
    case JANSSON_OBJECT:
        return is_same_object(arena, ours, theirs);
    case JANSSON_ARRAY:
        return is_same_array(arena, ours, theirs);
    case JANSSON_STRING: {
        struct str text = {json_string_value(theirs), json_string_length(theirs)};
        return is_same_string(arena, ours, text);
    }
    case JANSSON_REAL:
    case JANSSON_INTEGER:
        return is_same_number(arena, ours, theirs);
    case JANSSON_TRUE:
        return ours.type == JSON_TRUE;
    case JANSSON_FALSE:
        return ours.type == JSON_FALSE;
    default:
        return ours.type == JSON_NULL;
    }
}

/* A refusal of jansson that stands in the list above. */
static bool is_known(const json_error_t *error)
{
    return json_error_code(error) == json_error_numeric_overflow ||
           json_error_code(error) == json_error_null_byte_in_key ||
           strncmp(error->text, "invalid Unicode '\\u", 19) == 0;
}

struct tally {
    unsigned accepted;
    unsigned refused;
    unsigned known;
};

static void compare(struct str text, struct tally *tally)
{
    struct arena arena;
    arena_init(&arena, NULL, 1 << 20);
    struct json checked;
    struct json value;
    size_t at_check = 0;
    size_t at_read = 0;
    enum json_fault check = json_check(text, &json_limits_default, &checked, &at_check);
    enum json_fault read = json_read(&arena, text, &json_limits_default, &value, &at_read);
    if (check != read || at_check != at_read)
        fail_msg("checked and read differ: %.*s", STR_ARGS(text));

    json_error_t error;
    json_t *theirs = json_loadb(text.at, text.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (theirs == NULL && read == JSON_OK && !is_known(&error))
        fail_msg("only jansson refuses (%s): %.*s", error.text, STR_ARGS(text));
    bool is_lost_nul = at_read > 0 && at_read < text.length && text.at[at_read] == '\0';
    if (theirs != NULL && read != JSON_OK && !is_lost_nul)
        fail_msg("only jansson accepts: %.*s", STR_ARGS(text));
    if (theirs != NULL && read == JSON_OK && !is_same(&arena, value, theirs))
        fail_msg("different values: %.*s", STR_ARGS(text));
    tally->accepted += theirs != NULL && read == JSON_OK;
    tally->refused += theirs == NULL && read != JSON_OK;
    tally->known += (theirs == NULL) == (read == JSON_OK);
    json_decref(theirs);
    arena_done(&arena);
}

static void test_both_readers_agree(void **state)
{
    (void)state;
    struct generator *generator = calloc(1, sizeof *generator);
    assert_non_null(generator);
    generator->seed = UINT64_C(0x2545f4914f6cdd1d);
    struct tally tally = {0};
    for (unsigned i = 0; i < CASES; i++) {
        generate(generator);
        /* A copy of the exact size, so that a sanitizer sees any step beyond its end. */
        char *exact = malloc(generator->length > 0 ? generator->length : 1);
        assert_non_null(exact);
        memcpy(exact, generator->text, generator->length);
        compare((struct str){exact, generator->length}, &tally);
        free(exact);
    }
    free(generator);
    print_message("%u texts: %u accepted, %u refused, %u known differences\n", CASES,
                  tally.accepted, tally.refused, tally.known);
    assert_true(tally.accepted > CASES / 5);
    assert_true(tally.refused > CASES / 5);
    assert_true(tally.known > 100);
}

static void test_the_known_differences(void **state)
{
    (void)state;
    static const struct str texts[] = {{"12345678901234567890", 20}, {"[1e400]", 7},
                                       {"{\"\\u0000\":1}", 12},      {"[\"\\ud800\"]", 10},
                                       {"[\"\\udc00\"]", 10},        {"[1\0]", 4},
                                       {"[true\0,false]", 13}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct tally tally = {0};
        compare(texts[i], &tally);
        assert_int_equal(tally.known, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_readers_agree),
        cmocka_unit_test(test_the_known_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * One block after the other: its bytes are sorted into masks (the only step that needs wide
 * registers), what is within strings is taken out, and each token is asked whether it may stand
 * behind the one before it. What a rule says about the next byte or token is carried as a bit into
 * the next block.
 *
 * What is rare is looked at byte by byte: escapes, text beyond ASCII, literals, exponents. Brackets
 * are walked one by one, since only a stack knows what a comma stands in.
 *
 * The masks are made with AVX2. AVX-512 made them with fewer instructions and in the same time,
 * and an index made from them cost more than the plain one: neither was kept.
 */
#include "base/json/block.h"

#include "base/json/scan.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define BLOCK_BYTES 64

/* A bit for each byte of a block, the first byte lowest. */
struct masks {
    uint64_t quotes;
    uint64_t backslashes;
    uint64_t beyond;   /* beyond ASCII */
    uint64_t controls; /* below the space */
    uint64_t blanks;
    uint64_t opens;
    uint64_t closes;
    uint64_t commas;
    uint64_t colons;
};

/* Of a block that has numbers. */
struct number_masks {
    uint64_t digits;
    uint64_t zeros;
    uint64_t points;
    uint64_t minuses;
};

/* The tokens of a block; `strings` with the quote that opens one, without the one that closes. */
struct tokens {
    uint64_t strings;
    uint64_t string_begins;
    uint64_t string_ends; /* the quote that closes it */
    uint64_t scalars;     /* all bytes of numbers and literals */
    uint64_t scalar_begins;
    uint64_t opens;
    uint64_t closes;
    uint64_t commas;
    uint64_t colons;
    uint64_t blanks;
};

/* What a block leaves for the next one. Bits that are carried are 0 or 1. */
struct passage {
    const char *end;           /* of the text */
    const char *escapes_until; /* so far they are looked at */
    const char *beyond_until;
    uint64_t in_string; /* all bits, or none */
    uint64_t in_name;
    uint64_t after_value;
    uint64_t after_name;
    uint64_t after_open;
    uint64_t wants_value;
    uint64_t wants_name;
    uint64_t in_scalar;
    uint64_t in_odd; /* bytes of a scalar that is not just digits */
    uint64_t in_fraction;
    uint64_t after_digit;
    uint64_t after_minus;
    uint64_t after_point;
    uint64_t after_zero; /* that no digit may follow */
    uint32_t depth;
    uint32_t depth_maximum;
    char closer;     /* of the innermost open container */
    char *enclosing; /* JSON_DEPTH_MAXIMUM of them */
};

/* --- words of bits ------------------------------------------------------------------------ */

/* All bits below `count`, which may be more than there are. */
SCAN_ALWAYS_INLINE uint64_t bits_below(size_t count)
{
    return count < 64 ? (UINT64_C(1) << count) - 1 : ~UINT64_C(0);
}

SCAN_ALWAYS_INLINE uint64_t bits_before(const char *at, const char *until)
{
    return until > at ? bits_below((size_t)(until - at)) : 0;
}

SCAN_ALWAYS_INLINE unsigned bit_first(uint64_t bits)
{
    return (unsigned)__builtin_ctzll(bits);
}

/* Moved up by one, with what the last block carried. */
SCAN_ALWAYS_INLINE uint64_t bits_next(uint64_t bits, uint64_t *carry)
{
    uint64_t next = bits << 1 | *carry;
    *carry = bits >> 63;
    return next;
}

/* The same with blanks stepped over: the sum runs through each run of them that is begun. */
SCAN_ALWAYS_INLINE uint64_t bits_follow(uint64_t bits, uint64_t blanks, uint64_t *carry)
{
    uint64_t next = bits_next(bits, carry);
    uint64_t behind;
    *carry |= (uint64_t)__builtin_add_overflow(next & blanks, blanks, &behind);
    return (next | behind) & ~blanks;
}

/* Behind those runs of `runs` in which a bit of `begins` is the first, or which were carried. */
SCAN_ALWAYS_INLINE uint64_t bits_behind(uint64_t begins, uint64_t runs, uint64_t *carry)
{
    uint64_t behind;
    *carry = (uint64_t)__builtin_add_overflow(begins | *carry, runs, &behind);
    return behind & ~runs;
}

/* --- strings ------------------------------------------------------------------------------ */

/*
 * Takes the quotes that are part of an escape out. Escapes are looked at up to *until, which moves.
 * A call of its own, as below, and with nothing of the passage, which lives in registers.
 */
static __attribute__((noinline)) bool escapes_pass(const char *at, const char *end,
                                                   uint64_t backslashes, const char **until,
                                                   uint64_t *quotes)
{
    uint64_t covered = bits_before(at, *until);
    while ((backslashes &= ~covered) != 0) {
        const char *escape = at + bit_first(backslashes);
        const char *behind = scan_escape(escape, end);
        if (behind == escape)
            return false;
        *until = behind;
        covered |= bits_before(at, behind) & ~bits_before(at, escape);
    }
    *quotes &= ~covered;
    return true;
}

SCAN_ALWAYS_INLINE bool escapes_are_out(struct passage *passage, const char *at,
                                        struct masks *masks)
{
    if (masks->backslashes == 0 && passage->escapes_until <= at)
        return true;
    const char *until = passage->escapes_until;
    uint64_t quotes = masks->quotes;
    bool is_right = escapes_pass(at, passage->end, masks->backslashes, &until, &quotes);
    passage->escapes_until = until;
    masks->quotes = quotes;
    return is_right;
}

static __attribute__((noinline)) bool beyond_passes(const char *at, const char *end,
                                                    uint64_t beyond, const char **until)
{
    while ((beyond &= ~bits_before(at, *until)) != 0) {
        const char *behind = scan_utf8(at + bit_first(beyond), end);
        if (behind == end || (unsigned char)*behind >= 0x80)
            return false;
        *until = behind;
    }
    return true;
}

/* What is not plain: nothing below the space in strings, beyond ASCII and `\\` only there. */
SCAN_ALWAYS_INLINE bool specials_pass(struct passage *passage, const char *at,
                                      const struct masks *masks, uint64_t strings)
{
    if ((masks->controls | masks->beyond | masks->backslashes) == 0)
        return true;
    if (((masks->controls & strings) | ((masks->backslashes | masks->beyond) & ~strings)) != 0)
        return false;
    if (masks->beyond == 0)
        return true;
    const char *until = passage->beyond_until;
    bool is_right = beyond_passes(at, passage->end, masks->beyond, &until);
    passage->beyond_until = until;
    return is_right;
}

/* --- scalars ------------------------------------------------------------------------------ */

/* What stands behind a scalar in JSON. */
static bool byte_ends_scalar(char byte)
{
    return byte == ',' || byte == '}' || byte == ']' || scan_is_blank((unsigned char)byte);
}

static bool literal_is_at(const char *at, const char *end)
{
    static const struct str literals[] = {
        {"true", 4},
        {"false", 5},
        {"null", 4},
    };
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        struct str literal = literals[i];
        if (*at == literal.at[0])
            return (size_t)(end - at) > literal.length &&
                   memcmp(at, literal.at, literal.length) == 0 &&
                   byte_ends_scalar(at[literal.length]);
    }
    return false;
}

/* The last byte of the text is no digit. */
static bool exponent_is_at(const char *at)
{
    if ((*at++ | 0x20) != 'e')
        return false;
    if (*at == '+' || *at == '-')
        at++;
    if (!scan_is_digit((unsigned char)*at))
        return false;
    while (scan_is_digit((unsigned char)*at))
        at++;
    return byte_ends_scalar(*at);
}

/* A block without any: what the last one left open is over. */
SCAN_ALWAYS_INLINE bool no_scalars_pass(struct passage *passage)
{
    bool is_right = (passage->after_point | passage->after_minus) == 0;
    passage->after_digit = 0;
    passage->after_zero = 0;
    passage->in_fraction = 0;
    passage->in_odd = 0;
    return is_right;
}

/* RFC 8259, 6, and literals. */
SCAN_ALWAYS_INLINE bool scalars_pass(struct passage *passage, const char *at,
                                     const struct number_masks *masks, uint64_t scalars,
                                     uint64_t begins)
{
    uint64_t digits = masks->digits & scalars;
    uint64_t points = masks->points & scalars;
    uint64_t minuses = masks->minuses & begins;
    uint64_t behind_digit = bits_next(digits, &passage->after_digit);
    uint64_t places = bits_next(points, &passage->after_point);
    uint64_t behind_minus = bits_next(minuses, &passage->after_minus);
    uint64_t leading = begins | behind_minus;
    uint64_t wrong = points & ~behind_digit;
    wrong |= (places | behind_minus) & ~digits;
    wrong |= bits_next(masks->zeros & leading, &passage->after_zero) & digits;
    wrong |= bits_behind(places & digits, digits, &passage->in_fraction) & points;
    uint64_t odd = scalars & ~(digits | points | minuses);
    uint64_t odd_begins = odd & ~bits_next(odd, &passage->in_odd);
    for (; odd_begins != 0; odd_begins &= odd_begins - 1) {
        uint64_t first = odd_begins & -odd_begins;
        const char *byte = at + bit_first(first);
        /* What is ahead of an exponent is a digit: points and minuses want one behind them. */
        if (!((begins & first) != 0 ? literal_is_at(byte, passage->end) : exponent_is_at(byte)))
            return false;
    }
    return wrong == 0;
}

/* --- the grammar -------------------------------------------------------------------------- */

/* Each bracket against the stack. *ret_in_object: the bits whose container is an object. */
SCAN_ALWAYS_INLINE bool brackets_pass(struct passage *passage, const char *at, uint64_t brackets,
                                      uint64_t *ret_in_object)
{
    uint64_t in_object = passage->closer == '}' ? ~UINT64_C(0) : 0;
    for (; brackets != 0; brackets &= brackets - 1) {
        unsigned i = bit_first(brackets);
        char byte = at[i];
        if (byte == '{' || byte == '[') {
            if (passage->depth == passage->depth_maximum)
                return false;
            passage->enclosing[passage->depth++] = passage->closer;
            passage->closer = (char)(byte + 2);
        } else {
            if (byte != passage->closer)
                return false;
            passage->closer = passage->enclosing[--passage->depth];
            if (passage->depth == 0 && at + i + 1 != passage->end)
                return false;
        }
        uint64_t below = bits_below(i);
        in_object = passage->closer == '}' ? in_object | ~below : in_object & below;
    }
    *ret_in_object = in_object;
    return true;
}

SCAN_ALWAYS_INLINE bool tokens_pass(struct passage *passage, const struct tokens *tokens,
                                    uint64_t blanks, uint64_t in_object)
{
    uint64_t colons = tokens->colons;
    uint64_t lists = tokens->opens | tokens->commas;
    uint64_t name_places = bits_follow(lists & in_object, blanks, &passage->wants_name);
    uint64_t value_places =
        bits_follow(colons | (lists & ~in_object), blanks, &passage->wants_value);
    uint64_t open_places = bits_follow(tokens->opens, blanks, &passage->after_open);
    uint64_t names = tokens->string_begins & name_places;
    uint64_t name_ends =
        bits_behind(names, tokens->strings, &passage->in_name) & tokens->string_ends;
    uint64_t colon_places = bits_follow(name_ends, blanks, &passage->after_name);
    uint64_t value_ends = (tokens->string_ends & ~name_ends) | tokens->closes | tokens->scalars;
    uint64_t end_places = bits_follow(value_ends, blanks, &passage->after_value) & ~tokens->scalars;

    uint64_t values = tokens->string_begins | tokens->scalar_begins | tokens->opens;
    uint64_t allowed = (colons & colon_places) | names | (values & value_places) |
                       ((tokens->commas | tokens->closes) & end_places) |
                       (tokens->closes & open_places);
    return ((values | colons | tokens->commas | tokens->closes) & ~allowed) == 0;
}

/* `toggled` has the bits between the quotes of this block, as if it began outside of a string. */
SCAN_ALWAYS_INLINE struct tokens block_tokens(struct passage *passage, const struct masks *masks,
                                              uint64_t toggled)
{
    uint64_t strings = toggled ^ passage->in_string;
    uint64_t outside = ~(strings | masks->quotes);
    struct tokens tokens = {.strings = strings,
                            .string_begins = masks->quotes & strings,
                            .string_ends = masks->quotes & ~strings,
                            .opens = masks->opens & outside,
                            .closes = masks->closes & outside,
                            .commas = masks->commas & outside,
                            .colons = masks->colons & outside,
                            .blanks = masks->blanks & outside};
    tokens.scalars =
        outside & ~(masks->blanks | masks->colons | masks->opens | masks->closes | masks->commas);
    tokens.scalar_begins = tokens.scalars & ~bits_next(tokens.scalars, &passage->in_scalar);
    passage->in_string = (uint64_t)((int64_t)strings >> 63);
    return tokens;
}

/* But for the scalars. */
SCAN_ALWAYS_INLINE bool block_passes(struct passage *passage, const char *at,
                                     const struct masks *masks, const struct tokens *tokens)
{
    uint64_t in_object;
    return specials_pass(passage, at, masks, tokens->strings) &&
           brackets_pass(passage, at, tokens->opens | tokens->closes, &in_object) &&
           (tokens->blanks == 0 ? tokens_pass(passage, tokens, 0, in_object)
                                : tokens_pass(passage, tokens, tokens->blanks, in_object));
}

/* --- a block ------------------------------------------------------------------------------ */

SCAN_ALWAYS_INLINE struct passage passage_begin(struct str text, uint32_t depth, char *enclosing)
{
    return (struct passage){.end = text.at + text.length,
                            .wants_value = 1,
                            .depth_maximum = depth,
                            .enclosing = enclosing};
}

/* The text at `base`; its last bytes are copied to `rest` and filled up with blanks. */
SCAN_ALWAYS_INLINE const char *block_bytes(struct str text, size_t base, char *rest)
{
    size_t left = text.length - base;
    if (left >= BLOCK_BYTES)
        return text.at + base;
    memset(rest, ' ', BLOCK_BYTES);
    memcpy(rest, text.at + base, left);
    return rest;
}

/* --- AVX2 ------------------------------------------------------------------------------- */

#define AVX2 __attribute__((target("avx2,bmi,bmi2,pclmul")))

/* By the low four bits: the blank that has them, otherwise what no byte is equal to. */
#define BLANK_TABLE                                                                                \
    ' ', -128, -128, -128, -128, -128, -128, -128, -128, '\t', '\n', -128, -128, '\r', -128, -128

/* Each bit the sum of those up to it: between the quotes (Langdale and Lemire, 3.1.1). */
static inline __attribute__((always_inline)) AVX2 uint64_t bits_toggle(uint64_t bits)
{
    __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (int64_t)bits), _mm_set1_epi8(-1), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

struct bytes_avx2 {
    __m256i low;
    __m256i high;
};

static inline __attribute__((always_inline)) AVX2 uint64_t avx2_bits(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
                                                     << 32;
}

static inline __attribute__((always_inline)) AVX2 uint64_t avx2_equal(struct bytes_avx2 bytes,
                                                                      char wanted)
{
    __m256i all = _mm256_set1_epi8(wanted);
    return avx2_bits(_mm256_cmpeq_epi8(bytes.low, all), _mm256_cmpeq_epi8(bytes.high, all));
}

static inline __attribute__((always_inline)) AVX2 uint64_t avx2_less(struct bytes_avx2 bytes,
                                                                     char limit)
{
    __m256i all = _mm256_set1_epi8(limit);
    return avx2_bits(_mm256_cmpgt_epi8(all, bytes.low), _mm256_cmpgt_epi8(all, bytes.high));
}

/* Bytes are signed here: what is beyond ASCII is less than a control. */
static inline __attribute__((always_inline)) AVX2 bool avx2_has_specials(struct bytes_avx2 bytes)
{
    const __m256i space = _mm256_set1_epi8(' ');
    const __m256i backslash = _mm256_set1_epi8('\\');
    __m256i low = _mm256_or_si256(_mm256_cmpgt_epi8(space, bytes.low),
                                  _mm256_cmpeq_epi8(backslash, bytes.low));
    __m256i high = _mm256_or_si256(_mm256_cmpgt_epi8(space, bytes.high),
                                   _mm256_cmpeq_epi8(backslash, bytes.high));
    return _mm256_movemask_epi8(_mm256_or_si256(low, high)) != 0;
}

static inline __attribute__((always_inline)) AVX2 struct bytes_avx2 avx2_load(const char *at)
{
    return (struct bytes_avx2){_mm256_loadu_si256((const __m256i_u *)at),
                               _mm256_loadu_si256((const __m256i_u *)(at + 32))};
}

static inline __attribute__((always_inline)) AVX2 struct number_masks
avx2_number_masks(struct bytes_avx2 bytes)
{
    return (struct number_masks){
        .digits = avx2_less(bytes, '9' + 1) & ~avx2_less(bytes, '0'),
        .zeros = avx2_equal(bytes, '0'),
        .points = avx2_equal(bytes, '.'),
        .minuses = avx2_equal(bytes, '-'),
    };
}

static inline __attribute__((always_inline)) AVX2 struct masks avx2_masks(struct bytes_avx2 bytes)
{
    const __m256i bit = _mm256_set1_epi8(0x20); /* between { and [ */
    const __m256i table = _mm256_setr_epi8(BLANK_TABLE, BLANK_TABLE);
    struct bytes_avx2 raised = {_mm256_or_si256(bytes.low, bit), _mm256_or_si256(bytes.high, bit)};
    struct masks masks = {
        .quotes = avx2_equal(bytes, '"'),
        .blanks = avx2_bits(_mm256_cmpeq_epi8(bytes.low, _mm256_shuffle_epi8(table, bytes.low)),
                            _mm256_cmpeq_epi8(bytes.high, _mm256_shuffle_epi8(table, bytes.high))),
        .opens = avx2_equal(raised, '{'),
        .closes = avx2_equal(raised, '}'),
        .commas = avx2_equal(bytes, ','),
        .colons = avx2_equal(bytes, ':'),
    };
    if (avx2_has_specials(bytes)) {
        masks.backslashes = avx2_equal(bytes, '\\');
        masks.beyond = avx2_bits(bytes.low, bytes.high);
        masks.controls = avx2_less(bytes, 0x20) & ~masks.beyond;
    }
    return masks;
}

/* Most blocks hold strings only. */
static inline __attribute__((always_inline)) AVX2 bool
avx2_scalars_pass(struct passage *passage, const char *at, struct bytes_avx2 bytes,
                  const struct tokens *tokens)
{
    if (tokens->scalars == 0)
        return no_scalars_pass(passage);
    struct number_masks masks = avx2_number_masks(bytes);
    return scalars_pass(passage, at, &masks, tokens->scalars, tokens->scalar_begins);
}

static AVX2 bool avx2_passes(struct str text, uint32_t depth)
{
    char enclosing[JSON_DEPTH_MAXIMUM];
    char rest[BLOCK_BYTES];
    struct passage passage = passage_begin(text, depth, enclosing);
    for (size_t base = 0; base < text.length; base += BLOCK_BYTES) {
        const char *at = text.at + base;
        struct bytes_avx2 bytes = avx2_load(block_bytes(text, base, rest));
        struct masks masks = avx2_masks(bytes);
        if (!escapes_are_out(&passage, at, &masks))
            return false;
        struct tokens tokens = block_tokens(&passage, &masks, bits_toggle(masks.quotes));
        if (!block_passes(&passage, at, &masks, &tokens) ||
            !avx2_scalars_pass(&passage, at, bytes, &tokens))
            return false;
    }
    return passage.depth == 0;
}

bool block_check(enum block_way way, struct str text, uint32_t depth)
{
    return way == BLOCK_AVX2 && avx2_passes(text, depth);
}

bool block_way_is_possible(enum block_way way)
{
    return way == BLOCK_PLAIN ||
           (way == BLOCK_AVX2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
            __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul"));
}

#else

bool block_check(enum block_way way, struct str text, uint32_t depth)
{
    (void)way;
    (void)text;
    (void)depth;
    return false;
}

bool block_way_is_possible(enum block_way way)
{
    return way == BLOCK_PLAIN;
}

#endif

enum block_way block_way(void)
{
    return block_way_is_possible(BLOCK_AVX2) ? BLOCK_AVX2 : BLOCK_PLAIN;
}

/*
 * How JSON text is stepped over: blanks, the plain bytes of strings eight at a time, sequences of
 * UTF-8, escapes. Nothing here reads at or behind `end`.
 *
 * The plain run of a string is measured a stride at a time: with the byte comparisons that every
 * x86-64 has (SSE2), elsewhere with Mycroft's word trick (a byte of `word - 0x01…` borrows where it
 * was zero; the lowest mark is exact, the ones above it need not be, and only the lowest is used).
 */
#ifndef BRAID_BASE_JSON_SCAN_H
#define BRAID_BASE_JSON_SCAN_H

#include "base/str.h"

#include <endian.h>

#if defined(__SSE2__) && !defined(SCAN_PORTABLE)
#include <emmintrin.h>
#define SCAN_STRIDE 16
#else
#define SCAN_STRIDE 8
#endif

#define SCAN_EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))
#define SCAN_ALWAYS_INLINE   static inline __attribute__((always_inline))

/* From where on a whole stride can no longer be loaded. */
static inline const char *scan_wide_end(const char *at, const char *end)
{
    return end - at >= SCAN_STRIDE ? end - (SCAN_STRIDE - 1) : at;
}

SCAN_ALWAYS_INLINE uint64_t scan_word(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return le64toh(word);
}

SCAN_ALWAYS_INLINE bool scan_is_blank(unsigned char byte)
{
    return byte <= ' ' && (byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t');
}

SCAN_ALWAYS_INLINE bool scan_is_digit(unsigned char byte)
{
    return (unsigned char)(byte - '0') <= 9;
}

/* A byte that a string holds as it is: ASCII, no control, no quote, no backslash. */
SCAN_ALWAYS_INLINE bool scan_is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

/* How many plain bytes there are at `at`, SCAN_STRIDE at most; SCAN_STRIDE bytes are read. */
SCAN_ALWAYS_INLINE size_t scan_plain_run(const char *at)
{
#if SCAN_STRIDE == 16
    __m128i bytes = _mm_loadu_si128((const __m128i_u *)at);
    __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    __m128i backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    /* Bytes are signed here: what is beyond ASCII is less than a control. */
    __m128i others = _mm_cmpgt_epi8(_mm_set1_epi8(0x20), bytes);
    __m128i marks = _mm_or_si128(_mm_or_si128(quotes, backslashes), others);
    return (size_t)__builtin_ctzll((unsigned)_mm_movemask_epi8(marks) | UINT64_C(1) << SCAN_STRIDE);
#else
    uint64_t word = scan_word(at);
    uint64_t marks = ((word ^ SCAN_EACH_BYTE('"')) - SCAN_EACH_BYTE(1)) |
                     ((word ^ SCAN_EACH_BYTE('\\')) - SCAN_EACH_BYTE(1)) |
                     (word - SCAN_EACH_BYTE(0x20)) | word;
    marks &= SCAN_EACH_BYTE(0x80);
    return marks == 0 ? SCAN_STRIDE : (size_t)__builtin_ctzll(marks) >> 3;
#endif
}

/* The first byte that is not plain, or `end`. */
SCAN_ALWAYS_INLINE const char *scan_plain(const char *at, const char *end, const char *wide_end)
{
    while (at < wide_end) {
        size_t run = scan_plain_run(at);
        at += run;
        if (run < SCAN_STRIDE)
            return at;
    }
    while (at < end && scan_is_plain((unsigned char)*at))
        at++;
    return at;
}

/* The first byte that is not blank (RFC 8259, 2), or `end`. */
const char *scan_blanks(const char *at, const char *end);

/* Behind the well-formed UTF-8 (RFC 3629) beyond ASCII that begins at `at`; `at` if there is none.
 */
const char *scan_utf8(const char *at, const char *end);

/* Behind the escape whose backslash is at `at`; `at` itself where it is none. */
const char *scan_escape(const char *at, const char *end);

#endif

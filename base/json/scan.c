/*
 * The parts of stepping over JSON text that are not met at every byte. See scan.h.
 */
#include "base/json/scan.h"

const char *scan_blanks(const char *at, const char *end)
{
    const char *wide_end = scan_wide_end(at, end);
    for (;;) {
        if (at < wide_end) {
            uint64_t others = scan_word(at) ^ SCAN_EACH_BYTE(' ');
            if (others == 0) {
                at += 8;
                continue;
            }
            at += __builtin_ctzll(others) >> 3;
        }
        if (at == end || !scan_is_blank((unsigned char)*at))
            return at;
        at++;
    }
}

/* Up to four bytes, the first one on top; zeros, which continue nothing, stand for what is missing.
 */
static uint32_t sequence_at(const char *at, const char *end)
{
    uint32_t word = 0;
    if (end - at >= 4)
        memcpy(&word, at, 4);
    else
        memcpy(&word, at, (size_t)(end - at));
    return be32toh(word);
}

/*
 * How many bytes the sequence at the top of `word` has; 0 where it is malformed. RFC 3629, 4: no
 * overlong forms, no surrogates, nothing beyond U+10FFFF.
 */
static unsigned sequence_length(uint32_t word)
{
    if ((word & 0xe0c00000) == 0xc0800000)
        return word >= 0xc2800000 ? 2 : 0;
    if ((word & 0xf0c0c000) == 0xe0808000)
        return word >= 0xe0a00000 && (word < 0xeda00000 || word >= 0xee000000) ? 3 : 0;
    if ((word & 0xf8c0c0c0) == 0xf0808080)
        return word >= 0xf0900000 && word < 0xf4900000 ? 4 : 0;
    return 0;
}

const char *scan_utf8(const char *at, const char *end)
{
    while (at < end && (unsigned char)*at >= 0x80) {
        unsigned length = sequence_length(sequence_at(at, end));
        if (length == 0)
            return at;
        at += length;
    }
    return at;
}

static bool is_hexadecimal(unsigned char byte)
{
    return scan_is_digit(byte) || (unsigned char)((byte | 0x20) - 'a') < 6;
}

const char *scan_escape(const char *at, const char *end)
{
    if (end - at < 2)
        return at;
    switch (at[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return at + 2;
    case 'u':
        if (end - at < 6)
            return at;
        for (int i = 2; i < 6; i++) {
            if (!is_hexadecimal((unsigned char)at[i]))
                return at;
        }
        return at + 6;
    default:
        return at;
    }
}

/*
 * Lower-case hexadecimal digits, eight at a time: half a byte is spread over each byte of a word.
 * For identifiers, which every request gets several of.
 */
#ifndef BRAID_BASE_HEX_H
#define BRAID_BASE_HEX_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* The digits as the bytes of a word, that of the lowest four bits in the lowest byte. */
static inline uint64_t hex_word(uint32_t bits)
{
    uint64_t word = bits;
    word = (word | word << 16) & UINT64_C(0x0000FFFF0000FFFF);
    word = (word | word << 8) & UINT64_C(0x00FF00FF00FF00FF);
    word = (word | word << 4) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    uint64_t letters = (word + UINT64_C(0x0606060606060606)) >> 4 & UINT64_C(0x0101010101010101);
    return word + UINT64_C(0x3030303030303030) + letters * ('a' - '0' - 10);
}

/* 16 digits, the lowest first. */
static inline void hex_write_lowest_first(uint64_t bits, char to[16])
{
    uint64_t words[2] = {htole64(hex_word((uint32_t)bits)),
                         htole64(hex_word((uint32_t)(bits >> 32)))};
    memcpy(to, words, sizeof words);
}

/* 16 digits as a number is written. */
static inline void hex_write(uint64_t bits, char to[16])
{
    uint64_t words[2] = {htobe64(hex_word((uint32_t)(bits >> 32))),
                         htobe64(hex_word((uint32_t)bits))};
    memcpy(to, words, sizeof words);
}

#endif

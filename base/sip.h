/*
 * What every SipHash is made of (Aumasson and Bernstein 2012): the four words it begins with, its
 * round, and bytes read as numbers. Which hash is made of it is said by who includes it.
 */
#ifndef BRAID_BASE_SIP_H
#define BRAID_BASE_SIP_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline void sip_begin(uint64_t v[4], const uint64_t key[2])
{
    v[0] = key[0] ^ 0x736f6d6570736575;
    v[1] = key[1] ^ 0x646f72616e646f6d;
    v[2] = key[0] ^ 0x6c7967656e657261;
    v[3] = key[1] ^ 0x7465646279746573;
}

static inline uint64_t sip_rotate(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = sip_rotate(v[1], 13) ^ v[0];
    v[3] = sip_rotate(v[3], 16) ^ v[2];
    v[0] = sip_rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = sip_rotate(v[1], 17) ^ v[2];
    v[3] = sip_rotate(v[3], 21) ^ v[0];
    v[2] = sip_rotate(v[2], 32);
}

static inline uint64_t sip_load_8(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return le64toh(word);
}

static inline uint64_t sip_load_4(const char *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof(word));
    return le32toh(word);
}

/* Less than 8 bytes as a number, the first one lowest, by loads that may overlap. */
static inline uint64_t sip_load_less(const char *at, size_t count)
{
    if (count >= 4)
        return sip_load_4(at) | sip_load_4(at + count - 4) << (8 * (count - 4));
    if (count == 0)
        return 0;
    size_t last = count - 1;
    size_t middle = count / 2;
    return (uint64_t)(unsigned char)at[0] | (uint64_t)(unsigned char)at[middle] << (8 * middle) |
           (uint64_t)(unsigned char)at[last] << (8 * last);
}

#endif

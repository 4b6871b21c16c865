/*
 * Words of eight bytes go in as they lie; what is left of a piece waits for the next one.
 */
#include "base/fingerprint.h"

#include "base/sip.h"

void fingerprint_init(struct fingerprint *fingerprint, const uint64_t key[2])
{
    *fingerprint = (struct fingerprint){0};
    sip_begin(fingerprint->v, key);
    fingerprint->v[1] ^= 0xee; /* of the 128-bit output */
}

static inline void fingerprint_word(struct fingerprint *fingerprint, uint64_t word)
{
    fingerprint->v[3] ^= word;
    sip_round(fingerprint->v);
    sip_round(fingerprint->v);
    fingerprint->v[0] ^= word;
}

/* Fills the word under way as far as the bytes reach; how many were taken. */
static size_t fingerprint_fill(struct fingerprint *fingerprint, struct str bytes)
{
    size_t there = fingerprint->length % 8;
    size_t taken = 0;
    for (; there > 0 && there < 8 && taken < bytes.length; there++, taken++)
        fingerprint->pending |= (uint64_t)(unsigned char)bytes.at[taken] << (8 * there);
    if (there == 8) {
        fingerprint_word(fingerprint, fingerprint->pending);
        fingerprint->pending = 0;
    }
    return taken;
}

void fingerprint_add(struct fingerprint *fingerprint, struct str bytes)
{
    if (bytes.length == 0)
        return;
    size_t at = fingerprint_fill(fingerprint, bytes);
    bool is_filled = (fingerprint->length + at) % 8 == 0;
    fingerprint->length += bytes.length;
    if (!is_filled)
        return;
    for (; bytes.length - at >= 8; at += 8)
        fingerprint_word(fingerprint, sip_load_8(bytes.at + at));
    fingerprint->pending = sip_load_less(bytes.at + at, bytes.length - at);
}

static uint64_t fingerprint_output(struct fingerprint *fingerprint)
{
    for (int i = 0; i < 4; i++)
        sip_round(fingerprint->v);
    return fingerprint->v[0] ^ fingerprint->v[1] ^ fingerprint->v[2] ^ fingerprint->v[3];
}

void fingerprint_end(struct fingerprint *fingerprint, uint64_t ret_words[2])
{
    fingerprint_word(fingerprint, fingerprint->pending | fingerprint->length << 56);
    fingerprint->v[2] ^= 0xee;
    ret_words[0] = fingerprint_output(fingerprint);
    fingerprint->v[1] ^= 0xdd;
    ret_words[1] = fingerprint_output(fingerprint);
}

/*
 * The fingerprint of bytes that come in pieces: SipHash-2-4 with 128 bits (Aumasson and Bernstein
 * 2012, and the authors' reference code for the long output). With a key that never changes the
 * same bytes have the same one in every process and on every machine. It tells texts apart; it is
 * no proof against somebody who knows the key and looks for two texts with the same fingerprint.
 */
#ifndef BRAID_BASE_FINGERPRINT_H
#define BRAID_BASE_FINGERPRINT_H

#include "base/str.h"

struct fingerprint {
    uint64_t v[4];
    uint64_t pending; /* the bytes that do not fill a word yet, the first one lowest */
    uint64_t length;
};

void fingerprint_init(struct fingerprint *fingerprint, const uint64_t key[2]);

/* The bytes that follow. */
void fingerprint_add(struct fingerprint *fingerprint, struct str bytes);

/* The fingerprint of all that was added; nothing may be added afterwards. */
void fingerprint_end(struct fingerprint *fingerprint, uint64_t ret_words[2]);

#endif

/*
 * A keyed hash over text that comes in pieces: the same text gives the same hash, however it was
 * cut. Private to base/json.
 */
#ifndef BRAID_BASE_JSON_DIGEST_H
#define BRAID_BASE_JSON_DIGEST_H

#include "base/json/json.h"

#define DIGEST_BLOCK 64

struct digest {
    uint64_t state;
    size_t used;
    char block[DIGEST_BLOCK];
};

/* For results of str_hash(), which is where the key comes in. */
static inline uint64_t digest_mix(uint64_t state, uint64_t hash)
{
    state = (state ^ hash) * UINT64_C(0x9e3779b97f4a7c15);
    return state ^ state >> 29;
}

static inline void digest_add(struct digest *digest, struct str text)
{
    while (text.length > 0) {
        size_t room = DIGEST_BLOCK - digest->used;
        size_t length = text.length < room ? text.length : room;
        memcpy(digest->block + digest->used, text.at, length);
        digest->used += length;
        text = str_from(text, length);
        if (digest->used == DIGEST_BLOCK) {
            struct str block = {digest->block, DIGEST_BLOCK};
            digest->state = digest_mix(digest->state, str_hash(block));
            digest->used = 0;
        }
    }
}

static inline uint64_t digest_end(const struct digest *digest)
{
    return digest_mix(digest->state, str_hash((struct str){digest->block, digest->used}));
}

/* Numbers that compare as equal add the same. */
void digest_add_number(struct digest *digest, struct json number);

#endif

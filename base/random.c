/*
 * Randomness: xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators",
 * 2018), seeded with 256 bits of the kernel's. It makes no keys.
 */
#include "base/random.h"

#include "base/hex.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void random_fill(void *to, size_t size)
{
    char *at = to;
    while (size > 0) {
        ssize_t got = getrandom(at, size, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            abort();
        at += got;
        size -= (size_t)got;
    }
}

void random_init(struct random *random)
{
    random_fill(random->state, sizeof(random->state));
    random->state[0] |= 1; /* a state of nothing but zeros would stay there */
}

static inline uint64_t rotate_left(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

uint64_t random_next(struct random *random)
{
    uint64_t *state = random->state;
    uint64_t result = rotate_left(state[1] * 5, 7) * 9;
    uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate_left(state[3], 45);
    return result;
}

uint64_t random_below(struct random *random, uint64_t count)
{
    assert(count > 0);
    /* The first 2^64 mod count numbers would make the low results likelier than the others. */
    uint64_t uneven = (0 - count) % count;
    uint64_t number;
    do {
        number = random_next(random);
    } while (number < uneven);
    return number % count;
}

void random_hex(struct random *random, char *to, size_t count)
{
    for (size_t i = 0; i < count; i += 16) {
        char digits[16];
        hex_write_lowest_first(random_next(random), digits);
        memcpy(to + i, digits, count - i < 16 ? count - i : 16);
    }
}

/*
 * Randomness. A fast generator per object (xoshiro256**, Blackman and Vigna 2018) for jitter,
 * sampling and identifiers; the kernel's for seeds. The fast one is no secret: who sees enough of
 * its output can go on with it, so keys and tokens come from the kernel.
 */
#ifndef BRAID_BASE_RANDOM_H
#define BRAID_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* For one thread. */
struct random {
    uint64_t state[4];
};

/* Fills `to` from the kernel (getrandom); aborts where there is none. Any thread. */
void random_fill(void *to, size_t size);

/* Seeds from the kernel. */
void random_init(struct random *random);

/* 64 even bits. */
uint64_t random_next(struct random *random);

/* Evenly from 0 to `count` - 1; `count` is at least 1. */
uint64_t random_below(struct random *random, uint64_t count);

/* Writes `count` lower-case hexadecimal digits to `to`, not zero-terminated. */
void random_hex(struct random *random, char *to, size_t count);

#endif

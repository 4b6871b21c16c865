/*
 * Numbers with units as people write them: 250ms, 1MiB, 20%. Decimals are fine (1.5s), signs are
 * not. Each function gives NULL and the value, or one clause that says what is wrong.
 */
#ifndef BRAID_CONFIG_UNITS_H
#define BRAID_CONFIG_UNITS_H

#include "base/clock.h"
#include "base/str.h"

/* ms, s, m, h; to the microsecond. */
const char *units_duration(struct str text, usec *ret_duration);

/* B, kB, KiB, MB, MiB, GB, GiB. */
const char *units_size(struct str text, uint64_t *ret_size);

/* 0% to 100%. */
const char *units_share(struct str text, double *ret_share);

/* What may be written, for hints. */
#define UNITS_DURATION_HINT "write a duration with its unit: 250ms, 1s, 5m, 1h"
#define UNITS_SIZE_HINT     "write a size with its unit: 512B, 16KiB, 1MiB, 1MB, 1GiB"
#define UNITS_SHARE_HINT    "write a share with its sign: 20%"

#define UNITS_TEXT_SIZE 32

/* The shortest way to write a duration or size exactly, zero-terminated. */
void units_format_duration(usec duration, char to[UNITS_TEXT_SIZE]);
void units_format_size(uint64_t size, char to[UNITS_TEXT_SIZE]);

#endif

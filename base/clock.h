/*
 * Time. One unit for all of braid: microseconds, signed, so that differences need no care.
 * Monotonic for everything that is measured or waited for; the wall clock only for people.
 */
#ifndef BRAID_BASE_CLOCK_H
#define BRAID_BASE_CLOCK_H

#include <stdint.h>

typedef int64_t usec;

#define MILLISECOND ((usec)1000)
#define SECOND      (1000 * MILLISECOND)
#define MINUTE      (60 * SECOND)
#define HOUR        (60 * MINUTE)
#define USEC_NEVER  INT64_MAX

/* CLOCK_MONOTONIC. */
usec clock_now(void);

/* CLOCK_REALTIME, microseconds since 1970. */
usec clock_wall(void);

#define CLOCK_RFC3339_SIZE 32

/* "2026-01-02T03:04:05.678Z" (RFC 3339, UTC, milliseconds), zero-terminated; its length. */
int clock_format_rfc3339(usec wall, char to[CLOCK_RFC3339_SIZE]);

#endif

/*
 * The access log: one line per request on standard output, collected during a turn of the loop and
 * written at its end.
 */
#ifndef BRAID_GATEWAY_FRONT_ACCESS_H
#define BRAID_GATEWAY_FRONT_ACCESS_H

#include "base/buffer.h"
#include "base/log.h"
#include "gateway/telemetry/account.h"
#include "gateway/telemetry/tally.h"

struct access {
    bool is_on;
    bool is_file; /* standard output is a file, which never blocks */
    enum log_format format;
    size_t lost;         /* lines, not yet told */
    struct tally *tally; /* counts them all; may be NULL */
    usec second;         /* the time of day, in seconds, that `time` begins with */
    char time[CLOCK_RFC3339_SIZE];
    struct buffer lines;
};

/* Keeps the tally. */
void access_init(struct access *access, const struct settings *settings, struct tally *tally);
void access_done(struct access *access);

void access_write(struct access *access, const struct exchange *exchange,
                  const struct account *account);

/* What was collected goes out, as far as it can without waiting. */
void access_flush(struct access *access);

#endif

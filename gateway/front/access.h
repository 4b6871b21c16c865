/*
 * The access log: one line per request on standard output, collected during a turn of the loop and
 * written at its end.
 */
#ifndef BRAID_GATEWAY_FRONT_ACCESS_H
#define BRAID_GATEWAY_FRONT_ACCESS_H

#include "base/buffer.h"
#include "base/log.h"
#include "gateway/compose/exchange.h"

struct access {
    bool is_on;
    bool is_file; /* standard output is a file, which never blocks */
    enum log_format format;
    size_t lost; /* lines */
    struct buffer lines;
};

void access_init(struct access *access, const struct settings *settings);
void access_done(struct access *access);

/* `status` 0: the client left before there was an answer. */
void access_write(struct access *access, const struct exchange *exchange, int status, usec now);

/* What was collected goes out, as far as it can without waiting. */
void access_flush(struct access *access);

#endif

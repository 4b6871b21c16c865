/*
 * gzip (RFC 1952) of an answer, with zlib. One state per worker, used again for each answer: it is
 * 256 KiB, made when the first client asks for it.
 */
#ifndef BRAID_GATEWAY_COMPOSE_GZIP_H
#define BRAID_GATEWAY_COMPOSE_GZIP_H

#include "base/slices.h"

#include <zlib.h>

/* Zeroed is a good beginning. */
struct gzip {
    z_stream stream;
    bool is_ready;
};

void gzip_done(struct gzip *gzip);

/*
 * Adds `from`, encoded, to `to`, in the arena of `to`. false where that has no room; what stands
 * in `to` is then of no use.
 */
bool gzip_write(struct gzip *gzip, const struct slices *from, struct slices *to);

#endif

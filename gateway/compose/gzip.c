/*
 * Level 1. On composed pages (measured: JSON of 2 to 7,000 KB) it makes a quarter of the size at
 * two to four times the speed of level 6, which makes a fifth: 30 instead of 54 µs for 7 KB, 0.5
 * instead of 1.9 ms for 70 KB. That time is taken from everybody who is served by the same worker.
 */
#include "gateway/compose/gzip.h"

#include "base/arena.h"

#include <stdlib.h>

#define GZIP_LEVEL  1
#define GZIP_WINDOW (15 + 16) /* 32 KiB, and gzip instead of zlib's own frame */
#define GZIP_MEMORY 8

#define OUTPUT_LEAST ((size_t)512) /* bytes that the output grows by */
#define OUTPUT_MOST  ((size_t)32 * 1024)

struct output {
    z_stream *stream;
    struct slices *to;
    char *piece; /* under way; NULL: none */
    size_t size;
};

static void gzip_begin(struct gzip *gzip)
{
    if (gzip->is_ready) {
        deflateReset(&gzip->stream);
        return;
    }
    if (deflateInit2(&gzip->stream, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        abort(); /* out of memory */
    gzip->is_ready = true;
}

void gzip_done(struct gzip *gzip)
{
    if (gzip->is_ready)
        deflateEnd(&gzip->stream);
    gzip->is_ready = false;
}

/* What the piece under way holds goes to the output. */
static void output_keep(struct output *output)
{
    size_t left = output->stream->avail_out;
    if (output->piece != NULL)
        slices_keep(output->to, (struct str){output->piece, output->size - left});
    output->piece = NULL;
}

static bool output_grow(struct output *output)
{
    if (!arena_has_room(output->to->arena, output->size))
        return false;
    output_keep(output);
    output->piece = arena_bytes(output->to->arena, output->size);
    output->stream->next_out = (Bytef *)output->piece;
    output->stream->avail_out = (uInt)output->size;
    return true;
}

static bool output_write(struct output *output, struct iovec bytes, int flush)
{
    z_stream *stream = output->stream;
    int result = Z_OK;
    stream->next_in = bytes.iov_base;
    stream->avail_in = (uInt)bytes.iov_len;
    while (flush == Z_FINISH ? result != Z_STREAM_END : stream->avail_in > 0) {
        if (stream->avail_out == 0 && !output_grow(output))
            return false;
        result = deflate(stream, flush);
    }
    return true;
}

bool gzip_write(struct gzip *gzip, const struct slices *from, struct slices *to)
{
    size_t size = from->bytes / 2;
    size = size < OUTPUT_LEAST ? OUTPUT_LEAST : size > OUTPUT_MOST ? OUTPUT_MOST : size;
    struct output output = {.stream = &gzip->stream, .to = to, .size = size};
    gzip_begin(gzip);
    gzip->stream.avail_out = 0;
    for (size_t i = 0; i < from->count; i++)
        if (!output_write(&output, from->list[i], i + 1 < from->count ? Z_NO_FLUSH : Z_FINISH))
            return false;
    output_keep(&output);
    return !to->is_over;
}

/*
 * The chunked coding (RFC 9112 7.1) taken off strictly: sizes are 1 to 8 hexadecimal digits, only
 * an extension may follow, line ends are CR LF, trailer fields are checked and dropped.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_CHUNKS_H
#define BRAID_GATEWAY_UPSTREAM_CHUNKS_H

#include "base/str.h"

#define CHUNK_LINE_BYTES    256  /* of a size with its extension */
#define CHUNK_TRAILER_BYTES 8192 /* of all trailer fields */

enum chunks_state {
    CHUNKS_SIZE,
    CHUNKS_EXTENSION,
    CHUNKS_SIZE_LF,
    CHUNKS_DATA,
    CHUNKS_DATA_CR,
    CHUNKS_DATA_LF,
    CHUNKS_TRAILER,
    CHUNKS_TRAILER_NAME,
    CHUNKS_TRAILER_VALUE,
    CHUNKS_TRAILER_LF,
    CHUNKS_END_LF,
    CHUNKS_WHOLE,
};

struct chunks {
    enum chunks_state state;
    uint64_t left;    /* of the size or, in CHUNKS_DATA, of its data */
    uint32_t line;    /* bytes of the size line */
    uint32_t trailer; /* bytes of the trailer */
    uint32_t trailer_fields;
};

static inline void chunks_init(struct chunks *chunks)
{
    *chunks = (struct chunks){.state = CHUNKS_SIZE};
}

/*
 * Takes the next piece of data off *rest; it points into *rest and is empty when there is none in
 * it. To be called until *rest is empty or the body is whole: what follows it stays in *rest.
 * false: malformed.
 */
bool chunks_read(struct chunks *chunks, struct str *rest, struct str *ret_data);

/*
 * Takes the next piece of data off *rest; it points into *rest and is empty when there is none in
 * it. To be called until *rest is empty. false: malformed, or bytes after the end.
 */
bool chunks_next(struct chunks *chunks, struct str *rest, struct str *ret_data);

static inline bool chunks_are_whole(const struct chunks *chunks)
{
    return chunks->state == CHUNKS_WHOLE;
}

#endif

/*
 * Output as a list of slices: an answer is written once, as pieces that mostly point into the
 * texts they were read from, and is sent from where it lies if it is one piece, or joined once.
 *
 * Short pieces are copied and coalesced, since a slice of its own costs more than the copy.
 */
#ifndef BRAID_BASE_SLICES_H
#define BRAID_BASE_SLICES_H

#include "base/str.h"

#include <sys/uio.h>

struct arena;

struct slices {
    struct arena *arena;
    struct iovec *list; /* in arena */
    size_t count;
    size_t room;
    size_t bytes; /* the sum of all lengths */
    size_t limit; /* of bytes; at first the arena's quota */
    bool is_over; /* sticky: something was not added, since it would have exceeded the limit */
    char *open;   /* where the copied piece at the end of the list may still grow */
    size_t open_room;
};

/*
 * Keeps the arena, where all that is copied goes. What was written must be asked for `is_over`: a
 * short program of pieces that are kept may stand for more bytes than anybody wants to send.
 */
void slices_init(struct slices *slices, struct arena *arena);

/* So many bytes may be copied before another piece is begun: where the sum is about known. */
void slices_reserve(struct slices *slices, size_t length);

/* The bytes are copied. */
void slices_copy(struct slices *slices, struct str text);

/* The bytes are kept: they must outlive the slices. Short ones are copied all the same. */
void slices_keep(struct slices *slices, struct str text);

static inline void slices_copy_literal(struct slices *slices, const char *zero_terminated)
{
    slices_copy(slices, str_of(zero_terminated));
}

/* One run of text: in place where there is one slice, otherwise joined in the arena. */
struct str slices_join(struct slices *slices);

/* Writes all bytes to `to`, which has room for slices->bytes. */
void slices_flatten(const struct slices *slices, char *to);

#endif

/*
 * The path of a request target: normalised once, on the raw bytes (RFC 3986 6.2.2), into the
 * segments that routing looks at and that forwarding sends on. `%2F` stays data of its segment.
 */
#ifndef BRAID_ROUTES_PATH_H
#define BRAID_ROUTES_PATH_H

#include "base/str.h"

#define PATH_SEGMENTS_MAXIMUM 128

struct path {
    struct str text;      /* normalised: begins with /, no dot segments, unreserved decoded */
    struct str *segments; /* between the slashes, still percent-encoded; "/" has one empty one */
    uint32_t count;
};

/*
 * `raw` is the path without query, in origin form. In arena (what needs no change is kept). false
 * for a path that is refused: no leading /, NUL, blanks and control bytes, `#`, `?`, backslash,
 * bytes above 0x7F, bad percent-encoding, %00, more than PATH_SEGMENTS_MAXIMUM segments. Bytes
 * that RFC 3986 has in no path but that browsers send (`"<>^`{|}`) are encoded.
 */
bool path_normalise(struct arena *arena, struct str raw, struct path *ret_path);

/* Percent-decoded; false where the result is not UTF-8. In place where nothing is encoded. */
bool path_decode(struct arena *arena, struct str encoded, struct str *ret_text);

/* All but RFC 3986 unreserved as %XX. */
struct str path_encode(struct arena *arena, struct str text);

/*
 * A piece of a path or query as a person writes it in the file: what cannot stand there is
 * encoded, bytes above 0x7F included, what need not be encoded is decoded. false for bad
 * percent-encoding, %00, blanks, control bytes, backslash and `#`; *ret_at is where.
 */
bool path_encode_literal(struct arena *arena, struct str text, struct str *ret_text,
                         size_t *ret_at);

/* "." or "..": a segment that means another place. */
static inline bool path_is_dot_segment(struct str segment)
{
    return (segment.length == 1 && segment.at[0] == '.') ||
           (segment.length == 2 && segment.at[0] == '.' && segment.at[1] == '.');
}

#endif

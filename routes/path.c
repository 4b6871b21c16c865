/*
 * Paths. First every byte is looked at: refused, kept, encoded or decoded (one table says which);
 * then the text is cut at its slashes and dot segments are taken out (RFC 3986 5.2.4). A path that
 * needs no change, the usual case, is kept where it is.
 */
#include "routes/path.h"

#include "base/arena.h"
#include "base/json/json.h"

enum byte_kind {
    BYTE_REFUSED,    /* never in a path */
    BYTE_ENCODED,    /* not in RFC 3986's pchar, sent all the same */
    BYTE_HIGH,       /* above 0x7F */
    BYTE_RESERVED,   /* may stand, with a meaning of its own */
    BYTE_UNRESERVED, /* need never be encoded (RFC 3986 2.3) */
};

#define REFUSED   BYTE_REFUSED
#define REFUSED_8 REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED
#define HIGH_8                                                                                     \
    BYTE_HIGH, BYTE_HIGH, BYTE_HIGH, BYTE_HIGH, BYTE_HIGH, BYTE_HIGH, BYTE_HIGH, BYTE_HIGH
#define HIGH_64    HIGH_8, HIGH_8, HIGH_8, HIGH_8, HIGH_8, HIGH_8, HIGH_8, HIGH_8
#define ENCODED    BYTE_ENCODED
#define RESERVED   BYTE_RESERVED
#define UNRESERVED BYTE_UNRESERVED
#define LETTERS_8                                                                                  \
    UNRESERVED, UNRESERVED, UNRESERVED, UNRESERVED, UNRESERVED, UNRESERVED, UNRESERVED, UNRESERVED

/* clang-format off */
static const uint8_t byte_kinds[256] = {
    REFUSED_8, REFUSED_8, REFUSED_8, REFUSED_8,
    /*   ! " # $ % & ' */ REFUSED, RESERVED, ENCODED, REFUSED, RESERVED, RESERVED, RESERVED, RESERVED,
    /* ( ) * + , - . / */ RESERVED, RESERVED, RESERVED, RESERVED, RESERVED, UNRESERVED, UNRESERVED, RESERVED,
    /* 0 to 7          */ LETTERS_8,
    /* 8 9 : ; < = > ? */ UNRESERVED, UNRESERVED, RESERVED, RESERVED, ENCODED, RESERVED, ENCODED, REFUSED,
    /* @ A to G        */ RESERVED, UNRESERVED, UNRESERVED, UNRESERVED, UNRESERVED, UNRESERVED, UNRESERVED, UNRESERVED,
    /* H to W          */ LETTERS_8, LETTERS_8,
    /* X Y Z [ \ ] ^ _ */ UNRESERVED, UNRESERVED, UNRESERVED, RESERVED, REFUSED, RESERVED, ENCODED, UNRESERVED,
    /* ` a to g        */ ENCODED, UNRESERVED, UNRESERVED, UNRESERVED, UNRESERVED, UNRESERVED, UNRESERVED, UNRESERVED,
    /* h to w          */ LETTERS_8, LETTERS_8,
    /* x y z { | } ~ . */ UNRESERVED, UNRESERVED, UNRESERVED, ENCODED, ENCODED, ENCODED, UNRESERVED, REFUSED,
    HIGH_64, HIGH_64,
};
/* clang-format on */

static const char digits[] = "0123456789ABCDEF";

static enum byte_kind byte_kind(char byte)
{
    return (enum byte_kind)byte_kinds[(unsigned char)byte];
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return -1;
}

/* The byte that "%XX" at text[at] stands for; -1 where it is none, or NUL. */
static int encoded_byte(struct str text, size_t at)
{
    if (at + 2 >= text.length)
        return -1;
    int high = hex_value(text.at[at + 1]);
    int low = hex_value(text.at[at + 2]);
    int byte = high < 0 || low < 0 ? -1 : high * 16 + low;
    return byte == 0 ? -1 : byte;
}

static size_t encode_byte(char *to, unsigned char byte)
{
    to[0] = '%';
    to[1] = digits[byte >> 4];
    to[2] = digits[byte & 15];
    return 3;
}

/* --- one byte after the other ------------------------------------------------------------- */

/* How many bytes `raw` has when its bytes are normalised; SIZE_MAX where it is refused at *ret_at.
 */
static size_t normal_length(struct str raw, bool high_is_refused, bool *ret_changes, size_t *ret_at)
{
    size_t length = 0;
    for (size_t i = 0; i < raw.length; i++) {
        enum byte_kind kind = byte_kind(raw.at[i]);
        *ret_at = i;
        if (kind == BYTE_REFUSED || (kind == BYTE_HIGH && high_is_refused))
            return SIZE_MAX;
        if (raw.at[i] == '%') {
            int byte = encoded_byte(raw, i);
            if (byte < 0)
                return SIZE_MAX;
            bool is_decoded = byte_kind((char)byte) == BYTE_UNRESERVED;
            length += is_decoded ? 1 : 3;
            *ret_changes |= is_decoded || raw.at[i + 1] > 'F' || raw.at[i + 2] > 'F';
            i += 2;
        } else if (kind <= BYTE_HIGH) {
            length += 3;
            *ret_changes = true;
        } else {
            length++;
        }
    }
    return length;
}

static void write_normal(struct str raw, char *to)
{
    for (size_t i = 0; i < raw.length; i++) {
        if (raw.at[i] == '%') {
            unsigned char byte = (unsigned char)encoded_byte(raw, i);
            if (byte_kind((char)byte) == BYTE_UNRESERVED)
                *to++ = (char)byte;
            else
                to += encode_byte(to, byte);
            i += 2;
        } else if (byte_kind(raw.at[i]) <= BYTE_HIGH) {
            to += encode_byte(to, (unsigned char)raw.at[i]);
        } else {
            *to++ = raw.at[i];
        }
    }
}

static bool normalise_bytes(struct arena *arena, struct str raw, bool high_is_refused,
                            struct str *ret_text, size_t *ret_at)
{
    bool changes = false;
    size_t length = normal_length(raw, high_is_refused, &changes, ret_at);
    if (length == SIZE_MAX)
        return false;
    *ret_text = raw;
    if (changes) {
        char *text = arena_bytes(arena, length);
        write_normal(raw, text);
        *ret_text = (struct str){text, length};
    }
    return true;
}

bool path_encode_literal(struct arena *arena, struct str text, struct str *ret_text, size_t *ret_at)
{
    size_t at = 0;
    if (normalise_bytes(arena, text, false, ret_text, &at))
        return true;
    *ret_at = at;
    return false;
}

/* --- segments ----------------------------------------------------------------------------- */

static struct str join_segments(struct arena *arena, const struct path *path)
{
    size_t length = 0;
    for (uint32_t i = 0; i < path->count; i++)
        length += 1 + path->segments[i].length;
    char *text = arena_bytes(arena, length);
    size_t at = 0;
    for (uint32_t i = 0; i < path->count; i++) {
        struct str *segment = &path->segments[i];
        text[at++] = '/';
        memcpy(text + at, segment->at, segment->length);
        segment->at = text + at;
        at += segment->length;
    }
    return (struct str){text, length};
}

bool path_normalise(struct arena *arena, struct str raw, struct path *ret_path)
{
    struct path path = {.text = raw};
    size_t at = 0;
    if (raw.length == 0 || raw.at[0] != '/' || !normalise_bytes(arena, raw, true, &path.text, &at))
        return false;

    struct str found[PATH_SEGMENTS_MAXIMUM];
    struct str rest = str_from(path.text, 1);
    struct str segment;
    bool has_dots = false;
    size_t seen = 0;
    while (str_cut(&rest, '/', &segment)) {
        if (++seen > PATH_SEGMENTS_MAXIMUM)
            return false;
        if (!path_is_dot_segment(segment)) {
            found[path.count++] = segment;
            continue;
        }
        has_dots = true;
        if (segment.length == 2 && path.count > 0)
            path.count--;
        if (!rest.at) /* a dot segment at the end leaves its slash */
            found[path.count++] = STR("");
    }
    path.segments = arena_allocate(arena, path.count * sizeof(struct str));
    memcpy(path.segments, found, path.count * sizeof(struct str));
    if (has_dots)
        path.text = join_segments(arena, &path);
    *ret_path = path;
    return true;
}

/* --- values ------------------------------------------------------------------------------- */

bool path_decode(struct arena *arena, struct str encoded, struct str *ret_text)
{
    if (str_find(encoded, '%') == encoded.length) {
        if (!json_is_utf8(encoded))
            return false;
        *ret_text = encoded;
        return true;
    }
    char *text = arena_bytes(arena, encoded.length);
    size_t length = 0;
    for (size_t i = 0; i < encoded.length; i++) {
        if (encoded.at[i] != '%') {
            text[length++] = encoded.at[i];
            continue;
        }
        int byte = encoded_byte(encoded, i);
        if (byte < 0)
            return false;
        text[length++] = (char)byte;
        i += 2;
    }
    if (!json_is_utf8((struct str){text, length}))
        return false;
    *ret_text = (struct str){text, length};
    return true;
}

struct str path_encode(struct arena *arena, struct str text)
{
    size_t changed = 0;
    for (size_t i = 0; i < text.length; i++)
        changed += byte_kind(text.at[i]) != BYTE_UNRESERVED;
    if (changed == 0)
        return text;
    char *to = arena_bytes(arena, text.length + 2 * changed);
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (byte_kind(text.at[i]) == BYTE_UNRESERVED)
            to[length++] = text.at[i];
        else
            length += encode_byte(to + length, (unsigned char)text.at[i]);
    }
    return (struct str){to, length};
}

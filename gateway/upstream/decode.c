/*
 * Decoding by zlib. gzip may consist of several members (RFC 1952 2.2); `deflate` is zlib's
 * format, but some services send it raw, which the first two bytes tell.
 */
#include "gateway/upstream/decode.h"

#include "base/arena.h"
#include "gateway/upstream/answer.h"
#include "gateway/upstream/answer_body.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

enum coding { CODING_NONE, CODING_GZIP, CODING_DEFLATE, CODING_UNKNOWN };

static enum coding coding_of(struct str value)
{
    if (str_is_empty(value) || str_equal_ignore_case(value, STR("identity")))
        return CODING_NONE;
    if (str_equal_ignore_case(value, STR("gzip")) || str_equal_ignore_case(value, STR("x-gzip")))
        return CODING_GZIP;
    if (str_equal_ignore_case(value, STR("deflate")))
        return CODING_DEFLATE;
    return CODING_UNKNOWN;
}

/* Two fields that name a coding are two layers. */
static enum coding answer_coding(const struct flight_answer *answer)
{
    enum coding found = CODING_NONE;
    for (uint32_t i = 0; i < answer->field_count; i++) {
        if (!str_equal_ignore_case(answer->fields[i].name, STR("content-encoding")))
            continue;
        enum coding coding = coding_of(answer->fields[i].value);
        if (coding != CODING_NONE && found != CODING_NONE)
            return CODING_UNKNOWN;
        if (coding != CODING_NONE)
            found = coding;
    }
    return found;
}

/* RFC 1950 2.2: method 8 in the low half of the first byte, and a multiple of 31 in both. */
static bool is_zlib(struct str text)
{
    if (text.length < 2)
        return false;
    unsigned first = (unsigned char)text.at[0];
    unsigned second = (unsigned char)text.at[1];
    return (first & 15) == 8 && (first * 256 + second) % 31 == 0;
}

static int window_bits(enum coding coding, struct str text)
{
    if (coding == CODING_GZIP)
        return MAX_WBITS + 16;
    return is_zlib(text) ? MAX_WBITS : -MAX_WBITS;
}

/*
 * A first guess that is mostly exact: gzip ends with the size modulo 2^32 (RFC 1952 2.3.1). It is
 * only a wish, since it comes from outside; what no deflate can swell to is not believed.
 */
static uint64_t likely_size(enum coding coding, struct str text)
{
    if (coding != CODING_GZIP || text.length < 18)
        return text.length * 4;
    const unsigned char *end = (const unsigned char *)text.at + text.length;
    uint64_t size = (uint64_t)end[-4] | (uint64_t)end[-3] << 8 | (uint64_t)end[-2] << 16 |
                    (uint64_t)end[-1] << 24;
    return size <= (uint64_t)text.length * 64 ? size : text.length * 4;
}

static void stream_feed(z_stream *stream, struct str *text)
{
    size_t size = text->length < UINT_MAX / 2 ? text->length : UINT_MAX / 2;
    stream->next_in = (Bytef *)(uintptr_t)text->at;
    stream->avail_in = (uInt)size;
    *text = str_from(*text, size);
}

/* One step of inflate into the room the body has; the code of zlib. */
static int stream_step(z_stream *stream, struct answer_body *body)
{
    size_t room = body->room - body->length;
    uInt limit = room < UINT_MAX ? (uInt)room : UINT_MAX;
    stream->next_out = (Bytef *)body->at + body->length;
    stream->avail_out = limit;
    int code = inflate(stream, Z_NO_FLUSH);
    body->length += limit - stream->avail_out;
    return code;
}

/*
 * Empty members add nothing but work, of which there is at most as much as input. What zlib says
 * when it can go no further (Z_BUF_ERROR) is the end of a body that was cut.
 */
static enum reason stream_run(z_stream *stream, struct str text, bool has_members,
                              struct answer_body *body)
{
    uint64_t coded = text.length;
    for (;;) {
        if (stream->avail_in == 0)
            stream_feed(stream, &text);
        if (!answer_body_grow(body))
            return REASON_TOO_LARGE;
        int code = stream_step(stream, body);
        if (body->length > DECODE_RATIO_FROM && body->length / DECODE_RATIO > coded)
            return REASON_TOO_LARGE;
        if (code == Z_STREAM_END) {
            bool has_more = stream->avail_in > 0 || text.length > 0;
            if (!has_more)
                return REASON_NONE;
            if (!has_members || inflateReset(stream) != Z_OK)
                return REASON_PROTOCOL;
        } else if (code != Z_OK) {
            return REASON_PROTOCOL;
        }
    }
}

static enum reason decode_text(enum coding coding, struct str text, struct answer_body *body)
{
    z_stream stream = {0};
    if (inflateInit2(&stream, window_bits(coding, text)) != Z_OK)
        abort(); /* out of memory */
    /* The wish may be refused: the real size decides. */
    (void)answer_body_expect(body, likely_size(coding, text));
    enum reason reason = stream_run(&stream, text, coding == CODING_GZIP, body);
    inflateEnd(&stream);
    return reason;
}

static void answer_drop_field(struct flight_answer *answer, struct str name)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < answer->field_count; i++) {
        if (!str_equal_ignore_case(answer->fields[i].name, name))
            answer->fields[kept++] = answer->fields[i];
    }
    answer->field_count = kept;
}

enum reason decode_answer(struct flight_answer *answer, struct arena *arena, uint64_t maximum)
{
    enum coding coding = answer_coding(answer);
    if (coding == CODING_NONE || str_is_empty(answer->body))
        return REASON_NONE;
    if (coding == CODING_UNKNOWN)
        return REASON_PROTOCOL;
    struct answer_body body;
    answer_body_init(&body, arena, maximum);
    enum reason reason = decode_text(coding, answer->body, &body);
    if (reason != REASON_NONE)
        return reason;
    answer->body = answer_body_text(&body);
    answer_drop_field(answer, STR("content-encoding"));
    answer_drop_field(answer, STR("content-length"));
    return REASON_NONE;
}

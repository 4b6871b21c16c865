/*
 * The chunked coding, byte by byte but for the data, which is cut out in one piece. Works on
 * whatever pieces the network gives.
 */
#include "gateway/upstream/chunks.h"

#include "base/field_bytes.h"

#define SIZE_DIGITS 8

static int digit_value(unsigned char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static bool chunks_take_size(struct chunks *chunks, unsigned char byte)
{
    int digit = digit_value(byte);
    if (digit >= 0 && chunks->line < SIZE_DIGITS) {
        chunks->left = chunks->left * 16 + (unsigned)digit;
        chunks->line++;
        return true;
    }
    chunks->state = byte == '\r' ? CHUNKS_SIZE_LF : CHUNKS_EXTENSION;
    return chunks->line > 0 && (byte == '\r' || byte == ';');
}

static bool chunks_take_extension(struct chunks *chunks, unsigned char byte)
{
    if (byte == '\r')
        chunks->state = CHUNKS_SIZE_LF;
    return ++chunks->line <= CHUNK_LINE_BYTES && (byte == '\r' || byte_is_field_text(byte));
}

static bool chunks_expect(struct chunks *chunks, bool is_expected, enum chunks_state next)
{
    chunks->state = next;
    return is_expected;
}

/* A name is told from a value only to see that there is one, and that it is a name. */
static bool chunks_take_trailer(struct chunks *chunks, unsigned char byte)
{
    if (++chunks->trailer > CHUNK_TRAILER_BYTES)
        return false;
    switch (chunks->state) {
    case CHUNKS_TRAILER:
        if (byte == '\r')
            return chunks_expect(chunks, true, CHUNKS_END_LF);
        chunks->trailer_fields++;
        return chunks_expect(chunks, byte_is_token(byte), CHUNKS_TRAILER_NAME);
    case CHUNKS_TRAILER_NAME:
        if (byte == ':')
            return chunks_expect(chunks, true, CHUNKS_TRAILER_VALUE);
        return byte_is_token(byte);
    case CHUNKS_TRAILER_LF:
        return chunks_expect(chunks, byte == '\n', CHUNKS_TRAILER);
    default:
        if (byte == '\r')
            return chunks_expect(chunks, true, CHUNKS_TRAILER_LF);
        return byte_is_field_text(byte);
    }
}

/* Any byte but one of the data. */
static bool chunks_take(struct chunks *chunks, unsigned char byte)
{
    switch (chunks->state) {
    case CHUNKS_SIZE:
        return chunks_take_size(chunks, byte);
    case CHUNKS_EXTENSION:
        return chunks_take_extension(chunks, byte);
    case CHUNKS_SIZE_LF:
        return chunks_expect(chunks, byte == '\n', chunks->left > 0 ? CHUNKS_DATA : CHUNKS_TRAILER);
    case CHUNKS_DATA_CR:
        return chunks_expect(chunks, byte == '\r', CHUNKS_DATA_LF);
    case CHUNKS_DATA_LF:
        chunks->line = 0;
        return chunks_expect(chunks, byte == '\n', CHUNKS_SIZE);
    case CHUNKS_TRAILER:
    case CHUNKS_TRAILER_NAME:
    case CHUNKS_TRAILER_VALUE:
    case CHUNKS_TRAILER_LF:
        return chunks_take_trailer(chunks, byte);
    case CHUNKS_END_LF:
        return chunks_expect(chunks, byte == '\n', CHUNKS_WHOLE);
    case CHUNKS_DATA:
    case CHUNKS_WHOLE:
        break;
    }
    return false;
}

static struct str chunks_cut_data(struct chunks *chunks, struct str *rest)
{
    struct str data = *rest;
    if (data.length > chunks->left)
        data.length = chunks->left;
    chunks->left -= data.length;
    if (chunks->left == 0)
        chunks->state = CHUNKS_DATA_CR;
    *rest = str_from(*rest, data.length);
    return data;
}

bool chunks_read(struct chunks *chunks, struct str *rest, struct str *ret_data)
{
    while (rest->length > 0 && chunks->state != CHUNKS_WHOLE) {
        if (chunks->state == CHUNKS_DATA) {
            *ret_data = chunks_cut_data(chunks, rest);
            return true;
        }
        if (!chunks_take(chunks, (unsigned char)rest->at[0]))
            return false;
        *rest = str_from(*rest, 1);
    }
    *ret_data = STR_NONE;
    return true;
}

bool chunks_next(struct chunks *chunks, struct str *rest, struct str *ret_data)
{
    return chunks_read(chunks, rest, ret_data) && (ret_data->length > 0 || rest->length == 0);
}

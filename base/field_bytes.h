/*
 * What bytes HTTP allows where: one place, for whoever reads heads, answers and chunks.
 */
#ifndef BRAID_BASE_FIELD_BYTES_H
#define BRAID_BASE_FIELD_BYTES_H

#include "base/str.h"

/* RFC 9110 5.6.2: a letter, a digit or one of !#$%&'*+-.^_`|~ */
static inline bool byte_is_token(unsigned char byte)
{
    static const uint32_t tokens[8] = {
        0x00000000, 0x03ff6cfa, 0xc7fffffe, 0x57ffffff, 0, 0, 0, 0,
    };
    return tokens[byte >> 5] >> (byte & 31) & 1;
}

/* RFC 9110 5.5: VCHAR, obs-text, blank and tab. */
static inline bool byte_is_field_text(unsigned char byte)
{
    return byte >= 0x20 ? byte != 0x7f : byte == '\t';
}

/* Where the bytes that may stand in a field's value end; eight at a time while none is odd. */
static inline const char *field_text_end(const char *at, const char *end)
{
    const uint64_t ones = UINT64_MAX / 255;
    while (end - at >= 8) {
        uint64_t eight;
        memcpy(&eight, at, sizeof eight);
        uint64_t delete = eight ^ (ones * 0x7f);
        uint64_t odd = ((eight - ones * 0x20) & ~eight) | ((delete - ones) & ~delete);
        if ((odd & (ones * 0x80)) != 0)
            break;
        at += 8;
    }
    while (at < end && byte_is_field_text((unsigned char)*at))
        at++;
    return at;
}

/* A field's value may be this: no control byte but the tab. */
static inline bool text_is_field_value(struct str text)
{
    return field_text_end(text.at, text.at + text.length) == text.at + text.length;
}

/* RFC 9110 5.6.3: what may surround a field's value. */
static inline bool byte_is_blank(unsigned char byte)
{
    return byte == ' ' || byte == '\t';
}

/* At least one byte, and all of them token bytes. */
static inline bool text_is_token(struct str text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!byte_is_token((unsigned char)text.at[i]))
            return false;
    return text.length > 0;
}

#endif

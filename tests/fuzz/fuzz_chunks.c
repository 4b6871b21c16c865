/*
 * Any bytes as a chunked body: the pieces it comes in must not matter, and the same bytes as data,
 * coded and decoded again, must come out as they went in.
 */
#include "base/buffer.h"
#include "gateway/upstream/chunks.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLAIM(truth)                                                                               \
    do {                                                                                           \
        if (!(truth))                                                                              \
            abort();                                                                               \
    } while (0)

#define MOST ((size_t)1 << 20)

/* false: refused. What was refused later in other pieces has given as much before. */
static bool decode(struct str text, size_t size, struct buffer *to, bool *ret_is_whole)
{
    struct chunks chunks;
    bool is_good = true;
    chunks_init(&chunks);
    while (text.length > 0 && is_good) {
        struct str piece = {text.at, text.length < size ? text.length : size};
        text = str_from(text, piece.length);
        while (piece.length > 0 && is_good) {
            struct str some = STR_NONE;
            size_t before = piece.length;
            is_good = chunks_next(&chunks, &piece, &some);
            CLAIM(some.length <= before && (!is_good || piece.length < before));
            if (is_good)
                buffer_append(to, some);
        }
    }
    *ret_is_whole = is_good && chunks_are_whole(&chunks);
    return is_good;
}

static void pieces_try(struct str text, size_t size)
{
    struct buffer whole;
    struct buffer pieces;
    bool is_whole;
    bool is_whole_too;
    buffer_init(&whole, MOST);
    buffer_init(&pieces, MOST);
    bool is_good = decode(text, text.length, &whole, &is_whole);
    bool is_good_too = decode(text, size, &pieces, &is_whole_too);
    CLAIM(is_good == is_good_too && is_whole == is_whole_too);
    CLAIM(str_equal(buffer_text(&whole), buffer_text(&pieces)));
    CLAIM(whole.length <= text.length);
    buffer_done(&whole);
    buffer_done(&pieces);
}

static void round_trip_try(struct str text, size_t size)
{
    struct buffer coded;
    struct buffer decoded;
    bool is_whole;
    buffer_init(&coded, 16 * MOST);
    buffer_init(&decoded, MOST);
    for (struct str rest = text; rest.length > 0;) {
        struct str piece = {rest.at, rest.length < size ? rest.length : size};
        buffer_print(&coded, "%zx;x=\"%zu\"\r\n", piece.length, size);
        buffer_append(&coded, piece);
        buffer_append(&coded, STR("\r\n"));
        rest = str_from(rest, piece.length);
    }
    buffer_append(&coded, STR("0\r\nX-Trailer: 1\r\n\r\n"));
    CLAIM(decode(buffer_text(&coded), 3 * size, &decoded, &is_whole) && is_whole);
    CLAIM(str_equal(buffer_text(&decoded), text));
    /* Cut anywhere it is not wrong, but not whole either. */
    struct str cut = {coded.at, coded.length - 1 - size % coded.length};
    buffer_clear(&decoded);
    CLAIM(decode(cut, cut.length, &decoded, &is_whole) && !is_whole);
    buffer_done(&coded);
    buffer_done(&decoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > MOST)
        return 0;
    struct str text = {(const char *)data + 1, size - 1};
    pieces_try(text, (size_t)data[0] % 32 + 1);
    round_trip_try(text, (size_t)data[0] + 1);
    return 0;
}

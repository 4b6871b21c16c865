/*
 * Any bytes as requests: the pieces they come in must not matter, and what the reader accepts, a
 * second reader accepts that looks at whole heads, line by line, and is as simple as can be.
 */
#include "base/field_bytes.h"
#include "gateway/front/request_reader.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLAIM(truth)                                                                               \
    do {                                                                                           \
        if (!(truth))                                                                              \
            abort();                                                                               \
    } while (0)

static const struct request_bounds bounds = {.head = 512, .pool = 2048};

static void feed(struct request_reader *reader, struct str text, size_t size)
{
    request_reader_init(reader, &bounds);
    while (text.length > 0 && reader->status == 0) {
        struct str piece = {text.at, text.length < size ? text.length : size};
        text = str_from(text, piece.length);
        size_t good = request_reader_feed(reader, piece);
        CLAIM(good <= piece.length && (reader->status != 0 || good == piece.length));
    }
}

/* --- the second reader -------------------------------------------------------------------- */

struct framing {
    bool is_1_0;
    bool is_chunked;
    unsigned hosts;
    unsigned lengths;
    unsigned codings;
    uint64_t length;
};

static void oracle_field(struct framing *framing, struct str line)
{
    size_t colon = str_find(line, ':');
    CLAIM(colon < line.length);
    struct str name = {line.at, colon};
    CLAIM(text_is_token(name));
    struct str value = str_trim(str_from(line, colon + 1));
    CLAIM(text_is_field_value(value));
    if (str_equal_ignore_case(name, STR("host")))
        framing->hosts++;
    if (str_equal_ignore_case(name, STR("content-length"))) {
        framing->lengths++;
        CLAIM(str_to_unsigned(value, (uint64_t)1 << 60, &framing->length));
    }
    if (str_equal_ignore_case(name, STR("transfer-encoding"))) {
        framing->codings++;
        CLAIM(str_equal_ignore_case(value, STR("chunked")));
        framing->is_chunked = true;
    }
}

static void oracle_line(struct framing *framing, struct str line)
{
    struct str method, target;
    CLAIM(str_cut(&line, ' ', &method) && str_cut(&line, ' ', &target));
    CLAIM(text_is_token(method) && target.length > 0);
    for (size_t i = 0; i < target.length; i++)
        CLAIM(target.at[i] > 0x20 && target.at[i] < 0x7f);
    framing->is_1_0 = str_equal(line, STR("HTTP/1.0"));
    CLAIM(framing->is_1_0 || str_equal(line, STR("HTTP/1.1")));
}

static struct str oracle_take_line(struct str *rest)
{
    size_t end = str_find_text(*rest, STR("\r\n"));
    CLAIM(end < rest->length);
    struct str line = {rest->at, end};
    *rest = str_from(*rest, end + 2);
    return line;
}

/* One message that was accepted as a whole; what follows stays in *rest. */
static void oracle_message(struct str *rest)
{
    struct framing framing = {.hosts = 0};
    struct str line = oracle_take_line(rest);
    if (line.length == 0)
        line = oracle_take_line(rest);
    oracle_line(&framing, line);
    while ((line = oracle_take_line(rest)).length > 0)
        oracle_field(&framing, line);
    CLAIM(framing.hosts == 1 && framing.lengths + framing.codings <= 1);
    CLAIM(!framing.is_chunked || !framing.is_1_0);
    if (!framing.is_chunked) {
        CLAIM(framing.length <= rest->length);
        *rest = str_from(*rest, (size_t)framing.length);
        return;
    }
    uint64_t size;
    do {
        line = oracle_take_line(rest);
        line.length = str_find(line, ';');
        CLAIM(line.length > 0 && line.length <= 8);
        char digits[9] = {0}, *end;
        memcpy(digits, line.at, line.length);
        size = strtoull(digits, &end, 16);
        CLAIM(end == digits + line.length && byte_is_token((unsigned char)digits[0]));
        CLAIM(size == 0 ||
              (size + 2 <= rest->length && rest->at[size] == '\r' && rest->at[size + 1] == '\n'));
        if (size > 0)
            *rest = str_from(*rest, (size_t)size + 2);
    } while (size > 0);
    while ((line = oracle_take_line(rest)).length > 0) /* what a trailer says is dropped */
        CLAIM(text_is_token((struct str){line.at, str_find(line, ':')}));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request_reader whole, pieces;
    if (size < 2)
        return 0;
    struct str text = {(const char *)data + 1, size - 1};
    feed(&whole, text, text.length);
    for (size_t step = 1; step < 64; step = step * 2 + data[0] % 8) {
        feed(&pieces, text, step);
        CLAIM(pieces.status == whole.status && pieces.whole == whole.whole);
        CLAIM(pieces.heads == whole.heads);
    }
    for (uint32_t i = 0; i < whole.whole; i++)
        oracle_message(&text);
    return 0;
}

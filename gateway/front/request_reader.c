/*
 * Each state is a function that takes a run of bytes; the loop in request_reader_feed() cuts the
 * run where a bound is, so that the bound bites at the same byte however the bytes come.
 */
#include "gateway/front/request_reader.h"

#include "base/field_bytes.h"

enum meaning {
    MEANING_NONE,
    MEANING_HOST,
    MEANING_LENGTH,
    MEANING_CODING,
    MEANING_EXPECTATION,
    MEANING_COOKIE,
    MEANING_CONNECTION,
    MEANING_COUNT
};

#define LENGTH_MAXIMUM ((uint64_t)1 << 60)

static const char *read_between(struct request_reader *reader, const char *at, const char *end);
static const char *read_field(struct request_reader *reader, const char *at, const char *end);

static const char *refuse(struct request_reader *reader, int status)
{
    reader->status = status;
    return NULL;
}

static void word_append(struct request_reader *reader, const char *at, size_t length)
{
    size_t room = REQUEST_WORD - reader->word_length;
    if (reader->word_length > REQUEST_WORD)
        return;
    if (length > room) {
        reader->word_length = REQUEST_WORD + 1;
        return;
    }
    memcpy(reader->word + reader->word_length, at, length);
    reader->word_length = (uint8_t)(reader->word_length + length);
}

static void message_begin(struct request_reader *reader)
{
    reader->state = read_between;
    reader->part = REQUEST_BETWEEN;
    reader->head = 0;
    reader->fields = 0;
    reader->index = 0;
    reader->hosts = 0;
    reader->new_lines = 0;
    reader->has_length = false;
    reader->is_chunked = false;
    reader->has_expectation = false;
    reader->has_close = false;
    reader->has_keep = false;
    reader->word_length = 0;
    reader->left = 0;
    reader->body = 0;
    reader->body_limit = UINT64_MAX;
}

static const char *read_over(struct request_reader *reader, const char *at, const char *end)
{
    (void)at, (void)end;
    return refuse(reader, REQUEST_OVER);
}

static void message_end(struct request_reader *reader)
{
    bool is_last = reader->has_close || (reader->is_1_0 && !reader->has_keep);
    reader->whole++;
    message_begin(reader);
    reader->is_over = is_last;
    if (is_last)
        reader->state = read_over;
}

/* --- the body ----------------------------------------------------------------------------- */

static const char *read_counted(struct request_reader *reader, const char *at, const char *end)
{
    uint64_t length = (uint64_t)(end - at);
    if (length > reader->left)
        length = reader->left;
    reader->left -= length;
    reader->body += length;
    if (reader->left == 0)
        message_end(reader);
    return at + length;
}

static bool trailer_fits(const struct request_reader *reader)
{
    size_t index = (size_t)reader->chunks.trailer_fields * REQUEST_INDEX_COST;
    return reader->chunks.trailer_fields <= REQUEST_FIELDS &&
           reader->head + reader->index + reader->chunks.trailer + index <= reader->bounds->pool;
}

/* Framing goes byte by byte, so that what is wrong first is seen first. */
static const char *read_chunks(struct request_reader *reader, const char *at, const char *end)
{
    struct chunks *chunks = &reader->chunks;
    struct str rest = {at, chunks->state == CHUNKS_DATA ? (size_t)(end - at) : 1};
    struct str data;
    if (!chunks_read(chunks, &rest, &data))
        return refuse(reader, chunks->trailer > CHUNK_TRAILER_BYTES ? 431 : 400);
    reader->body += data.length;
    if (request_reader_announced(reader) > reader->body_limit)
        return refuse(reader, 413);
    if (chunks->trailer > 0 && !trailer_fits(reader))
        return refuse(reader, 431);
    if (chunks_are_whole(chunks))
        message_end(reader);
    return rest.at;
}

/* --- the fields --------------------------------------------------------------------------- */

/* RFC 9112 6.3, as far as it leaves no doubt; the rest is refused. */
static const char *head_end(struct request_reader *reader, const char *at)
{
    if (reader->hosts != 1 || (reader->has_length && reader->is_chunked) ||
        (reader->is_chunked && reader->is_1_0))
        return refuse(reader, 400);
    reader->heads++;
    reader->part = REQUEST_BODY;
    if (reader->is_chunked) {
        chunks_init(&reader->chunks);
        reader->state = read_chunks;
    } else if (reader->left > 0) {
        reader->state = read_counted;
    } else {
        message_end(reader);
    }
    return at;
}

static const char *read_end_lf(struct request_reader *reader, const char *at, const char *end)
{
    (void)end;
    return *at == '\n' ? head_end(reader, at + 1) : refuse(reader, 400);
}

static const char *read_value_lf(struct request_reader *reader, const char *at, const char *end)
{
    (void)end;
    reader->state = read_field;
    return *at == '\n' ? at + 1 : refuse(reader, 400);
}

static const char *read_value(struct request_reader *reader, const char *at, const char *end)
{
    at = field_text_end(at, end);
    if (at == end)
        return at;
    reader->state = read_value_lf;
    return *at == '\r' ? at + 1 : refuse(reader, 400);
}

static bool take_length(struct request_reader *reader, struct str word)
{
    bool is_first = !reader->has_length;
    reader->has_length = true;
    return is_first && str_to_unsigned(word, LENGTH_MAXIMUM, &reader->left);
}

static bool take_coding(struct request_reader *reader, struct str word)
{
    bool is_first = !reader->is_chunked;
    reader->is_chunked = true;
    return is_first && str_equal_ignore_case(word, STR("chunked"));
}

/* In HTTP/1.0 an expectation means nothing (RFC 9110 10.1.1). */
static bool take_expectation(struct request_reader *reader, struct str word)
{
    reader->has_expectation = !reader->is_1_0;
    return reader->is_1_0 || str_equal_ignore_case(word, STR("100-continue"));
}

/*
 * The value is there. 0 or the status that refuses it. Blanks behind a length or a coding are right
 * (RFC 9112 5.1) and refused all the same: the library does not take them off, and would see
 * another message than we do.
 */
static int take_word(struct request_reader *reader)
{
    struct str word = {reader->word, reader->word_length};
    if (reader->word_length > REQUEST_WORD)
        word.length = 0; /* longer than all that is known */
    switch (reader->meaning) {
    case MEANING_LENGTH:
        return take_length(reader, word) ? 0 : 400;
    case MEANING_CODING:
        return take_coding(reader, word) ? 0 : 400;
    default:
        return take_expectation(reader, str_trim(word)) ? 0 : 417;
    }
}

/* Of a value that is short where it is right. Blanks before it do not count. */
static const char *read_word(struct request_reader *reader, const char *at, const char *end)
{
    if (reader->word_length == 0)
        while (at < end && byte_is_blank((unsigned char)*at))
            at++;
    for (; at < end && byte_is_field_text((unsigned char)*at); at++)
        word_append(reader, at, 1);
    if (at == end)
        return at;
    if (*at != '\r')
        return refuse(reader, 400);
    int status = take_word(reader);
    reader->state = read_value_lf;
    return status == 0 ? at + 1 : refuse(reader, status);
}

static void take_option(struct request_reader *reader)
{
    struct str word = {reader->word, reader->word_length};
    if (word.length <= REQUEST_WORD) {
        word = str_trim(word);
        reader->has_close = reader->has_close || str_equal_ignore_case(word, STR("close"));
        reader->has_keep = reader->has_keep || str_equal_ignore_case(word, STR("keep-alive"));
    }
    reader->word_length = 0;
}

static const char *read_options(struct request_reader *reader, const char *at, const char *end)
{
    for (; at < end && byte_is_field_text((unsigned char)*at); at++) {
        if (*at == ',')
            take_option(reader);
        else if (reader->word_length > 0 || !byte_is_blank((unsigned char)*at))
            word_append(reader, at, 1);
    }
    if (at == end)
        return at;
    take_option(reader);
    reader->state = read_value_lf;
    return *at == '\r' ? at + 1 : refuse(reader, 400);
}

/* The library copies the value and indexes each cookie in it. */
static const char *read_cookies(struct request_reader *reader, const char *at, const char *end)
{
    size_t head = reader->head;
    for (; at < end && byte_is_field_text((unsigned char)*at); at++) {
        reader->index += *at == ';' || *at == ',' ? REQUEST_INDEX_COST + 1 : 1;
        if (++head + reader->index > reader->bounds->pool)
            return refuse(reader, 431);
    }
    if (at == end)
        return at;
    reader->state = read_value_lf;
    return *at == '\r' ? at + 1 : refuse(reader, 400);
}

static enum meaning meaning_of(struct str name)
{
    switch (name.length) {
    case 4:
        return str_equal_ignore_case(name, STR("host")) ? MEANING_HOST : MEANING_NONE;
    case 6:
        return str_equal_ignore_case(name, STR("expect"))   ? MEANING_EXPECTATION
               : str_equal_ignore_case(name, STR("cookie")) ? MEANING_COOKIE
                                                            : MEANING_NONE;
    case 10:
        return str_equal_ignore_case(name, STR("connection")) ? MEANING_CONNECTION : MEANING_NONE;
    case 14:
        return str_equal_ignore_case(name, STR("content-length")) ? MEANING_LENGTH : MEANING_NONE;
    case 17:
        return str_equal_ignore_case(name, STR("transfer-encoding")) ? MEANING_CODING
                                                                     : MEANING_NONE;
    default:
        return MEANING_NONE;
    }
}

/* The name is there and the colon is behind it. */
static void field_begin_value(struct request_reader *reader, struct str name)
{
    enum meaning meaning = meaning_of(name);
    reader->meaning = (uint8_t)meaning;
    reader->word_length = 0;
    reader->state = read_value;
    if (meaning == MEANING_HOST) {
        reader->hosts++;
    } else if (meaning == MEANING_COOKIE) {
        reader->index += REQUEST_INDEX_COST;
        reader->state = read_cookies;
    } else if (meaning == MEANING_CONNECTION) {
        reader->state = read_options;
    } else if (meaning != MEANING_NONE) {
        reader->state = read_word;
    }
}

static const char *read_name(struct request_reader *reader, const char *at, const char *end)
{
    const char *begin = at;
    while (at < end && byte_is_token((unsigned char)*at))
        at++;
    struct str name = {begin, (size_t)(at - begin)};
    if (at == end || reader->word_length > 0) {
        word_append(reader, name.at, name.length);
        name = (struct str){reader->word, reader->word_length};
    }
    if (at == end)
        return at;
    if (*at != ':')
        return refuse(reader, 400);
    field_begin_value(reader, name);
    return at + 1;
}

/* A line that begins with a blank would be folded: it begins with no token byte. */
static const char *read_field(struct request_reader *reader, const char *at, const char *end)
{
    (void)end;
    if (*at == '\r') {
        reader->state = read_end_lf;
        return at + 1;
    }
    if (!byte_is_token((unsigned char)*at))
        return refuse(reader, 400);
    reader->index += REQUEST_INDEX_COST;
    if (++reader->fields > REQUEST_FIELDS || reader->head + reader->index > reader->bounds->pool)
        return refuse(reader, 431);
    reader->word_length = 0;
    reader->state = read_name;
    return at;
}

/* --- the request line --------------------------------------------------------------------- */

static const char *read_line_lf(struct request_reader *reader, const char *at, const char *end)
{
    (void)end;
    reader->state = read_field;
    reader->part = REQUEST_FIELDS_PART;
    return *at == '\n' ? at + 1 : refuse(reader, 400);
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* RFC 9112 2.3. 0 or the status that refuses it. */
static int take_version(struct request_reader *reader)
{
    const char *word = reader->word;
    if (reader->word_length != 8 || memcmp(word, "HTTP/", 5) != 0 || !is_digit(word[5]) ||
        word[6] != '.' || !is_digit(word[7]))
        return 400;
    reader->is_1_0 = word[7] == '0';
    return word[5] == '1' && word[7] <= '1' ? 0 : 505;
}

static const char *read_version(struct request_reader *reader, const char *at, const char *end)
{
    const char *begin = at;
    while (at<end && * at> 0x20 && *at < 0x7f && reader->word_length + (at - begin) <= 8)
        at++;
    word_append(reader, begin, (size_t)(at - begin));
    if (at == end)
        return at;
    if (*at != '\r')
        return refuse(reader, 400);
    int status = take_version(reader);
    reader->state = read_line_lf;
    return status == 0 ? at + 1 : refuse(reader, status);
}

static const char *read_target(struct request_reader *reader, const char *at, const char *end)
{
    const char *begin = at;
    while (at<end && * at> 0x20 && *at < 0x7f)
        at++;
    if (at > begin)
        reader->word_length = 1; /* there is one */
    if (at == end)
        return at;
    if (*at != ' ' || reader->word_length == 0)
        return refuse(reader, 400);
    reader->word_length = 0;
    reader->state = read_version;
    return at + 1;
}

static const char *read_method(struct request_reader *reader, const char *at, const char *end)
{
    const char *begin = at;
    while (at < end && byte_is_token((unsigned char)*at))
        at++;
    if (reader->head + (size_t)(at - begin) > REQUEST_METHOD)
        return refuse(reader, 501);
    if (at == end)
        return at;
    if (*at != ' ')
        return refuse(reader, 400);
    reader->state = read_target;
    return at + 1;
}

static const char *read_empty_lf(struct request_reader *reader, const char *at, const char *end)
{
    (void)end;
    reader->state = read_between;
    return *at == '\n' ? at + 1 : refuse(reader, 400);
}

/* One empty line is passed over, as old clients send it behind a body (RFC 9112 2.2). */
static const char *read_between(struct request_reader *reader, const char *at, const char *end)
{
    (void)end;
    reader->part = REQUEST_LINE;
    if (*at == '\r' && reader->new_lines < REQUEST_EMPTY_LINES) {
        reader->new_lines++;
        reader->state = read_empty_lf;
        return at + 1;
    }
    if (!byte_is_token((unsigned char)*at))
        return refuse(reader, 400);
    reader->head = 0;
    reader->state = read_method;
    return at;
}

/* --- feeding ------------------------------------------------------------------------------ */

void request_reader_init(struct request_reader *reader, const struct request_bounds *bounds)
{
    memset(reader, 0, sizeof *reader);
    reader->bounds = bounds;
    message_begin(reader);
}

uint64_t request_reader_announced(const struct request_reader *reader)
{
    bool is_in_chunk = reader->is_chunked && reader->chunks.state == CHUNKS_DATA;
    return reader->body + (is_in_chunk ? reader->chunks.left : reader->left);
}

bool request_reader_limit_body(struct request_reader *reader, uint64_t limit)
{
    if (reader->part != REQUEST_BODY)
        return true;
    reader->body_limit = limit;
    if (request_reader_announced(reader) > limit)
        reader->status = 413;
    return reader->status == 0;
}

/* A run in the head, cut where the head would be too long. */
static const char *head_step(struct request_reader *reader, const char *at, const char *end)
{
    size_t room = reader->bounds->head - reader->head;
    if (room == 0)
        return refuse(reader, reader->part == REQUEST_LINE ? 414 : 431);
    const char *next = reader->state(reader, at, (size_t)(end - at) > room ? at + room : end);
    if (next != NULL)
        reader->head += (uint32_t)(next - at);
    return next;
}

size_t request_reader_feed(struct request_reader *reader, struct str piece)
{
    const char *at = piece.at, *end = piece.at + piece.length, *good = piece.at;
    while (at < end && reader->status == 0) {
        uint32_t whole = reader->whole;
        const char *next = reader->part == REQUEST_BODY ? reader->state(reader, at, end)
                                                        : head_step(reader, at, end);
        if (next == NULL)
            break;
        at = next;
        if (reader->whole != whole) {
            reader->head = 0;
            good = at;
        }
    }
    return reader->status == 0 ? piece.length : (size_t)(good - piece.at);
}

/*
 * The strict reader of answer heads. Fields are offsets into the text, so it does not matter when
 * the text moves while it grows, and a head that is refused has cost the arena nothing.
 */
#include "gateway/upstream/answer_head.h"

#include "base/arena.h"
#include "base/field_bytes.h"
#include "gateway/upstream/answer.h"

#define LENGTH_DIGITS 18 /* fit into 63 bits, as transports count */

/* Between an interim answer and the next one: what counts against a bound stays. */
static void head_begin(struct answer_head *head)
{
    head->state = ANSWER_HEAD_AT_STATUS;
    head->status = 0;
    head->is_1_0 = false;
    head->has_length = false;
    head->is_chunked = false;
    head->is_last = false;
    head->length = 0;
    head->field_count = 0;
}

void answer_head_reset(struct answer_head *head)
{
    head_begin(head);
    head->interim_count = 0;
    head->bytes = 0;
    head->fields = 0;
    head->searched = 0;
}

static bool is_field_text(struct str text)
{
    return field_text_end(text.at, text.at + text.length) == text.at + text.length;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* RFC 9112 4: HTTP-version SP status-code SP [reason]; the last SP may be missing. */
static bool head_take_status(struct answer_head *head, struct str line)
{
    const char *at = line.at;
    if (line.length < 12 || memcmp(at, "HTTP/1.", 7) != 0 || (at[7] != '0' && at[7] != '1') ||
        at[8] != ' ' || !is_digit(at[9]) || !is_digit(at[10]) || !is_digit(at[11]))
        return false;
    if (line.length > 12 && (at[12] != ' ' || !is_field_text(str_from(line, 13))))
        return false;
    head->is_1_0 = at[7] == '0';
    head->status = (at[9] - '0') * 100 + (at[10] - '0') * 10 + (at[11] - '0');
    head->state = ANSWER_HEAD_AT_FIELDS;
    /* 101 only answers an Upgrade, which is never asked for here. */
    return head->status >= 100 && head->status <= 599 && head->status != 101;
}

/* Twins are refused even where they agree (RFC 9112 6.3, 5). */
static bool head_take_length(struct answer_head *head, struct str value)
{
    if (head->has_length || head->is_chunked || value.length > LENGTH_DIGITS)
        return false;
    head->has_length = true;
    return str_to_unsigned(value, INT64_MAX, &head->length);
}

/* Only `chunked`, once, and only in HTTP/1.1 (RFC 9112 6.1). */
static bool head_take_coding(struct answer_head *head, struct str value)
{
    if (head->has_length || head->is_chunked || head->is_1_0)
        return false;
    head->is_chunked = true;
    return str_equal_ignore_case(value, STR("chunked"));
}

/* RFC 9112 9.6; the other options say nothing that matters here. */
static bool head_take_options(struct answer_head *head, struct str value)
{
    struct str option;
    while (str_cut(&value, ',', &option)) {
        if (str_equal_ignore_case(str_trim(option), STR("close")))
            head->is_last = true;
    }
    return true;
}

static bool head_take_meaning(struct answer_head *head, struct str name, struct str value)
{
    switch (name.length) {
    case 10:
        if (str_equal_ignore_case(name, STR("connection")))
            return head_take_options(head, value);
        return true;
    case 14:
        if (str_equal_ignore_case(name, STR("content-length")))
            return head_take_length(head, value);
        return true;
    case 17:
        if (str_equal_ignore_case(name, STR("transfer-encoding")))
            return head_take_coding(head, value);
        return true;
    default:
        return true;
    }
}

/*
 * RFC 9112 5: field-name ":" OWS field-value OWS; a folded line begins with no token byte. `at` is
 * where the line lies in the text.
 */
static bool head_take_field(struct answer_head *head, struct str line, size_t at)
{
    struct str name = {line.at, 0};
    while (name.length < line.length && byte_is_token((unsigned char)line.at[name.length]))
        name.length++;
    if (name.length == 0 || name.length == line.length || line.at[name.length] != ':' ||
        head->field_count == ANSWER_HEAD_FIELDS)
        return false;
    struct str value = str_trim(str_from(line, name.length + 1));
    if (!is_field_text(value) || !head_take_meaning(head, name, value))
        return false;
    head->spans[head->field_count++] = (struct field_span){
        .name = (uint32_t)at,
        .name_length = (uint32_t)name.length,
        .value = (uint32_t)(at + (size_t)(value.at - line.at)),
        .value_length = (uint32_t)value.length,
    };
    return true;
}

static bool head_end(struct answer_head *head)
{
    bool is_interim = head->status < 200;
    /* RFC 9112 6.1, RFC 9110 8.6: there is no body whose framing these could be. */
    if (is_interim && (head->has_length || head->is_chunked))
        return false;
    if (head->status == 204 && head->is_chunked)
        return false;
    if (!is_interim) {
        head->state = ANSWER_HEAD_IS_WHOLE;
        return true;
    }
    head_begin(head);
    return ++head->interim_count <= ANSWER_HEAD_INTERIMS;
}

/* One whole line, which lies at head->bytes. */
static bool head_take_line(struct answer_head *head, struct str line)
{
    size_t at = head->bytes;
    head->bytes += line.length;
    if (head->bytes > ANSWER_HEAD_BYTES || line.length < 2 || line.at[line.length - 2] != '\r')
        return false;
    line.length -= 2;
    if (head->state == ANSWER_HEAD_AT_STATUS) {
        head->fields = head->bytes;
        return head_take_status(head, line);
    }
    return line.length == 0 ? head_end(head) : head_take_field(head, line, at);
}

/* What will never be an answer is not waited for. */
static bool head_may_go_on(const struct answer_head *head, struct str text)
{
    struct str begin = str_from(text, head->bytes);
    if (begin.length > 7)
        begin.length = 7;
    bool is_status = head->state == ANSWER_HEAD_AT_STATUS;
    return text.length <= ANSWER_HEAD_BYTES &&
           (!is_status || begin.length == 0 || memcmp(begin.at, "HTTP/1.", begin.length) == 0);
}

bool answer_head_read(struct answer_head *head, struct str text)
{
    while (head->state != ANSWER_HEAD_IS_WHOLE) {
        size_t end = head->searched + str_find(str_from(text, head->searched), '\n');
        if (end == text.length) {
            head->searched = end;
            return head_may_go_on(head, text);
        }
        head->searched = end + 1;
        struct str line = {text.at + head->bytes, end + 1 - head->bytes};
        if (!head_take_line(head, line))
            return false;
    }
    return true;
}

void answer_head_give(const struct answer_head *head, struct str text, struct arena *arena,
                      struct flight_answer *ret_answer)
{
    struct str lines = {text.at + head->fields, head->bytes - head->fields};
    struct str copy = str_copy(arena, lines);
    struct field *fields = arena_allocate(arena, sizeof(*fields) * head->field_count);
    for (uint32_t i = 0; i < head->field_count; i++) {
        const struct field_span *span = &head->spans[i];
        fields[i].name = (struct str){copy.at + (span->name - head->fields), span->name_length};
        fields[i].value = (struct str){copy.at + (span->value - head->fields), span->value_length};
    }
    ret_answer->status = head->status;
    ret_answer->fields = fields;
    ret_answer->field_count = head->field_count;
}

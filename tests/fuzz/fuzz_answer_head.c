/*
 * Any bytes as the head of an answer, in pieces of any size: the pieces must not matter, what is
 * given must be what RFC 9112 allows, and given again as text it must be read the same.
 */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/field_bytes.h"
#include "gateway/upstream/answer.h"
#include "gateway/upstream/answer_head.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLAIM(truth)                                                                               \
    do {                                                                                           \
        if (!(truth))                                                                              \
            abort();                                                                               \
    } while (0)

/* The text moves with every piece, as a buffer's does. */
static bool read_in_pieces(struct answer_head *head, struct str text, size_t size)
{
    char *before = NULL;
    bool is_good = true;
    answer_head_reset(head);
    for (size_t came = 0; came < text.length && is_good && head->state != ANSWER_HEAD_IS_WHOLE;) {
        came = text.length - came < size ? text.length : came + size;
        char *copy = malloc(came);
        if (!copy)
            abort();
        memcpy(copy, text.at, came);
        free(before);
        before = copy;
        is_good = answer_head_read(head, (struct str){copy, came});
    }
    free(before);
    return is_good;
}

static void field_try(const struct field *field)
{
    CLAIM(field->name.length > 0);
    for (size_t i = 0; i < field->name.length; i++) {
        unsigned char byte = (unsigned char)field->name.at[i];
        CLAIM(byte > 0x20 && byte < 0x7F && byte != ':' && byte != ',' && byte != '(');
    }
    CLAIM(text_is_field_value(field->value));
    CLAIM(str_equal(str_trim(field->value), field->value));
}

static void framing_try(const struct answer_head *head, const struct flight_answer *answer)
{
    unsigned lengths = 0;
    unsigned codings = 0;
    for (uint32_t i = 0; i < answer->field_count; i++) {
        lengths += str_equal_ignore_case(answer->fields[i].name, STR("content-length"));
        codings += str_equal_ignore_case(answer->fields[i].name, STR("transfer-encoding"));
    }
    CLAIM(lengths + codings <= 1);
    CLAIM(head->has_length == (lengths == 1) && head->is_chunked == (codings == 1));
    CLAIM(!head->is_chunked || !head->is_1_0);
}

static void write_again(struct buffer *to, const struct answer_head *head,
                        const struct flight_answer *answer)
{
    buffer_print(to, "HTTP/1.%d %03d again\r\n", head->is_1_0 ? 0 : 1, answer->status);
    for (uint32_t i = 0; i < answer->field_count; i++) {
        buffer_append(to, answer->fields[i].name);
        buffer_append(to, STR(": "));
        buffer_append(to, answer->fields[i].value);
        buffer_append(to, STR("\r\n"));
    }
    buffer_append(to, STR("\r\n"));
}

static void whole_try(const struct answer_head *head, struct str text)
{
    static struct answer_head second;
    struct arena arena;
    struct buffer buffer;
    struct flight_answer answer;
    struct flight_answer again;
    arena_init(&arena, NULL, 1 << 20);
    buffer_init(&buffer, 4 * ANSWER_HEAD_BYTES);
    answer_head_give(head, text, &arena, &answer);
    CLAIM(head->bytes <= text.length && head->bytes <= ANSWER_HEAD_BYTES);
    CLAIM(answer.status >= 200 && answer.status <= 599);
    CLAIM(answer.field_count <= ANSWER_HEAD_FIELDS);
    for (uint32_t i = 0; i < answer.field_count; i++)
        field_try(&answer.fields[i]);
    framing_try(head, &answer);
    write_again(&buffer, head, &answer);
    if (buffer.length <= ANSWER_HEAD_BYTES) { /* a colon without its blank has grown */
        CLAIM(read_in_pieces(&second, buffer_text(&buffer), buffer.length));
        CLAIM(second.state == ANSWER_HEAD_IS_WHOLE && second.bytes == buffer.length);
        answer_head_give(&second, buffer_text(&buffer), &arena, &again);
        CLAIM(again.status == answer.status && again.field_count == answer.field_count);
        CLAIM(second.length == head->length && second.is_last == head->is_last);
        for (uint32_t i = 0; i < answer.field_count; i++)
            CLAIM(str_equal(again.fields[i].name, answer.fields[i].name) &&
                  str_equal(again.fields[i].value, answer.fields[i].value));
    }
    buffer_done(&buffer);
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct answer_head whole;
    static struct answer_head pieces;
    if (size < 2)
        return 0;
    struct str text = {(const char *)data + 1, size - 1};
    bool is_good = read_in_pieces(&whole, text, text.length);
    bool is_good_too = read_in_pieces(&pieces, text, (size_t)data[0] % 32 + 1);
    bool is_whole = is_good && whole.state == ANSWER_HEAD_IS_WHOLE;
    CLAIM(is_good == is_good_too);
    CLAIM(!is_good || (pieces.state == whole.state && pieces.bytes == whole.bytes &&
                       pieces.field_count == whole.field_count && pieces.status == whole.status));
    if (is_whole)
        whole_try(&whole, text);
    return 0;
}

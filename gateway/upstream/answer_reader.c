/*
 * One answer from its first byte to its last.
 */
#include "gateway/upstream/answer_reader.h"

#include "base/arena.h"
#include "gateway/upstream/answer.h"

void answer_reader_reset(struct answer_reader *reader, struct arena *arena, uint64_t maximum,
                         bool is_to_head, struct flight_answer *answer)
{
    reader->arena = arena;
    reader->answer = answer;
    reader->is_to_head = is_to_head;
    reader->has_surplus = false;
    reader->framing = ANSWER_WITHOUT_BODY;
    answer_head_reset(&reader->head);
    chunks_init(&reader->chunks);
    answer_body_init(&reader->body, arena, maximum);
}

/* --- the head ----------------------------------------------------------------------------- */

/* RFC 9112 6.3; what a head says of a body that cannot be is not about this message. */
static enum answer_framing framing_of(const struct answer_head *head, bool is_to_head)
{
    if (is_to_head || head->status == 204 || head->status == 304)
        return ANSWER_WITHOUT_BODY;
    if (head->is_chunked)
        return ANSWER_IN_CHUNKS;
    return head->has_length ? ANSWER_BY_LENGTH : ANSWER_UNTIL_CLOSE;
}

enum reason answer_reader_take_head(struct answer_reader *reader, struct str text)
{
    struct answer_head *head = &reader->head;
    if (!answer_head_read(head, text))
        return REASON_PROTOCOL;
    if (!answer_reader_has_head(reader))
        return REASON_NONE;
    reader->framing = framing_of(head, reader->is_to_head);
    if (reader->framing == ANSWER_BY_LENGTH && !answer_body_expect(&reader->body, head->length))
        return REASON_TOO_LARGE;
    answer_head_give(head, text, reader->arena, reader->answer);
    return REASON_NONE;
}

/* --- the body ----------------------------------------------------------------------------- */

static enum reason reader_take_chunks(struct answer_reader *reader, struct str bytes)
{
    while (bytes.length > 0) {
        struct str piece;
        if (!chunks_next(&reader->chunks, &bytes, &piece))
            return REASON_PROTOCOL;
        if (!answer_body_append(&reader->body, piece))
            return REASON_TOO_LARGE;
    }
    return REASON_NONE;
}

static enum reason reader_take_length(struct answer_reader *reader, struct str bytes)
{
    uint64_t left = reader->head.length - reader->body.length;
    if (bytes.length > left) {
        reader->has_surplus = true;
        bytes.length = (size_t)left;
    }
    return answer_body_append(&reader->body, bytes) ? REASON_NONE : REASON_TOO_LARGE;
}

enum reason answer_reader_take(struct answer_reader *reader, struct str bytes)
{
    if (!answer_reader_has_head(reader))
        return REASON_PROTOCOL;
    switch (reader->framing) {
    case ANSWER_WITHOUT_BODY:
        reader->has_surplus |= bytes.length > 0;
        return REASON_NONE;
    case ANSWER_BY_LENGTH:
        return reader_take_length(reader, bytes);
    case ANSWER_IN_CHUNKS:
        return reader_take_chunks(reader, bytes);
    case ANSWER_UNTIL_CLOSE:
        break;
    }
    return answer_body_append(&reader->body, bytes) ? REASON_NONE : REASON_TOO_LARGE;
}

size_t answer_reader_room(const struct answer_reader *reader, char **ret_at)
{
    if (!answer_reader_has_head(reader) || reader->framing != ANSWER_BY_LENGTH)
        return 0;
    *ret_at = reader->body.at + reader->body.length;
    return (size_t)(reader->head.length - reader->body.length);
}

void answer_reader_was_put(struct answer_reader *reader, size_t length)
{
    reader->body.length += length;
}

/* --- the end ------------------------------------------------------------------------------ */

bool answer_reader_is_whole(const struct answer_reader *reader)
{
    if (!answer_reader_has_head(reader))
        return false;
    switch (reader->framing) {
    case ANSWER_WITHOUT_BODY:
        return true;
    case ANSWER_BY_LENGTH:
        return reader->body.length == reader->head.length;
    case ANSWER_IN_CHUNKS:
        return chunks_are_whole(&reader->chunks);
    case ANSWER_UNTIL_CLOSE:
        break;
    }
    return false;
}

enum reason answer_reader_end(const struct answer_reader *reader, bool is_in_order)
{
    if (answer_reader_is_whole(reader))
        return REASON_NONE;
    if (reader->head.bytes == 0 || !is_in_order)
        return REASON_RESET;
    if (!answer_reader_has_head(reader))
        return REASON_PROTOCOL;
    return reader->framing == ANSWER_UNTIL_CLOSE ? REASON_NONE : REASON_RESET;
}

bool answer_reader_keeps_connection(const struct answer_reader *reader)
{
    return answer_reader_is_whole(reader) && !reader->has_surplus && !reader->head.is_1_0 &&
           !reader->head.is_last;
}

enum reason answer_reader_give(const struct answer_reader *reader)
{
    reader->answer->body = answer_body_text(&reader->body);
    return arena_is_over(reader->arena) ? REASON_TOO_LARGE : REASON_NONE;
}

/*
 * Reading one answer, whoever receives its bytes: head, then the body as the head frames it
 * (RFC 9112 6.3). The rules of what an answer is are here once, for every transport.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_ANSWER_READER_H
#define BRAID_GATEWAY_UPSTREAM_ANSWER_READER_H

#include "config/reason.h"
#include "gateway/upstream/answer_body.h"
#include "gateway/upstream/answer_head.h"
#include "gateway/upstream/chunks.h"

struct arena;
struct flight_answer;

enum answer_framing {
    ANSWER_WITHOUT_BODY,
    ANSWER_BY_LENGTH,
    ANSWER_IN_CHUNKS,
    ANSWER_UNTIL_CLOSE,
};

struct answer_reader {
    struct arena *arena;
    struct flight_answer *answer;
    bool is_to_head;             /* answers a HEAD, so there is no body */
    bool has_surplus;            /* bytes came behind the end */
    enum answer_framing framing; /* once the head is whole */
    struct answer_head head;
    struct chunks chunks;
    struct answer_body body;
};

/* For the next answer, whose parts go into `arena` and *answer (keeps both). */
void answer_reader_reset(struct answer_reader *reader, struct arena *arena, uint64_t maximum,
                         bool is_to_head, struct flight_answer *answer);

/* A byte of the answer has come. */
static inline bool answer_reader_has_begun(const struct answer_reader *reader)
{
    return reader->head.searched > 0;
}

static inline bool answer_reader_has_head(const struct answer_reader *reader)
{
    return reader->head.state == ANSWER_HEAD_IS_WHOLE;
}

/*
 * Reads on in the head: `text` is all that came of the answer. Once the head is whole the body
 * begins at text[head.bytes], and status and fields are in the answer.
 */
enum reason answer_reader_take_head(struct answer_reader *reader, struct str text);

/* The next bytes behind the head. */
enum reason answer_reader_take(struct answer_reader *reader, struct str bytes);

/*
 * How many bytes of the body may be put at *ret_at at once, 0 where there is no such place; what
 * was put there is then announced.
 */
size_t answer_reader_room(const struct answer_reader *reader, char **ret_at);
void answer_reader_was_put(struct answer_reader *reader, size_t length);

/* Nothing more belongs to it. An answer until close is never whole before the end. */
bool answer_reader_is_whole(const struct answer_reader *reader);

/* The connection has ended, in order or by a reset: NONE where the answer is whole by that. */
enum reason answer_reader_end(const struct answer_reader *reader, bool is_in_order);

/* Another answer may follow on the same connection. */
bool answer_reader_keeps_connection(const struct answer_reader *reader);

/* Gives the body of a whole answer. TOO_LARGE where the arena is over. */
enum reason answer_reader_give(const struct answer_reader *reader);

#endif

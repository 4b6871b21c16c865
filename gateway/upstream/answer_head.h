/*
 * The head of an answer, read more strictly than libraries do: what two readers could understand
 * differently is refused (RFC 9112 2.2, 4, 5, 6). It is read where it lies, line by line as the
 * lines become whole; nothing is copied before the head is. Interim answers (1xx) are skipped.
 * This says what the head announced; the body is not its business.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_ANSWER_HEAD_H
#define BRAID_GATEWAY_UPSTREAM_ANSWER_HEAD_H

#include "base/str.h"

#define ANSWER_HEAD_BYTES    ((size_t)32 * 1024) /* interim heads included */
#define ANSWER_HEAD_FIELDS   100
#define ANSWER_HEAD_INTERIMS 8

struct arena;
struct flight_answer;

enum answer_head_state { ANSWER_HEAD_AT_STATUS, ANSWER_HEAD_AT_FIELDS, ANSWER_HEAD_IS_WHOLE };

/* Offsets into the text of the answer. */
struct field_span {
    uint32_t name;
    uint32_t name_length;
    uint32_t value;
    uint32_t value_length;
};

struct answer_head {
    enum answer_head_state state;
    int status;
    bool is_1_0;
    bool has_length;
    bool is_chunked;
    bool is_last;    /* "Connection: close" */
    uint64_t length; /* where has_length */
    uint32_t interim_count;
    uint32_t field_count;
    size_t bytes;    /* of all whole lines so far; in the end, where the body begins */
    size_t fields;   /* where the field lines begin */
    size_t searched; /* up to here the line that is not whole yet has no end */
    struct field_span spans[ANSWER_HEAD_FIELDS];
};

/* For the next answer. */
void answer_head_reset(struct answer_head *head);

/*
 * Reads on. `text` is all that came of the answer, from its first byte on, wherever it lies now;
 * what follows the head is not looked at. false: not HTTP/1.1 as RFC 9112 has it, or beyond a
 * bound.
 */
bool answer_head_read(struct answer_head *head, struct str text);

/* Copies status and fields of a whole head, which is the beginning of `text`, into the arena. */
void answer_head_give(const struct answer_head *head, struct str text, struct arena *arena,
                      struct flight_answer *ret_answer);

#endif

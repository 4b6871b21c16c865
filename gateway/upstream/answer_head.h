/*
 * The head of an answer, line by line, read more strictly than libraries do: what two readers
 * could understand differently is refused (RFC 9112 2.2, 4, 5, 6). Interim answers (1xx) are
 * dropped. Framing itself is the transport's; this says what the head announced.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_ANSWER_HEAD_H
#define BRAID_GATEWAY_UPSTREAM_ANSWER_HEAD_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>

#define ANSWER_HEAD_BYTES    ((size_t)32 * 1024) /* interim heads included */
#define ANSWER_HEAD_FIELDS   100
#define ANSWER_HEAD_INTERIMS 8

struct arena;
struct flight_answer;

enum answer_head_state { ANSWER_HEAD_AT_STATUS, ANSWER_HEAD_AT_FIELDS, ANSWER_HEAD_IS_WHOLE };

/* Offsets into the head's text. */
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
    uint64_t length; /* where has_length */
    uint32_t interim_count;
    uint32_t field_count;
    size_t bytes; /* all lines so far */
    struct buffer text;
    struct field_span spans[ANSWER_HEAD_FIELDS];
};

void answer_head_init(struct answer_head *head);
void answer_head_done(struct answer_head *head);

/* For the next answer; the memory stays. */
void answer_head_reset(struct answer_head *head);

/* One line with its line end. false: not HTTP/1.1 as RFC 9112 has it, or beyond a bound. */
bool answer_head_line(struct answer_head *head, struct str line);

/* Copies status and fields of a whole head into the arena. */
void answer_head_give(const struct answer_head *head, struct arena *arena,
                      struct flight_answer *ret_answer);

#endif

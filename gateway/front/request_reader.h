/*
 * A strict, incremental reader of HTTP/1.1 requests (RFC 9112): it sees every byte before the
 * server's library does, and says where messages begin and end and what is refused. Pure: it keeps
 * no bytes, does no I/O and reads no clock; the verdict does not depend on the pieces in which the
 * bytes come. What a target or a Host means is not its business.
 */
#ifndef BRAID_GATEWAY_FRONT_REQUEST_READER_H
#define BRAID_GATEWAY_FRONT_REQUEST_READER_H

#include "gateway/upstream/chunks.h"

#define REQUEST_FIELDS      100
#define REQUEST_METHOD      32 /* bytes */
#define REQUEST_EMPTY_LINES 1  /* before a request line (RFC 9112 2.2) */

/* What the library's index takes of a connection's pool for a field or a cookie, rounded up. */
#define REQUEST_INDEX_COST 80

/* As a status: the message before was the last one (RFC 9112 9.3); what follows is dropped. */
#define REQUEST_OVER 1

struct request_bounds {
    size_t head; /* bytes of the request line and all fields: beyond it 414 or 431 */
    size_t pool; /* bytes that the head and the library's index of it may take: 431 */
};

enum request_part {
    REQUEST_BETWEEN, /* messages: the next byte begins one */
    REQUEST_LINE,
    REQUEST_FIELDS_PART,
    REQUEST_BODY,
    REQUEST_PART_COUNT
};

/* Bytes of a value that is compared or counted: "100-continue", a length. */
#define REQUEST_WORD 24

struct request_reader {
    /* What the next byte is; gives where it stopped, or NULL when it refuses. */
    const char *(*state)(struct request_reader *reader, const char *at, const char *end);
    const struct request_bounds *bounds;
    enum request_part part;
    int status;        /* 0, or that with which the message at work is refused; for good */
    uint32_t head;     /* bytes of it */
    uint32_t fields;   /* of them */
    uint32_t index;    /* bytes that the library will need beside the head */
    uint32_t hosts;    /* Host fields */
    uint8_t new_lines; /* empty lines before the request line */
    bool is_1_0;
    bool has_length;
    bool is_chunked;
    bool has_expectation;
    bool has_close; /* Connection: close, keep-alive */
    bool has_keep;
    bool is_over;        /* no message follows the last one */
    uint8_t meaning;     /* of the field at work; private */
    uint8_t word_length; /* beyond REQUEST_WORD: it was longer */
    char word[REQUEST_WORD];
    uint64_t left;       /* of a counted body */
    uint64_t body;       /* bytes of it that came */
    uint64_t body_limit; /* may be set once the head is there: beyond it 413 */
    struct chunks chunks;
    uint32_t whole; /* messages so far; they may wrap */
    uint32_t heads;
};

/* Keeps the bounds. */
void request_reader_init(struct request_reader *reader, const struct request_bounds *bounds);

/*
 * Reads on and gives how many bytes of the piece may be passed on: all of them, or, where one of
 * them is refused (reader->status), those before the message that is wrong. Once refused it takes
 * nothing any more.
 */
size_t request_reader_feed(struct request_reader *reader, struct str piece);

/* The bytes that the body at work has at the least, by what came of its framing. */
uint64_t request_reader_announced(const struct request_reader *reader);

/* The limit of the body at work. false: it is announced longer; the message is refused then. */
bool request_reader_limit_body(struct request_reader *reader, uint64_t limit);

#endif

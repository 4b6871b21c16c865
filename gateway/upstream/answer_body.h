/*
 * The body of an answer while it comes, in one piece in the flight's arena: of exactly the
 * announced size where one was announced, otherwise doubling. Never beyond its maximum nor beyond
 * what the arena still has.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_ANSWER_BODY_H
#define BRAID_GATEWAY_UPSTREAM_ANSWER_BODY_H

#include "base/str.h"

struct arena;

struct answer_body {
    struct arena *arena;
    char *at;
    size_t length;
    size_t room;
    uint64_t maximum; /* bytes */
};

/* Keeps the arena; takes no memory yet. */
void answer_body_init(struct answer_body *body, struct arena *arena, uint64_t maximum);

/* Makes room for `length` bytes in all. false: too large. */
bool answer_body_expect(struct answer_body *body, uint64_t length);

/* Room for at least one more byte, at[length..room). false: too large. */
bool answer_body_grow(struct answer_body *body);

/* false: too large; nothing is appended. */
bool answer_body_append(struct answer_body *body, struct str piece);

static inline struct str answer_body_text(const struct answer_body *body)
{
    return (struct str){body->at, body->length};
}

#endif

/*
 * Where bodies are collected. What doubling leaves behind stays in the arena until it ends.
 */
#include "gateway/upstream/answer_body.h"

#include "base/arena.h"

#define FIRST_ROOM ((uint64_t)2048)

void answer_body_init(struct answer_body *body, struct arena *arena, uint64_t maximum)
{
    *body = (struct answer_body){.arena = arena, .maximum = maximum};
}

bool answer_body_expect(struct answer_body *body, uint64_t length)
{
    if (length <= body->room)
        return true;
    if (length > body->maximum || length > SIZE_MAX || !arena_has_room(body->arena, length))
        return false;
    char *at = arena_bytes(body->arena, length);
    if (body->length > 0)
        memcpy(at, body->at, body->length);
    body->at = at;
    body->room = length;
    return true;
}

/* Room for `more` bytes, with some to spare where the bounds allow it. */
static bool body_make_room(struct answer_body *body, uint64_t more)
{
    uint64_t needed = body->length + more;
    uint64_t wished = needed > (uint64_t)body->room * 2 ? needed : (uint64_t)body->room * 2;
    if (wished < FIRST_ROOM)
        wished = FIRST_ROOM;
    if (wished > body->maximum)
        wished = body->maximum;
    if (wished < needed || !arena_has_room(body->arena, wished))
        wished = needed;
    return answer_body_expect(body, wished);
}

bool answer_body_grow(struct answer_body *body)
{
    return body->length < body->room || body_make_room(body, 1);
}

bool answer_body_append(struct answer_body *body, struct str piece)
{
    if (piece.length > body->room - body->length && !body_make_room(body, piece.length))
        return false;
    if (piece.length > 0)
        memcpy(body->at + body->length, piece.at, piece.length);
    body->length += piece.length;
    return true;
}

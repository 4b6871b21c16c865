/*
 * Growing by doubling: what is left behind in the arena is never more than what is kept.
 */
#include "base/jmespath/parts.h"

#define PARTS_LEAST 8
#define PARTS_MOST  (UINT32_MAX / 4)

bool parts_grow(struct evaluation *evaluation, struct parts *parts, uint32_t room)
{
    if (room < PARTS_LEAST)
        room = PARTS_LEAST;
    if (room > PARTS_MOST)
        return evaluation_fail(evaluation, evaluation_limit);
    struct json *grown = evaluation_array(evaluation, struct json, room);
    if (!grown)
        return false;
    if (parts->count > 0)
        memcpy(grown, parts->at, parts->count * sizeof(*grown));
    parts->at = grown;
    parts->room = room;
    return true;
}

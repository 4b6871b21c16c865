/*
 * An array, or the members of an object, while it is being made from handles in the frame's arena.
 */
#ifndef BRAID_BASE_JMESPATH_PARTS_H
#define BRAID_BASE_JMESPATH_PARTS_H

#include "base/jmespath/evaluation.h"
#include "base/json/make.h"

struct parts {
    struct json *at; /* in arena */
    uint32_t count;
    uint32_t room;
};

#define PARTS_NONE ((struct parts){0})

/* Makes room; false when the budget is used up. */
bool parts_grow(struct evaluation *evaluation, struct parts *parts, uint32_t room);

static inline bool parts_add(struct evaluation *evaluation, struct parts *parts, struct json value)
{
    if (parts->count == parts->room && !parts_grow(evaluation, parts, parts->room * 2))
        return false;
    parts->at[parts->count++] = value;
    return true;
}

static inline struct json parts_array(const struct parts *parts)
{
    return json_array(parts->at, parts->count);
}

#endif

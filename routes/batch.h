/*
 * `batch` of a call with `each`: elements put together before they are asked for, and the answers
 * put together afterwards. Pure.
 */
#ifndef BRAID_ROUTES_BATCH_H
#define BRAID_ROUTES_BATCH_H

#include "base/json/json.h"

struct arena;

/*
 * The different elements of an array, in the order in which they first appear, as arrays of
 * `size` (the last one may be shorter). In arena.
 */
struct json batch_split(struct arena *arena, struct json array, uint32_t size);

/*
 * One array of what all values hold, in order: the elements of an array; nothing of a null;
 * anything else is one element. In arena; what the values point at is kept. false where they hold
 * more than an index may.
 */
bool batch_join(struct arena *arena, const struct json *values, uint32_t count,
                struct json *ret_array);

#endif

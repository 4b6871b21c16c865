/*
 * Names in a row; beyond a few also in a table with open addressing.
 */
#include "routes/spread.h"

#include "base/arena.h"

#define FEW 12 /* members that are compared one by one faster than they are hashed */

/* The place of `name` in the table: its own, or the empty one where it belongs. */
static uint32_t *table_place(const struct spread *spread, struct str name)
{
    uint32_t at = (uint32_t)str_hash(name) & spread->mask;
    while (spread->table[at] != 0 && !str_equal(spread->names[spread->table[at] - 1], name))
        at = (at + 1) & spread->mask;
    return &spread->table[at];
}

void spread_init(struct spread *spread, struct arena *arena, struct json object)
{
    *spread = (struct spread){.object = object};
    if (json_is_null(object) || object.size == 0)
        return;
    spread->names = arena_allocate(arena, object.size * sizeof(struct str));
    struct json_iterator iterator = json_iterate(object);
    struct json key, value;
    for (uint32_t i = 0; json_next(&iterator, &key, &value); i++)
        spread->names[i] = json_string_decode(arena, key);
    if (object.size <= FEW)
        return;
    uint32_t room = 32;
    while (room / 2 < object.size)
        room *= 2;
    spread->table = arena_array(arena, uint32_t, room);
    spread->mask = room - 1;
    for (uint32_t i = 0; i < object.size; i++)
        *table_place(spread, spread->names[i]) = i + 1;
}

static bool few_hold(const struct spread *spread, uint32_t from, struct str name)
{
    for (uint32_t i = from; i < spread->object.size; i++) {
        if (str_equal(spread->names[i], name))
            return true;
    }
    return false;
}

bool spread_has(const struct spread *spread, struct str name)
{
    if (json_is_null(spread->object) || spread->object.size == 0)
        return false;
    return spread->table ? *table_place(spread, name) != 0 : few_hold(spread, 0, name);
}

bool spread_counts(const struct spread *spread, uint32_t index)
{
    struct str name = spread->names[index];
    return spread->table ? *table_place(spread, name) == index + 1
                         : !few_hold(spread, index + 1, name);
}

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
    while (spread->table[at] != 0 && !str_equal(spread->members[spread->table[at] - 1].name, name))
        at = (at + 1) & spread->mask;
    return &spread->table[at];
}

static void members_take(struct spread *spread, struct arena *arena)
{
    struct json_iterator iterator = json_iterate(spread->object);
    struct spread_member *member = spread->members;
    struct json key, value;
    if (spread->object.form == JSON_FORM_INDEXED) {
        for (; json_next_text(&iterator, arena, &member->name, &member->text); member++)
            ;
        return;
    }
    for (; json_next(&iterator, &key, &value); member++)
        *member = (struct spread_member){.name = json_string_decode(arena, key)};
}

static void table_make(struct spread *spread, struct arena *arena)
{
    uint32_t room = 32;
    while (room / 2 < spread->count)
        room *= 2;
    spread->table = arena_array(arena, uint32_t, room);
    spread->mask = room - 1;
    for (uint32_t i = 0; i < spread->count; i++) {
        uint32_t *place = table_place(spread, spread->members[i].name);
        spread->has_duplicates = spread->has_duplicates || *place != 0;
        *place = i + 1;
    }
}

static bool few_hold(const struct spread *spread, uint32_t from, uint32_t to, struct str name)
{
    for (uint32_t i = from; i < to; i++) {
        if (str_equal(spread->members[i].name, name))
            return true;
    }
    return false;
}

/* Equal names have the same mark, different ones mostly not. */
static uint64_t name_mark(struct str name)
{
    if (name.length == 0)
        return 1;
    unsigned first = (unsigned char)name.at[0];
    unsigned last = (unsigned char)name.at[name.length - 1];
    return UINT64_C(1) << ((first + 5 * last + 11 * name.length) & 63);
}

static bool few_repeat(const struct spread *spread)
{
    uint64_t marks = 0;
    for (uint32_t i = 0; i < spread->count; i++) {
        struct str name = spread->members[i].name;
        uint64_t mark = name_mark(name);
        if ((marks & mark) != 0 && few_hold(spread, 0, i, name))
            return true;
        marks |= mark;
    }
    return false;
}

void spread_init(struct spread *spread, struct arena *arena, struct json object)
{
    *spread = (struct spread){.object = object};
    if (object.form == JSON_FORM_TEXT || object.size == 0)
        return;
    spread->count = object.size;
    spread->members = arena_allocate(arena, object.size * sizeof(*spread->members));
    members_take(spread, arena);
    if (spread->count > FEW)
        table_make(spread, arena);
    else
        spread->has_duplicates = few_repeat(spread);
}

bool spread_has(const struct spread *spread, struct str name)
{
    return spread->table ? *table_place(spread, name) != 0
                         : few_hold(spread, 0, spread->count, name);
}

bool spread_counts(const struct spread *spread, uint32_t index)
{
    if (!spread->has_duplicates)
        return true;
    struct str name = spread->members[index].name;
    return spread->table ? *table_place(spread, name) == index + 1
                         : !few_hold(spread, index + 1, spread->count, name);
}

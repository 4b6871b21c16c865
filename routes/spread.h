/*
 * An object whose members are spread into another: which of them count.
 *
 * Of a name that stands in it several times the last one counts. Objects of more than a few
 * members get a table of their names, so that no service can make the work quadratic.
 */
#ifndef BRAID_ROUTES_SPREAD_H
#define BRAID_ROUTES_SPREAD_H

#include "base/json/json.h"

struct spread_member {
    struct str name; /* decoded */
    struct str text; /* the member as it was read; none where the object was built */
};

struct spread {
    struct json object;            /* null: spreads nothing */
    struct spread_member *members; /* all of them, in order */
    uint32_t count;                /* of members */
    uint32_t mask;                 /* of the table */
    uint32_t *table;     /* index + 1 of the last member of each name, by hash; NULL: only a few */
    bool has_duplicates; /* a name stands in it more than once */
};

/* `object` is an object or null; members and table in arena. */
void spread_init(struct spread *spread, struct arena *arena, struct json object);

/* A member of that name is in it. */
bool spread_has(const struct spread *spread, struct str name);

/* Of all members with the name of the one at `index` it is the last. */
bool spread_counts(const struct spread *spread, uint32_t index);

#endif

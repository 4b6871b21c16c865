/*
 * The members of an object as pairs of key and value, each key once: JSON texts may repeat one,
 * and then the last counts.
 */
#ifndef BRAID_BASE_JMESPATH_MEMBERS_H
#define BRAID_BASE_JMESPATH_MEMBERS_H

#include "base/jmespath/parts.h"
#include "base/jmespath/value_set.h"

struct members {
    struct parts pairs; /* key, value, key, value … */
    struct value_set keys;
};

/* For at most `most` members; false when the budget is used up, as for all functions here. */
bool members_init(struct evaluation *evaluation, struct members *members, uint32_t most);

/* Each member of `object`; one that is there already gets the new value. */
bool members_add(struct evaluation *evaluation, struct members *members, struct json object);

/* All in one. */
bool members_of(struct evaluation *evaluation, struct json object, struct members *ret_members);

#endif

/*
 * Which of many values is equal to a given one. The values themselves stand in an array of the
 * caller's; the set remembers their places by json_hash. Few values are compared one by one.
 */
#ifndef BRAID_BASE_JMESPATH_VALUE_SET_H
#define BRAID_BASE_JMESPATH_VALUE_SET_H

#include "base/jmespath/evaluation.h"

/* Up to so many values, comparing each costs less than hashing. */
#define VALUE_SET_SMALL 8

struct value_set_place {
    uint32_t index; /* + 1; 0 = free */
    uint32_t tag;   /* of the hash */
};

struct value_set {
    struct value_set_place *places; /* in arena; NULL while small */
    uint32_t mask;
    uint32_t stride; /* between two values in the caller's array */
    uint32_t count;
};

/* For at most `most` values; false when the budget is used up. */
bool value_set_init(struct evaluation *evaluation, struct value_set *set, uint32_t most,
                    uint32_t stride);

/* The index (in steps of stride) of the value that equals `value`; false where there is none. */
bool value_set_find(const struct value_set *set, const struct json *values, struct json value,
                    uint32_t *ret_index);

/*
 * The same, but where there is none, `value` becomes the next: true, *ret_index is the old count,
 * and the caller puts it there. false: it was there already.
 */
bool value_set_add(struct value_set *set, const struct json *values, struct json value,
                   uint32_t *ret_index);

#endif

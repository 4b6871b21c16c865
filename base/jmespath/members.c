/*
 * Members keep the place where their key appeared first.
 */
#include "base/jmespath/members.h"

bool members_init(struct evaluation *evaluation, struct members *members, uint32_t most)
{
    *members = (struct members){.pairs = PARTS_NONE};
    return value_set_init(evaluation, &members->keys, most, 2) &&
           (most == 0 || parts_grow(evaluation, &members->pairs, most * 2));
}

bool members_add(struct evaluation *evaluation, struct members *members, struct json object)
{
    if (!evaluation_charge(evaluation, object.size))
        return false;
    struct json_iterator iterator = json_iterate(object);
    struct json key, value;
    while (json_next(&iterator, &key, &value)) {
        struct parts *pairs = &members->pairs;
        uint32_t index;
        if (value_set_add(&members->keys, pairs->at, key, &index)) {
            if (!parts_add(evaluation, pairs, key) || !parts_add(evaluation, pairs, value))
                return false;
        } else {
            pairs->at[(size_t)index * 2 + 1] = value;
        }
    }
    return true;
}

bool members_of(struct evaluation *evaluation, struct json object, struct members *ret_members)
{
    return members_init(evaluation, ret_members, object.size) &&
           members_add(evaluation, ret_members, object);
}

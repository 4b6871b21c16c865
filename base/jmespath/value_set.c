/*
 * Open addressing with linear probing, at most half full. json_hash is keyed, so who chooses the
 * values cannot choose the collisions.
 */
#include "base/jmespath/value_set.h"

bool value_set_init(struct evaluation *evaluation, struct value_set *set, uint32_t most,
                    uint32_t stride)
{
    *set = (struct value_set){.stride = stride};
    if (most <= VALUE_SET_SMALL)
        return true;
    size_t size = 16;
    while (size < (size_t)most * 2)
        size *= 2;
    set->places = evaluation_array(evaluation, struct value_set_place, size);
    if (!set->places)
        return false;
    memset(set->places, 0, size * sizeof(*set->places));
    set->mask = (uint32_t)(size - 1);
    return true;
}

static bool value_set_scan(const struct value_set *set, const struct json *values,
                           struct json value, uint32_t *ret_index)
{
    for (uint32_t i = 0; i < set->count; i++) {
        struct json other = values[(size_t)i * set->stride];
        if (other.type == value.type && json_is_equal(other, value)) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

/* The place of the value, or the free one where it would stand. */
static struct value_set_place *value_set_probe(const struct value_set *set,
                                               const struct json *values, struct json value,
                                               uint64_t hash)
{
    uint32_t tag = (uint32_t)(hash >> 32);
    for (uint32_t at = (uint32_t)hash & set->mask;; at = (at + 1) & set->mask) {
        struct value_set_place *place = &set->places[at];
        if (place->index == 0 ||
            (place->tag == tag &&
             json_is_equal(values[(size_t)(place->index - 1) * set->stride], value)))
            return place;
    }
}

bool value_set_find(const struct value_set *set, const struct json *values, struct json value,
                    uint32_t *ret_index)
{
    if (!set->places)
        return value_set_scan(set, values, value, ret_index);
    struct value_set_place *place = value_set_probe(set, values, value, json_hash(value));
    if (place->index == 0)
        return false;
    *ret_index = place->index - 1;
    return true;
}

bool value_set_add(struct value_set *set, const struct json *values, struct json value,
                   uint32_t *ret_index)
{
    if (!set->places) {
        if (value_set_scan(set, values, value, ret_index))
            return false;
        *ret_index = set->count++;
        return true;
    }
    uint64_t hash = json_hash(value);
    struct value_set_place *place = value_set_probe(set, values, value, hash);
    if (place->index != 0) {
        *ret_index = place->index - 1;
        return false;
    }
    *place = (struct value_set_place){.index = set->count + 1, .tag = (uint32_t)(hash >> 32)};
    *ret_index = set->count++;
    return true;
}

/*
 * lookup() and lookup_all(): the elements of an array whose member `key` equals a value.
 *
 * An array and a key get one index when they are first asked for, kept in the frame for the whole
 * answer, so that a join of n rows against m costs n + m. An array is known again by where its
 * parts or nodes are, which the arena never reuses within a frame. Short arrays are just read.
 */
#include "base/arena.h"
#include "base/jmespath/functions.h"
#include "base/jmespath/members.h"

#define LOOKUP_NONE UINT32_MAX

/* The elements of one array by the value of one member. */
struct lookup_index {
    struct lookup_index *next; /* in the same bucket */
    const void *array;
    uint32_t size;
    struct str key;
    struct parts values;  /* the different values of the member */
    struct value_set set; /* of them */
    uint32_t *first;      /* by value: the row that has it first, and last */
    uint32_t *last;
    struct parts elements; /* by row */
    uint32_t *following;   /* by row: the next one with the same value */
};

/* All indexes of a frame. */
struct jmespath_index {
    struct lookup_index **buckets;
    uint32_t mask;
    uint32_t count;
};

static const void *lookup_identity(struct json array)
{
    return array.form == JSON_FORM_BUILT ? (const void *)array.parts : (const void *)array.node;
}

/* --- finding an index ---------------------------------------------------------------------- */

static uint32_t lookup_bucket(const struct jmespath_index *indexes, const void *array)
{
    /* Fibonacci hashing (Knuth, TAOCP 6.4); addresses are not chosen by anybody. */
    uint64_t hash = (uint64_t)(uintptr_t)array * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(hash >> 32) & indexes->mask;
}

static bool lookup_resize(struct evaluation *evaluation, struct jmespath_index *indexes,
                          uint32_t size)
{
    struct jmespath_index resized = {.mask = size - 1, .count = indexes->count};
    resized.buckets = evaluation_array(evaluation, struct lookup_index *, size);
    if (!resized.buckets)
        return false;
    memset(resized.buckets, 0, size * sizeof(*resized.buckets));
    for (uint32_t i = 0; indexes->buckets && i <= indexes->mask; i++) {
        while (indexes->buckets[i]) {
            struct lookup_index *moved = indexes->buckets[i];
            indexes->buckets[i] = moved->next;
            uint32_t bucket = lookup_bucket(&resized, moved->array);
            moved->next = resized.buckets[bucket];
            resized.buckets[bucket] = moved;
        }
    }
    *indexes = resized;
    return true;
}

/* The frame's indexes, with room for one more. */
static struct jmespath_index *lookup_indexes(struct evaluation *evaluation)
{
    struct jmespath_frame *frame = evaluation->frame;
    if (!frame->indexes)
        frame->indexes = arena_new(frame->arena, struct jmespath_index);
    struct jmespath_index *indexes = frame->indexes;
    uint32_t room = indexes->buckets ? indexes->mask + 1 : 0;
    if (indexes->count == room && !lookup_resize(evaluation, indexes, room == 0 ? 8 : room * 2))
        return NULL;
    return indexes;
}

static struct lookup_index *lookup_known(const struct jmespath_index *indexes, struct json array,
                                         struct str key)
{
    const void *identity = lookup_identity(array);
    struct lookup_index *index = indexes->buckets[lookup_bucket(indexes, identity)];
    while (index &&
           (index->array != identity || index->size != array.size || !str_equal(index->key, key)))
        index = index->next;
    return index;
}

/* --- making an index ----------------------------------------------------------------------- */

static bool lookup_add_row(struct evaluation *evaluation, struct lookup_index *index,
                           struct json element, struct json value)
{
    uint32_t row = index->elements.count;
    uint32_t place;
    if (!evaluation_charge_value(evaluation, value))
        return false;
    bool is_new = value_set_add(&index->set, index->values.at, value, &place);
    if (is_new && !parts_add(evaluation, &index->values, value))
        return false;
    if (!parts_add(evaluation, &index->elements, element))
        return false;
    index->following[row] = LOOKUP_NONE;
    if (is_new)
        index->first[place] = row;
    else
        index->following[index->last[place]] = row;
    index->last[place] = row;
    return true;
}

static bool lookup_fill(struct evaluation *evaluation, struct lookup_index *index,
                        struct json array)
{
    struct json_iterator iterator = json_iterate(array);
    struct json element, value;
    while (json_next(&iterator, NULL, &element)) {
        if (!evaluation_charge(evaluation, 1))
            return false;
        if (element.type == JSON_OBJECT && json_member(element, index->key, &value) &&
            !lookup_add_row(evaluation, index, element, value))
            return false;
    }
    return true;
}

static struct lookup_index *lookup_index_new(struct evaluation *evaluation, struct json array,
                                             struct str key)
{
    uint32_t *rows = evaluation_array(evaluation, uint32_t, (size_t)array.size * 3);
    if (!rows)
        return NULL;
    struct lookup_index *index = arena_new(evaluation->frame->arena, struct lookup_index);
    index->array = lookup_identity(array);
    index->size = array.size;
    index->key = key;
    index->first = rows;
    index->last = rows + array.size;
    index->following = rows + 2 * (size_t)array.size;
    if (!value_set_init(evaluation, &index->set, array.size, 1) ||
        !lookup_fill(evaluation, index, array))
        return NULL;
    return index;
}

static struct lookup_index *lookup_index_of(struct evaluation *evaluation, struct json array,
                                            struct str key)
{
    struct jmespath_index *indexes = lookup_indexes(evaluation);
    if (!indexes)
        return NULL;
    struct lookup_index *index = lookup_known(indexes, array, key);
    if (index)
        return index;
    index = lookup_index_new(evaluation, array, key);
    if (!index)
        return NULL;
    uint32_t bucket = lookup_bucket(indexes, index->array);
    index->next = indexes->buckets[bucket];
    indexes->buckets[bucket] = index;
    indexes->count++;
    return index;
}

/* --- the functions ------------------------------------------------------------------------- */

/* Adds the elements that match, at most `most`, in order. */
static bool lookup_scan(struct function_call *call, struct str key, uint32_t most,
                        struct parts *parts)
{
    struct json_iterator iterator = json_iterate(call->arguments[0]);
    struct json element, value;
    while (parts->count < most && json_next(&iterator, NULL, &element)) {
        if (!evaluation_charge(call->evaluation, 1))
            return false;
        if (element.type != JSON_OBJECT || !json_member(element, key, &value))
            continue;
        if (!evaluation_charge_value(call->evaluation, value))
            return false;
        if (json_is_equal(value, call->arguments[2]) && !parts_add(call->evaluation, parts, element))
            return false;
    }
    return true;
}

static bool lookup_indexed(struct function_call *call, struct str key, uint32_t most,
                           struct parts *parts)
{
    struct lookup_index *index = lookup_index_of(call->evaluation, call->arguments[0], key);
    uint32_t place;
    if (!index)
        return false;
    if (!value_set_find(&index->set, index->values.at, call->arguments[2], &place))
        return true;
    uint32_t row = index->first[place];
    for (; row != LOOKUP_NONE && parts->count < most; row = index->following[row]) {
        if (!evaluation_charge(call->evaluation, 1) ||
            !parts_add(call->evaluation, parts, index->elements.at[row]))
            return false;
    }
    return true;
}

static bool lookup_rows(struct function_call *call, uint32_t most, struct parts *parts)
{
    struct str key = json_string_decode(call->evaluation->frame->arena, call->arguments[1]);
    if (!evaluation_charge_value(call->evaluation, call->arguments[2]))
        return false;
    bool is_short = call->arguments[0].size < VALUE_SET_SMALL;
    return (is_short ? lookup_scan : lookup_indexed)(call, key, most, parts);
}

bool function_lookup(struct function_call *call, struct json *ret_value)
{
    struct json row;
    struct parts parts = {.at = &row, .room = 1};
    if (!lookup_rows(call, 1, &parts))
        return false;
    *ret_value = parts.count > 0 ? row : json_null();
    return true;
}

bool function_lookup_all(struct function_call *call, struct json *ret_value)
{
    struct parts parts = PARTS_NONE;
    if (!lookup_rows(call, UINT32_MAX, &parts))
        return false;
    *ret_value = parts_array(&parts);
    return true;
}

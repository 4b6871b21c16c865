/*
 * Equality and hashes of whole values, consistent with each other.
 *
 * The members of an object are brought into one order first (sorted by name, of equal names only
 * the last), so that an object of n members costs n log n whoever chose its names. Recursion is as
 * deep as the values are: JSON_DEPTH_MAXIMUM for what was read, and on top of it what the
 * expressions of a configuration nest.
 */
#include "base/arena.h"
#include "base/json/digest.h"
#include "base/json/json.h"
#include "base/json/node.h"
#include "base/json/runs.h"

#include <stdlib.h>

/* --- members in order --------------------------------------------------------------------- */

/* Where a member's name is; its value is right behind. */
union place {
    const struct json_node *node; /* of an indexed object */
    const struct json *part;      /* of a built one */
};

#define MEMBERS_EMBEDDED 16

struct members {
    struct json object;
    union place *places;
    uint32_t count;
    union place embedded[MEMBERS_EMBEDDED];
    struct arena arena; /* where there are more */
};

static struct json member_key(const struct members *members, union place place)
{
    return members->object.form == JSON_FORM_BUILT ? *place.part
                                                   : node_value(place.node, members->object.source);
}

static struct json member_value(const struct members *members, union place place)
{
    return members->object.form == JSON_FORM_BUILT
               ? place.part[1]
               : node_value(place.node + 1, members->object.source);
}

/* By name; the later one of equal names first. */
static int place_compare(const void *a, const void *b, void *context)
{
    const struct members *members = context;
    union place place_a = *(const union place *)a;
    union place place_b = *(const union place *)b;
    int order = json_string_compare(member_key(members, place_a), member_key(members, place_b));
    if (order != 0)
        return order;
    return (place_a.part < place_b.part) - (place_a.part > place_b.part);
}

static void members_collect(struct members *members)
{
    struct json object = members->object;
    if (object.form == JSON_FORM_BUILT) {
        for (uint32_t i = 0; i < object.size; i++)
            members->places[i].part = object.parts + (size_t)2 * i;
        return;
    }
    const struct json_node *node = object.node + 1;
    for (uint32_t i = 0; i < object.size; i++) {
        members->places[i].node = node;
        node = node_behind(node + 1);
    }
}

static void members_init(struct members *members, struct json object)
{
    members->object = object;
    members->places = members->embedded;
    arena_init(&members->arena, NULL, SIZE_MAX);
    if (object.size > MEMBERS_EMBEDDED)
        members->places = arena_array(&members->arena, union place, object.size);
    members_collect(members);
    qsort_r(members->places, object.size, sizeof(union place), place_compare, members);
    members->count = 0;
    for (uint32_t i = 0; i < object.size; i++) {
        union place place = members->places[i];
        if (members->count == 0 ||
            json_string_compare(member_key(members, members->places[members->count - 1]),
                                member_key(members, place)) != 0)
            members->places[members->count++] = place;
    }
}

static void members_done(struct members *members)
{
    arena_done(&members->arena);
}

/* --- equality ----------------------------------------------------------------------------- */

static bool value_equal(struct json a, struct json b);

static bool array_equal(struct json a, struct json b)
{
    if (a.size != b.size)
        return false;
    struct json_iterator iterator_a = json_iterate(a);
    struct json_iterator iterator_b = json_iterate(b);
    struct json element_a;
    struct json element_b;
    while (json_next(&iterator_a, NULL, &element_a) && json_next(&iterator_b, NULL, &element_b)) {
        if (!value_equal(element_a, element_b))
            return false;
    }
    return true;
}

static bool object_equal(struct json a, struct json b)
{
    struct members members_a;
    struct members members_b;
    members_init(&members_a, a);
    members_init(&members_b, b);
    bool is_equal = members_a.count == members_b.count;
    for (uint32_t i = 0; is_equal && i < members_a.count; i++) {
        union place place_a = members_a.places[i];
        union place place_b = members_b.places[i];
        is_equal =
            json_string_compare(member_key(&members_a, place_a), member_key(&members_b, place_b)) ==
                0 &&
            value_equal(member_value(&members_a, place_a), member_value(&members_b, place_b));
    }
    members_done(&members_a);
    members_done(&members_b);
    return is_equal;
}

/* The text the value stands in, where it stands in one. */
static struct str value_text(struct json value)
{
    if (value.form == JSON_FORM_TEXT)
        return (struct str){value.text, value.size};
    return value.form == JSON_FORM_INDEXED ? node_text(value.node, value.source) : STR_NONE;
}

static bool value_equal(struct json a, struct json b)
{
    if (a.type != b.type)
        return false;
    switch (json_type(a)) {
    case JSON_NUMBER:
        return json_number_compare(a, b) == 0;
    case JSON_STRING:
        return json_string_compare(a, b) == 0;
    case JSON_ARRAY:
    case JSON_OBJECT:
        if (a.form == JSON_FORM_TEXT || b.form == JSON_FORM_TEXT)
            return a.form == b.form && str_equal(value_text(a), value_text(b));
        return a.type == JSON_ARRAY ? array_equal(a, b) : object_equal(a, b);
    default:
        return true;
    }
}

bool json_is_equal(struct json a, struct json b)
{
    /* Asked once, not at each level, where long equal beginnings would be compared again. */
    if (a.type == b.type && a.form == b.form && a.form != JSON_FORM_DECODED &&
        a.form != JSON_FORM_BUILT && str_equal(value_text(a), value_text(b)))
        return true;
    return value_equal(a, b);
}

/* --- hashes ------------------------------------------------------------------------------- */

static uint64_t scalar_hash(struct json value)
{
    struct digest digest = {.state = value.type};
    if (value.type == JSON_NUMBER) {
        digest_add_number(&digest, value);
    } else if (value.type == JSON_STRING) {
        struct runs runs = runs_of(value);
        struct str run;
        while (runs_next(&runs, &run))
            digest_add(&digest, run);
    }
    return digest_end(&digest);
}

static uint64_t array_hash(struct json array)
{
    uint64_t hash = JSON_ARRAY;
    struct json_iterator iterator = json_iterate(array);
    struct json element;
    while (json_next(&iterator, NULL, &element))
        hash = digest_mix(hash, json_hash(element));
    return digest_mix(hash, array.size);
}

static uint64_t object_hash(struct json object)
{
    struct members members;
    members_init(&members, object);
    uint64_t hash = JSON_OBJECT;
    for (uint32_t i = 0; i < members.count; i++) {
        hash = digest_mix(hash, scalar_hash(member_key(&members, members.places[i])));
        hash = digest_mix(hash, json_hash(member_value(&members, members.places[i])));
    }
    members_done(&members);
    return digest_mix(hash, members.count);
}

uint64_t json_hash(struct json value)
{
    if (value.type < JSON_ARRAY)
        return scalar_hash(value);
    if (value.form == JSON_FORM_TEXT)
        return digest_mix(value.type, str_hash(value_text(value)));
    return value.type == JSON_ARRAY ? array_hash(value) : object_hash(value);
}

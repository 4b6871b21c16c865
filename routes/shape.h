/*
 * What is known of a value before it is there: which types it may have, which members, of what
 * its elements are. A shape is never wrong, only vague: a value that cannot be is excluded, one
 * that is not excluded may or may not be.
 */
#ifndef BRAID_ROUTES_SHAPE_H
#define BRAID_ROUTES_SHAPE_H

#include "base/json/json.h"

struct config;

#define SHAPE_NULL    (1u << JSON_NULL)
#define SHAPE_BOOLEAN (1u << JSON_FALSE | 1u << JSON_TRUE)
#define SHAPE_NUMBER  (1u << JSON_NUMBER)
#define SHAPE_STRING  (1u << JSON_STRING)
#define SHAPE_ARRAY   (1u << JSON_ARRAY)
#define SHAPE_OBJECT  (1u << JSON_OBJECT)
#define SHAPE_ANY     ((1u << JSON_TYPE_COUNT) - 1)

struct shape {
    unsigned types;
    bool is_constant;            /* it is `value` and nothing else */
    bool has_members;            /* objects: `members` are all there are, unless is_open */
    bool is_open;                /* objects: there may be others */
    struct json value;           /* where is_constant */
    const struct shape *element; /* arrays: of each; NULL: unknown */
    struct shape_member *members;
    uint32_t member_count;
    struct str note; /* a sentence for people, e.g. when it is null; may be empty */
};

struct shape_member {
    struct str name;
    struct shape shape;
    bool is_optional;
};

static inline struct shape shape_of_types(unsigned types)
{
    return (struct shape){.types = types};
}

/* Of a value that is known (indexed or built); in arena. */
struct shape shape_of_json(struct arena *arena, struct json value);

/* Of a value that is one or the other; in arena. */
struct shape shape_either(struct arena *arena, struct shape a, struct shape b);

/* The same without some types, or with more. */
struct shape shape_without(struct shape shape, unsigned types);
struct shape shape_with(struct shape shape, unsigned types);

/* Of the member or element of a value of this shape, null where there is none. */
struct shape shape_member_of(const struct shape *shape, struct str name);
struct shape shape_element_of(const struct shape *shape);

/* Never anything but null. */
static inline bool shape_is_null(const struct shape *shape)
{
    return shape->types == SHAPE_NULL;
}

/*
 * As JSON Schema (draft 2020-12); in arena, names and notes are kept. Values of the configuration's
 * secrets are not shown.
 */
struct json shape_schema(struct arena *arena, const struct config *config,
                         const struct shape *shape);

#endif

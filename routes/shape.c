/*
 * Shapes combined, and written as JSON Schema. Recursion is as deep as a template or a constant of
 * the file, both bounded.
 */
#include "routes/shape.h"

#include "base/arena.h"
#include "base/json/build.h"
#include "routes/secret.h"

/* --- made of values ----------------------------------------------------------------------- */

static struct shape array_shape(struct arena *arena, struct json value)
{
    struct shape shape = shape_of_types(SHAPE_ARRAY);
    struct json_iterator iterator = json_iterate(value);
    struct json element;
    while (json_next(&iterator, NULL, &element)) {
        struct shape *all = arena_new(arena, struct shape);
        struct shape one = shape_of_json(arena, element);
        *all = shape.element == NULL ? one : shape_either(arena, *shape.element, one);
        shape.element = all;
    }
    return shape;
}

static struct shape object_shape(struct arena *arena, struct json value)
{
    struct shape shape = shape_of_types(SHAPE_OBJECT);
    struct json_iterator iterator = json_iterate(value);
    struct json key, member;
    shape.has_members = true;
    shape.members = arena_array(arena, struct shape_member, value.size);
    while (json_next(&iterator, &key, &member))
        shape.members[shape.member_count++] = (struct shape_member){
            .name = json_string_decode(arena, key), .shape = shape_of_json(arena, member)};
    return shape;
}

struct shape shape_of_json(struct arena *arena, struct json value)
{
    struct shape shape = shape_of_types(1u << json_type(value));
    if (json_type(value) == JSON_ARRAY)
        shape = array_shape(arena, value);
    else if (json_type(value) == JSON_OBJECT)
        shape = object_shape(arena, value);
    shape.is_constant = true;
    shape.value = value;
    return shape;
}

/* --- combined ----------------------------------------------------------------------------- */

static const struct shape_member *member_find(const struct shape *shape, struct str name)
{
    for (uint32_t i = 0; i < shape->member_count; i++) {
        if (str_equal(shape->members[i].name, name))
            return &shape->members[i];
    }
    return NULL;
}

/* A member that only one of two objects has is optional. */
static void members_join(struct arena *arena, const struct shape *a, const struct shape *b,
                         struct shape *either)
{
    either->has_members = true;
    either->is_open = a->is_open || b->is_open;
    either->members =
        arena_array(arena, struct shape_member, (size_t)a->member_count + b->member_count);
    for (uint32_t i = 0; i < a->member_count; i++) {
        const struct shape_member *other = member_find(b, a->members[i].name);
        struct shape_member *member = &either->members[either->member_count++];
        *member = a->members[i];
        member->is_optional |= other == NULL || other->is_optional;
        if (other != NULL)
            member->shape = shape_either(arena, member->shape, other->shape);
    }
    for (uint32_t i = 0; i < b->member_count; i++) {
        if (member_find(a, b->members[i].name) != NULL)
            continue;
        struct shape_member *member = &either->members[either->member_count++];
        *member = b->members[i];
        member->is_optional = true;
    }
}

struct shape shape_either(struct arena *arena, struct shape a, struct shape b)
{
    struct shape either = shape_of_types(a.types | b.types);
    bool is_object[] = {(a.types & SHAPE_OBJECT) != 0, (b.types & SHAPE_OBJECT) != 0};
    bool is_array[] = {(a.types & SHAPE_ARRAY) != 0, (b.types & SHAPE_ARRAY) != 0};
    if (is_object[0] && is_object[1] && a.has_members && b.has_members) {
        members_join(arena, &a, &b, &either);
    } else if (is_object[0] != is_object[1]) {
        const struct shape *one = is_object[0] ? &a : &b;
        either.has_members = one->has_members;
        either.is_open = one->is_open;
        either.members = one->members;
        either.member_count = one->member_count;
    }
    if (is_array[0] && is_array[1] && a.element != NULL && b.element != NULL) {
        struct shape *element = arena_new(arena, struct shape);
        *element = shape_either(arena, *a.element, *b.element);
        either.element = element;
    } else if (is_array[0] != is_array[1]) {
        either.element = is_array[0] ? a.element : b.element;
    }
    return either;
}

struct shape shape_without(struct shape shape, unsigned types)
{
    shape.types &= ~types;
    shape.is_constant = shape.is_constant && shape.types != 0;
    return shape;
}

struct shape shape_with(struct shape shape, unsigned types)
{
    shape.is_constant = shape.is_constant && (shape.types | types) == shape.types;
    shape.types |= types;
    return shape;
}

struct shape shape_member_of(const struct shape *shape, struct str name)
{
    if (!(shape->types & SHAPE_OBJECT))
        return shape_of_types(SHAPE_NULL);
    if (!shape->has_members)
        return shape_of_types(SHAPE_ANY);
    const struct shape_member *member = member_find(shape, name);
    if (member == NULL)
        return shape_of_types(shape->is_open ? SHAPE_ANY : SHAPE_NULL);
    bool may_be_null = member->is_optional || shape->types != SHAPE_OBJECT;
    return may_be_null ? shape_with(member->shape, SHAPE_NULL) : member->shape;
}

struct shape shape_element_of(const struct shape *shape)
{
    if (!(shape->types & SHAPE_ARRAY))
        return shape_of_types(SHAPE_NULL);
    return shape->element != NULL ? *shape->element : shape_of_types(SHAPE_ANY);
}

/* --- as JSON Schema ----------------------------------------------------------------------- */

static const struct {
    unsigned types;
    const char *name;
} type_names[] = {
    {SHAPE_OBJECT, "object"}, {SHAPE_ARRAY, "array"},     {SHAPE_STRING, "string"},
    {SHAPE_NUMBER, "number"}, {SHAPE_BOOLEAN, "boolean"}, {SHAPE_NULL, "null"},
};

#define TYPE_NAME_COUNT (sizeof(type_names) / sizeof(*type_names))

static void type_set(const struct shape *shape, struct json_builder *schema)
{
    struct json_builder names = json_builder_in(schema->arena);
    for (size_t i = 0; i < TYPE_NAME_COUNT; i++) {
        if (shape->types & type_names[i].types)
            json_builder_add(&names, json_decoded(str_of(type_names[i].name)));
    }
    if (names.count == 1)
        json_builder_set(schema, "type", names.parts[0]);
    else if (names.count < TYPE_NAME_COUNT)
        json_builder_set(schema, "type", json_builder_array(&names));
}

static void members_set(const struct config *config, const struct shape *shape,
                        struct json_builder *schema)
{
    struct json_builder properties = json_builder_in(schema->arena);
    struct json_builder required = json_builder_in(schema->arena);
    for (uint32_t i = 0; i < shape->member_count; i++) {
        const struct shape_member *member = &shape->members[i];
        json_builder_set_named(&properties, member->name,
                               shape_schema(schema->arena, config, &member->shape));
        if (!member->is_optional)
            json_builder_add(&required, json_from_text(schema->arena, member->name));
    }
    if (properties.count > 0)
        json_builder_set(schema, "properties", json_builder_object(&properties));
    if (required.count > 0)
        json_builder_set(schema, "required", json_builder_array(&required));
}

/* Of containers the parts are told; null says itself. */
static bool is_told(struct arena *arena, const struct config *config, const struct shape *shape)
{
    return shape->is_constant && !(shape->types & (SHAPE_NULL | SHAPE_ARRAY | SHAPE_OBJECT)) &&
           !secret_is_in(config, json_text(arena, shape->value));
}

struct json shape_schema(struct arena *arena, const struct config *config,
                         const struct shape *shape)
{
    struct json_builder schema = json_builder_in(arena);
    if (!str_is_empty(shape->note))
        json_builder_set(&schema, "description", json_from_text(arena, shape->note));
    type_set(shape, &schema);
    if (is_told(arena, config, shape))
        json_builder_set(&schema, "const", shape->value);
    if ((shape->types & SHAPE_ARRAY) && shape->element != NULL)
        json_builder_set(&schema, "items", shape_schema(arena, config, shape->element));
    if ((shape->types & SHAPE_OBJECT) && shape->has_members)
        members_set(config, shape, &schema);
    return json_builder_object(&schema);
}

/*
 * One walk over the tree of an expression, in the steps in which it would be evaluated.
 * Recursion is as deep as the expression, which is bounded (AST_HEIGHT_MAXIMUM).
 */
#include "routes/expression_shape.h"

#include "base/arena.h"
#include "base/jmespath/ast.h"
#include "base/jmespath/functions.h"
#include "base/jmespath/jmespath.h"

struct walk {
    struct arena *arena;
    const struct shape *slots;
    bool may_fail;
};

static struct shape shape_of(struct walk *walk, const struct ast *node, const struct shape *input);

static struct shape shape_of_left(struct walk *walk, const struct ast *node,
                                  const struct shape *input)
{
    return node->left != NULL ? shape_of(walk, node->left, input) : *input;
}

/* --- functions ---------------------------------------------------------------------------- */

/* What each gives when it succeeds; `looks_inside` where the types of its arguments are not enough
   for that. */
static const struct {
    const char *name;
    unsigned gives;
    bool looks_inside;
} results[] = {
    {"abs", SHAPE_NUMBER, false},
    {"avg", SHAPE_NUMBER | SHAPE_NULL, true},
    {"ceil", SHAPE_NUMBER, false},
    {"contains", SHAPE_BOOLEAN, true},
    {"ends_with", SHAPE_BOOLEAN, false},
    {"floor", SHAPE_NUMBER, false},
    {"join", SHAPE_STRING, true},
    {"keys", SHAPE_ARRAY, false},
    {"length", SHAPE_NUMBER, false},
    {"lookup_all", SHAPE_ARRAY, false},
    {"map", SHAPE_ARRAY, true},
    {"merge", SHAPE_OBJECT, false},
    {"now", SHAPE_STRING, false},
    {"replace", SHAPE_STRING, false},
    {"reverse", SHAPE_ARRAY | SHAPE_STRING, false},
    {"sort", SHAPE_ARRAY, true},
    {"sort_by", SHAPE_ARRAY, true},
    {"split", SHAPE_ARRAY, true},
    {"starts_with", SHAPE_BOOLEAN, false},
    {"sum", SHAPE_NUMBER | SHAPE_NULL, true},
    {"to_array", SHAPE_ARRAY, false},
    {"to_number", SHAPE_NUMBER | SHAPE_NULL, false},
    {"to_string", SHAPE_STRING, false},
    {"type", SHAPE_STRING, false},
    {"unique", SHAPE_ARRAY, false},
    {"values", SHAPE_ARRAY, false},
};

/* The first that is not null. */
static struct shape not_null_shape(struct walk *walk, const struct ast *node,
                                   const struct shape *input)
{
    struct shape all = shape_of_types(0);
    for (uint32_t i = 0; i < node->count; i++) {
        struct shape one = shape_of(walk, node->items[i], input);
        bool is_certain = !(one.types & SHAPE_NULL);
        one = shape_without(one, SHAPE_NULL);
        all = all.types == 0 ? one : shape_either(walk->arena, all, one);
        if (is_certain)
            return all;
    }
    return shape_with(all, SHAPE_NULL);
}

static struct shape result_shape(struct walk *walk, const struct ast *node)
{
    for (size_t i = 0; i < sizeof(results) / sizeof(*results); i++) {
        if (strcmp(results[i].name, node->function->name) != 0)
            continue;
        walk->may_fail |= results[i].looks_inside;
        return shape_of_types(results[i].gives);
    }
    walk->may_fail = true;
    return shape_of_types(SHAPE_ANY);
}

/* A lookup in an array that is known to be empty: the usual fallback of a list. */
static bool finds_nothing(const struct function *function, const struct shape *array)
{
    return strcmp(function->name, "lookup") == 0 && array->is_constant &&
           array->types == SHAPE_ARRAY && array->value.size == 0;
}

static struct shape call_shape(struct walk *walk, const struct ast *node, const struct shape *input)
{
    if (strcmp(node->function->name, "not_null") == 0)
        return not_null_shape(walk, node, input);
    bool passes_null = false;
    for (uint32_t i = 0; i < node->count; i++) {
        if (node->items[i]->kind == AST_REFERENCE)
            continue;
        struct shape argument = shape_of(walk, node->items[i], input);
        unsigned takes = function_argument(node->function, i);
        if (i == 0 && finds_nothing(node->function, &argument))
            return shape_of_types(SHAPE_NULL);
        if (i == 0 && node->function->passes_null && argument.types & SHAPE_NULL) {
            passes_null = true;
            if (shape_is_null(&argument))
                return argument;
            takes |= TAKES_NULL;
        }
        walk->may_fail |= (argument.types & ~takes) != 0;
    }
    struct shape result = result_shape(walk, node);
    return passes_null ? shape_with(result, SHAPE_NULL) : result;
}

/* --- looking inside ----------------------------------------------------------------------- */

static struct shape array_of(struct walk *walk, struct shape element, unsigned types)
{
    struct shape array = shape_of_types(types);
    struct shape *kept = arena_new(walk->arena, struct shape);
    *kept = element;
    array.element = kept;
    return array;
}

/* Null, unless the value it looks into has `type`; then also null only if it may not have it. */
static unsigned array_or_null(const struct shape *left, unsigned type)
{
    if (!(left->types & type))
        return SHAPE_NULL;
    return left->types == type ? SHAPE_ARRAY : SHAPE_ARRAY | SHAPE_NULL;
}

static struct shape projection_shape(struct walk *walk, const struct ast *node,
                                     const struct shape *left)
{
    bool is_of_values = node->kind == AST_PROJECT_VALUES;
    unsigned types = array_or_null(left, is_of_values ? SHAPE_OBJECT : SHAPE_ARRAY);
    if (types == SHAPE_NULL)
        return shape_of_types(types);
    struct shape element = is_of_values ? shape_of_types(SHAPE_ANY) : shape_element_of(left);
    if (node->condition != NULL)
        shape_of(walk, node->condition, &element);
    if (node->inner != NULL)
        element = shape_of(walk, node->inner, &element);
    return array_of(walk, shape_without(element, SHAPE_NULL), types);
}

/* Elements that are arrays themselves are opened. */
static struct shape flatten_shape(struct walk *walk, const struct shape *left)
{
    unsigned types = array_or_null(left, SHAPE_ARRAY);
    struct shape element = shape_element_of(left);
    if (types == SHAPE_NULL)
        return shape_of_types(types);
    if (element.types & SHAPE_ARRAY)
        element = shape_either(walk->arena, shape_without(element, SHAPE_ARRAY),
                               shape_element_of(&element));
    return array_of(walk, element, types);
}

static struct shape index_shape(const struct shape *left)
{
    struct shape element = shape_element_of(left);
    return shape_with(element, SHAPE_NULL);
}

/* --- made --------------------------------------------------------------------------------- */

static unsigned null_of(const struct shape *input)
{
    return input->types & SHAPE_NULL;
}

static struct shape list_shape(struct walk *walk, const struct ast *node, const struct shape *input)
{
    struct shape element = shape_of_types(0);
    for (uint32_t i = 0; i < node->count; i++) {
        struct shape one = shape_of(walk, node->items[i], input);
        element = i == 0 ? one : shape_either(walk->arena, element, one);
    }
    if (shape_is_null(input))
        return shape_of_types(SHAPE_NULL);
    return array_of(walk, element, SHAPE_ARRAY | null_of(input));
}

static struct shape hash_shape(struct walk *walk, const struct ast *node, const struct shape *input)
{
    struct shape object = shape_of_types(SHAPE_OBJECT | null_of(input));
    object.has_members = true;
    object.members = arena_array(walk->arena, struct shape_member, node->count);
    for (uint32_t i = 0; i < node->count; i++)
        object.members[object.member_count++] =
            (struct shape_member){.name = json_string_decode(walk->arena, node->keys[i]),
                                  .shape = shape_of(walk, node->items[i], input)};
    return shape_is_null(input) ? shape_of_types(SHAPE_NULL) : object;
}

/* --- logic -------------------------------------------------------------------------------- */

#define ALWAYS_FALSE (SHAPE_NULL | 1u << JSON_FALSE)
#define ALWAYS_TRUE  (SHAPE_NUMBER | 1u << JSON_TRUE)

static struct shape compare_shape(struct walk *walk, const struct ast *node,
                                  const struct shape *input)
{
    struct shape left = shape_of_left(walk, node, input);
    struct shape right = shape_of(walk, node->right, input);
    bool is_equality = node->comparator == AST_EQUAL || node->comparator == AST_NOT_EQUAL;
    bool is_of_numbers = left.types == SHAPE_NUMBER && right.types == SHAPE_NUMBER;
    if (is_equality || is_of_numbers)
        return shape_of_types(SHAPE_BOOLEAN);
    bool can_be = left.types & SHAPE_NUMBER && right.types & SHAPE_NUMBER;
    return shape_of_types(can_be ? SHAPE_BOOLEAN | SHAPE_NULL : SHAPE_NULL);
}

/* `dropped`: the types with which the left side is not the result. */
static struct shape logic_shape(struct walk *walk, const struct ast *node,
                                const struct shape *input, unsigned dropped, unsigned kept)
{
    struct shape left = shape_of_left(walk, node, input);
    struct shape right = shape_of(walk, node->right, input);
    if (!(left.types & ~dropped))
        return right;
    if (!(left.types & ~kept))
        return left;
    return shape_either(walk->arena, shape_without(left, dropped), right);
}

static struct shape shape_of(struct walk *walk, const struct ast *node, const struct shape *input)
{
    struct shape left = shape_of_types(SHAPE_ANY);
    switch ((enum ast_kind)node->kind) {
    case AST_CURRENT:
        return *input;
    case AST_CONSTANT:
        return shape_of_json(walk->arena, node->value);
    case AST_SLOT:
        return walk->slots[node->number];
    case AST_MEMO:
        return shape_of(walk, node->left, input);
    case AST_FIELD:
        left = shape_of_left(walk, node, input);
        return shape_member_of(&left, node->name);
    case AST_INDEX:
        left = shape_of_left(walk, node, input);
        return index_shape(&left);
    case AST_SLICE:
        left = shape_of_left(walk, node, input);
        return array_of(walk, shape_element_of(&left), array_or_null(&left, SHAPE_ARRAY));
    case AST_FLATTEN:
        left = shape_of_left(walk, node, input);
        return flatten_shape(walk, &left);
    case AST_PROJECT:
    case AST_PROJECT_VALUES:
    case AST_FILTER:
        left = shape_of_left(walk, node, input);
        return projection_shape(walk, node, &left);
    case AST_THEN:
        left = shape_of_left(walk, node, input);
        return shape_of(walk, node->inner, &left);
    case AST_LIST:
        return list_shape(walk, node, input);
    case AST_HASH:
        return hash_shape(walk, node, input);
    case AST_COMPARE:
        return compare_shape(walk, node, input);
    case AST_OR:
        return logic_shape(walk, node, input, ALWAYS_FALSE, ALWAYS_TRUE);
    case AST_AND:
        return logic_shape(walk, node, input, ALWAYS_TRUE, ALWAYS_FALSE);
    case AST_NOT:
        shape_of_left(walk, node, input);
        return shape_of_types(SHAPE_BOOLEAN);
    case AST_CALL:
        return call_shape(walk, node, input);
    case AST_REFERENCE:
    case AST_KIND_COUNT:
        break;
    }
    return shape_of_types(SHAPE_ANY);
}

/* --- all ---------------------------------------------------------------------------------- */

struct shape expression_shape(struct arena *arena, const struct jmespath *expression,
                              const struct shape *slots)
{
    struct walk walk = {.arena = arena, .slots = slots};
    struct shape nothing = shape_of_types(SHAPE_OBJECT);
    struct shape shape = shape_of(&walk, jmespath_tree(expression), &nothing);
    return walk.may_fail ? shape_with(shape, SHAPE_NULL) : shape;
}

struct shape text_shape(struct arena *arena, const struct text *text, const struct shape *slots)
{
    if (text->is_value)
        return expression_shape(arena, text->parts[0].expression, slots);
    unsigned types = SHAPE_STRING;
    for (uint32_t i = 0; i < text->count; i++) {
        if (text->parts[i].expression == NULL)
            continue;
        struct shape part = expression_shape(arena, text->parts[i].expression, slots);
        if (shape_is_null(&part))
            return part;
        if (part.types & (SHAPE_NULL | SHAPE_ARRAY | SHAPE_OBJECT))
            types |= SHAPE_NULL;
    }
    return shape_of_types(types);
}

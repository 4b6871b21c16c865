/*
 * The way in: compile is parse and bind, evaluate is one walk with a budget.
 */
#include "base/jmespath/jmespath.h"

#include "base/arena.h"
#include "base/jmespath/ast.h"
#include "base/jmespath/bind.h"
#include "base/jmespath/evaluate.h"
#include "base/jmespath/parser.h"
#include "base/json/make.h"

struct jmespath {
    struct ast *tree;
    bool is_bound;
    struct bind_result found;
};

/* --- compiling ----------------------------------------------------------------------------- */

static struct jmespath *jmespath_new(struct arena *arena, struct str text,
                                     struct jmespath_resolver *resolver,
                                     struct jmespath_error *ret_error)
{
    struct jmespath_error error = {0};
    struct jmespath *expression = arena_new(arena, struct jmespath);
    expression->is_bound = resolver != NULL;
    if (parser_parse(arena, text, &expression->tree, &error) &&
        bind_tree(arena, resolver, &expression->tree, &expression->found, &error))
        return expression;
    *ret_error = error;
    return NULL;
}

struct jmespath *jmespath_compile(struct arena *arena, struct str text,
                                  struct jmespath_error *ret_error)
{
    return jmespath_new(arena, text, NULL, ret_error);
}

struct jmespath *jmespath_compile_bound(struct arena *arena, struct str text,
                                        struct jmespath_resolver *resolver,
                                        struct jmespath_error *ret_error)
{
    return jmespath_new(arena, text, resolver, ret_error);
}

bool jmespath_is_slot(const struct jmespath *expression, uint32_t *ret_slot)
{
    if (expression->tree->kind != AST_SLOT)
        return false;
    *ret_slot = expression->tree->number;
    return true;
}

bool jmespath_is_constant(const struct jmespath *expression, struct json *ret_value)
{
    if (expression->tree->kind != AST_CONSTANT)
        return false;
    *ret_value = expression->tree->value;
    return true;
}

const struct ast *jmespath_tree(const struct jmespath *expression)
{
    return expression->tree;
}

const uint32_t *jmespath_slots(const struct jmespath *expression, size_t *ret_count)
{
    *ret_count = expression->found.slot_count;
    return expression->found.slots;
}

const struct jmespath_inner_name *jmespath_inner_names(const struct jmespath *expression,
                                                       size_t *ret_count)
{
    *ret_count = expression->found.inner_name_count;
    return expression->found.inner_names;
}

/* --- evaluating ---------------------------------------------------------------------------- */

bool jmespath_evaluate(const struct jmespath *expression, struct jmespath_frame *frame,
                       struct json *ret_value, const char **ret_why)
{
    struct evaluation evaluation = {.frame = frame};
    /* Binding leaves no bare name that would look into the input; it only must not be null. */
    struct json input = expression->is_bound ? json_object(NULL, 0) : frame->root;
    struct json value;
    bool is_value = evaluate(&evaluation, expression->tree, &input, &value);
    /* A built value is read at least once more, by whoever writes it. */
    if (is_value && value.form == JSON_FORM_BUILT)
        is_value = evaluation_charge_value(&evaluation, value);
    *ret_value = is_value ? value : json_null();
    if (!is_value && ret_why)
        *ret_why = evaluation.why;
    return is_value;
}

/* A container that was only validated keeps its text, blanks and all. */
static bool jmespath_is_empty_text(struct json container)
{
    for (uint32_t i = 1; i + 1 < container.size; i++) {
        if (!memchr(" \t\r\n", container.text[i], 4))
            return false;
    }
    return true;
}

bool jmespath_truth(struct json value)
{
    switch (json_type(value)) {
    case JSON_NULL:
    case JSON_FALSE:
        return false;
    case JSON_STRING:
        return value.size > (value.form == JSON_FORM_TEXT ? 2 : 0);
    case JSON_ARRAY:
    case JSON_OBJECT:
        return value.form == JSON_FORM_TEXT ? !jmespath_is_empty_text(value) : value.size > 0;
    default:
        return true;
    }
}

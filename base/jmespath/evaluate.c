/*
 * The evaluator. It recurses over the tree, whose height is bounded, and never over the data:
 * results refer to the input, and nothing of it is copied.
 */
#include "base/jmespath/evaluate.h"

#include "base/jmespath/functions.h"
#include "base/jmespath/members.h"
#include "base/jmespath/parts.h"
#include "base/json/make.h"

/* A memo that failed: JMESPATH_MEMO_NONE has form 0. `text` says why. */
#define EVALUATE_MEMO_FAILED 1

typedef bool evaluate_kind(struct evaluation *evaluation, const struct ast *node,
                           const struct json *input, struct json *ret_value);

/* The left side; the most frequent ones without a call. */
static inline bool evaluate_left(struct evaluation *evaluation, const struct ast *node,
                                 const struct json *input, struct json *ret_value)
{
    const struct ast *left = node->left;
    if (!left) {
        *ret_value = *input;
        return true;
    }
    if (left->kind == AST_SLOT) {
        *ret_value = evaluation->frame->slots[left->number];
        return true;
    }
    return evaluate(evaluation, left, input, ret_value);
}

/* --- paths --------------------------------------------------------------------------------- */

static bool evaluate_field(struct evaluation *evaluation, const struct ast *node,
                           const struct json *input, struct json *ret_value)
{
    struct json object;
    if (!evaluate_left(evaluation, node, input, &object))
        return false;
    if (object.type != JSON_OBJECT || !json_member(object, node->name, ret_value))
        *ret_value = json_null();
    return true;
}

static bool evaluate_index(struct evaluation *evaluation, const struct ast *node,
                           const struct json *input, struct json *ret_value)
{
    struct json array;
    if (!evaluate_left(evaluation, node, input, &array))
        return false;
    *ret_value = json_null();
    if (array.type != JSON_ARRAY)
        return true;
    int64_t index = node->index < 0 ? node->index + array.size : node->index;
    if (index < 0 || index >= array.size)
        return true;
    /* An indexed array is walked up to the element. */
    if (array.form != JSON_FORM_BUILT && !evaluation_charge(evaluation, (uint64_t)index))
        return false;
    json_element(array, (uint32_t)index, ret_value);
    return true;
}

static bool evaluate_flatten(struct evaluation *evaluation, const struct ast *node,
                             const struct json *input, struct json *ret_value)
{
    struct json array, element, inner;
    struct parts parts = PARTS_NONE;
    if (!evaluate_left(evaluation, node, input, &array))
        return false;
    if (array.type != JSON_ARRAY) {
        *ret_value = json_null();
        return true;
    }
    struct json_iterator outer = json_iterate(array);
    while (json_next(&outer, NULL, &element)) {
        if (!evaluation_charge(evaluation, 1))
            return false;
        if (element.type != JSON_ARRAY) {
            if (!parts_add(evaluation, &parts, element))
                return false;
            continue;
        }
        struct json_iterator iterator = json_iterate(element);
        while (json_next(&iterator, NULL, &inner)) {
            if (!evaluation_charge(evaluation, 1) || !parts_add(evaluation, &parts, inner))
                return false;
        }
    }
    *ret_value = parts_array(&parts);
    return true;
}

/* --- slices -------------------------------------------------------------------------------- */

/* Where a slice begins or ends in an array of `size`, as the specification says. */
static int64_t evaluate_slice_bound(int64_t bound, int64_t size, int64_t step)
{
    if (bound < 0) {
        bound += size;
        return bound >= 0 ? bound : step < 0 ? -1 : 0;
    }
    return bound < size ? bound : step < 0 ? size - 1 : size;
}

static bool evaluate_slice_forward(struct evaluation *evaluation, struct json array,
                                   const struct ast_slice *slice, struct parts *parts)
{
    int64_t size = array.size;
    int64_t next = slice->has_start ? evaluate_slice_bound(slice->start, size, 1) : 0;
    int64_t stop = slice->has_stop ? evaluate_slice_bound(slice->stop, size, 1) : size;
    struct json_iterator iterator = json_iterate(array);
    struct json element;
    for (int64_t i = 0; i < stop && json_next(&iterator, NULL, &element); i++) {
        if (!evaluation_charge(evaluation, 1))
            return false;
        if (i != next)
            continue;
        if (!parts_add(evaluation, parts, element))
            return false;
        next = slice->step >= size ? size : next + slice->step;
    }
    return true;
}

/* An array is read forward only: the wanted elements are collected from the last to the first. */
static bool evaluate_slice_backward(struct evaluation *evaluation, struct json array,
                                    const struct ast_slice *slice, struct parts *parts)
{
    int64_t size = array.size;
    int64_t step = slice->step < -size ? size : -slice->step;
    int64_t start = slice->has_start ? evaluate_slice_bound(slice->start, size, -1) : size - 1;
    int64_t stop = slice->has_stop ? evaluate_slice_bound(slice->stop, size, -1) : -1;
    if (start <= stop)
        return true;
    struct json_iterator iterator = json_iterate(array);
    struct json element;
    for (int64_t i = 0; i <= start && json_next(&iterator, NULL, &element); i++) {
        if (!evaluation_charge(evaluation, 1))
            return false;
        if (i > stop && (start - i) % step == 0 && !parts_add(evaluation, parts, element))
            return false;
    }
    for (uint32_t i = 0; i < parts->count / 2; i++) {
        struct json swapped = parts->at[i];
        parts->at[i] = parts->at[parts->count - 1 - i];
        parts->at[parts->count - 1 - i] = swapped;
    }
    return true;
}

static bool evaluate_slice(struct evaluation *evaluation, const struct ast *node,
                           const struct json *input, struct json *ret_value)
{
    struct json array;
    struct parts parts = PARTS_NONE;
    if (!evaluate_left(evaluation, node, input, &array))
        return false;
    *ret_value = json_null();
    if (array.type != JSON_ARRAY)
        return true;
    if (array.size > 0 &&
        !(node->slice.step > 0 ? evaluate_slice_forward
                               : evaluate_slice_backward)(evaluation, array, &node->slice, &parts))
        return false;
    *ret_value = parts_array(&parts);
    return true;
}

/* --- projections --------------------------------------------------------------------------- */

static bool evaluate_projected(struct evaluation *evaluation, const struct ast *node,
                               const struct json *element, struct parts *parts)
{
    struct json value = *element;
    if (!evaluation_charge(evaluation, 1))
        return false;
    if (node->inner && !evaluate(evaluation, node->inner, element, &value))
        return false;
    return json_is_null(value) || parts_add(evaluation, parts, value);
}

static bool evaluate_project(struct evaluation *evaluation, const struct ast *node,
                             const struct json *input, struct json *ret_value)
{
    struct json array, element;
    struct parts parts = PARTS_NONE;
    if (!evaluate_left(evaluation, node, input, &array))
        return false;
    *ret_value = json_null();
    if (array.type != JSON_ARRAY)
        return true;
    struct json_iterator iterator = json_iterate(array);
    while (json_next(&iterator, NULL, &element)) {
        if (!evaluate_projected(evaluation, node, &element, &parts))
            return false;
    }
    *ret_value = parts_array(&parts);
    return true;
}

static bool evaluate_project_values(struct evaluation *evaluation, const struct ast *node,
                                    const struct json *input, struct json *ret_value)
{
    struct json object;
    struct members members;
    struct parts parts = PARTS_NONE;
    if (!evaluate_left(evaluation, node, input, &object))
        return false;
    *ret_value = json_null();
    if (object.type != JSON_OBJECT)
        return true;
    if (!members_of(evaluation, object, &members))
        return false;
    for (uint32_t i = 1; i < members.pairs.count; i += 2) {
        if (!evaluate_projected(evaluation, node, &members.pairs.at[i], &parts))
            return false;
    }
    *ret_value = parts_array(&parts);
    return true;
}

static bool evaluate_filter(struct evaluation *evaluation, const struct ast *node,
                            const struct json *input, struct json *ret_value)
{
    struct json array, element, condition;
    struct parts parts = PARTS_NONE;
    if (!evaluate_left(evaluation, node, input, &array))
        return false;
    *ret_value = json_null();
    if (array.type != JSON_ARRAY)
        return true;
    struct json_iterator iterator = json_iterate(array);
    while (json_next(&iterator, NULL, &element)) {
        if (!evaluation_charge(evaluation, 1) ||
            !evaluate(evaluation, node->condition, &element, &condition))
            return false;
        if (jmespath_truth(condition) && !evaluate_projected(evaluation, node, &element, &parts))
            return false;
    }
    *ret_value = parts_array(&parts);
    return true;
}

/* --- made values --------------------------------------------------------------------------- */

static bool evaluate_list(struct evaluation *evaluation, const struct ast *node,
                          const struct json *input, struct json *ret_value)
{
    *ret_value = json_null();
    if (json_is_null(*input))
        return true;
    struct json *parts = evaluation_array(evaluation, struct json, node->count);
    if (!parts || !evaluation_charge(evaluation, node->count))
        return false;
    for (uint32_t i = 0; i < node->count; i++) {
        if (!evaluate(evaluation, node->items[i], input, &parts[i]))
            return false;
    }
    *ret_value = json_array(parts, node->count);
    return true;
}

static bool evaluate_hash(struct evaluation *evaluation, const struct ast *node,
                          const struct json *input, struct json *ret_value)
{
    *ret_value = json_null();
    if (json_is_null(*input))
        return true;
    struct json *parts = evaluation_array(evaluation, struct json, (size_t)node->count * 2);
    if (!parts || !evaluation_charge(evaluation, node->count))
        return false;
    for (uint32_t i = 0; i < node->count; i++) {
        parts[2 * i] = node->keys[i];
        if (!evaluate(evaluation, node->items[i], input, &parts[2 * i + 1]))
            return false;
    }
    *ret_value = json_object(parts, node->count);
    return true;
}

static bool evaluate_memo(struct evaluation *evaluation, const struct ast *node,
                          const struct json *input, struct json *ret_value)
{
    if (!evaluation->frame->memos)
        return evaluate(evaluation, node->left, input, ret_value);
    struct json *memo = &evaluation->frame->memos[node->number];
    if (memo->type != JSON_TYPE_COUNT) {
        *ret_value = *memo;
        return true;
    }
    if (memo->form == EVALUATE_MEMO_FAILED)
        return evaluation_fail(evaluation, memo->text);
    if (evaluate(evaluation, node->left, input, ret_value)) {
        *memo = *ret_value;
        return true;
    }
    memo->form = EVALUATE_MEMO_FAILED;
    memo->text = evaluation->why;
    return false;
}

static bool evaluate_then(struct evaluation *evaluation, const struct ast *node,
                          const struct json *input, struct json *ret_value)
{
    struct json left;
    return evaluate_left(evaluation, node, input, &left) &&
           evaluate(evaluation, node->inner, &left, ret_value);
}

/* --- logic --------------------------------------------------------------------------------- */

static bool evaluate_equal(struct evaluation *evaluation, struct json a, struct json b,
                           bool *ret_is_equal)
{
    *ret_is_equal = false;
    if (a.type != b.type)
        return true;
    if (a.form == JSON_FORM_BUILT && !evaluation_charge_value(evaluation, a))
        return false;
    if (b.form == JSON_FORM_BUILT && !evaluation_charge_value(evaluation, b))
        return false;
    *ret_is_equal = json_is_equal(a, b);
    return true;
}

static bool evaluate_order(enum ast_comparator comparator, int order)
{
    switch (comparator) {
    case AST_LESS:
        return order < 0;
    case AST_LESS_EQUAL:
        return order <= 0;
    case AST_GREATER:
        return order > 0;
    default:
        return order >= 0;
    }
}

static bool evaluate_compare(struct evaluation *evaluation, const struct ast *node,
                             const struct json *input, struct json *ret_value)
{
    struct json left, right;
    if (!evaluate_left(evaluation, node, input, &left) ||
        !evaluate(evaluation, node->right, input, &right))
        return false;
    if (node->comparator == AST_EQUAL || node->comparator == AST_NOT_EQUAL) {
        bool is_equal;
        if (!evaluate_equal(evaluation, left, right, &is_equal))
            return false;
        *ret_value = json_boolean(is_equal == (node->comparator == AST_EQUAL));
    } else if (left.type == JSON_NUMBER && right.type == JSON_NUMBER) {
        int order = json_number_compare(left, right);
        *ret_value = json_boolean(evaluate_order((enum ast_comparator)node->comparator, order));
    } else {
        *ret_value = json_null();
    }
    return true;
}

static bool evaluate_or(struct evaluation *evaluation, const struct ast *node,
                        const struct json *input, struct json *ret_value)
{
    return evaluate_left(evaluation, node, input, ret_value) &&
           (jmespath_truth(*ret_value) || evaluate(evaluation, node->right, input, ret_value));
}

static bool evaluate_and(struct evaluation *evaluation, const struct ast *node,
                         const struct json *input, struct json *ret_value)
{
    return evaluate_left(evaluation, node, input, ret_value) &&
           (!jmespath_truth(*ret_value) || evaluate(evaluation, node->right, input, ret_value));
}

static bool evaluate_not(struct evaluation *evaluation, const struct ast *node,
                         const struct json *input, struct json *ret_value)
{
    struct json left;
    if (!evaluate_left(evaluation, node, input, &left))
        return false;
    *ret_value = json_boolean(!jmespath_truth(left));
    return true;
}

/* --- functions ----------------------------------------------------------------------------- */

static bool evaluate_arguments(struct evaluation *evaluation, const struct ast *node,
                               const struct json *input, struct json *arguments)
{
    for (uint32_t i = 0; i < node->count; i++) {
        arguments[i] = json_null();
        if (node->items[i]->kind != AST_REFERENCE &&
            !evaluate(evaluation, node->items[i], input, &arguments[i]))
            return false;
    }
    return true;
}

/* A container that was only validated cannot be looked into, so nothing can be said about it. */
static bool evaluate_is_taken(unsigned takes, struct json value)
{
    bool is_closed = value.form == JSON_FORM_TEXT && value.type >= JSON_ARRAY;
    return takes == TAKES_ANY || (!is_closed && (takes >> value.type & 1));
}

/* References were checked when the expression was compiled. */
static bool evaluate_are_taken(const struct ast *node, const struct json *arguments)
{
    for (uint32_t i = 0; i < node->count; i++) {
        if (node->items[i]->kind != AST_REFERENCE &&
            !evaluate_is_taken(function_argument(node->function, i), arguments[i]))
            return false;
    }
    return true;
}

static const struct ast *evaluate_reference(const struct ast *node)
{
    for (uint32_t i = 0; i < node->count; i++) {
        if (node->items[i]->kind == AST_REFERENCE)
            return node->items[i]->inner;
    }
    return NULL;
}

static bool evaluate_call(struct evaluation *evaluation, const struct ast *node,
                          const struct json *input, struct json *ret_value)
{
    struct json few[FUNCTION_ARGUMENTS_MAXIMUM];
    struct json *arguments = few;
    if (node->count > FUNCTION_ARGUMENTS_MAXIMUM)
        arguments = evaluation_array(evaluation, struct json, node->count);
    if (!arguments || !evaluation_charge(evaluation, 1) ||
        !evaluate_arguments(evaluation, node, input, arguments))
        return false;
    if (node->function->passes_null && json_is_null(arguments[0])) {
        *ret_value = json_null();
        return true;
    }
    if (!evaluate_are_taken(node, arguments))
        return evaluation_fail(evaluation, evaluation_invalid_type);
    struct function_call call = {.evaluation = evaluation,
                                 .arguments = arguments,
                                 .count = node->count,
                                 .reference = evaluate_reference(node)};
    /* A function may have used the arena up in one piece of work. */
    return node->function->call(&call, ret_value) && evaluation_charge(evaluation, 0);
}

/* --- all ----------------------------------------------------------------------------------- */

static bool evaluate_current(struct evaluation *evaluation, const struct ast *node,
                             const struct json *input, struct json *ret_value)
{
    (void)evaluation;
    (void)node;
    *ret_value = *input;
    return true;
}

static bool evaluate_constant(struct evaluation *evaluation, const struct ast *node,
                              const struct json *input, struct json *ret_value)
{
    (void)evaluation;
    (void)input;
    *ret_value = node->value;
    return true;
}

static bool evaluate_slot(struct evaluation *evaluation, const struct ast *node,
                          const struct json *input, struct json *ret_value)
{
    (void)input;
    *ret_value = evaluation->frame->slots[node->number];
    return true;
}

/* References are no values: only functions evaluate what stands behind the &. */
static evaluate_kind *const evaluate_kinds[AST_KIND_COUNT] = {
    [AST_CURRENT] = evaluate_current, [AST_CONSTANT] = evaluate_constant,
    [AST_SLOT] = evaluate_slot,       [AST_MEMO] = evaluate_memo,
    [AST_FIELD] = evaluate_field,     [AST_INDEX] = evaluate_index,
    [AST_SLICE] = evaluate_slice,     [AST_FLATTEN] = evaluate_flatten,
    [AST_PROJECT] = evaluate_project, [AST_PROJECT_VALUES] = evaluate_project_values,
    [AST_FILTER] = evaluate_filter,   [AST_THEN] = evaluate_then,
    [AST_LIST] = evaluate_list,       [AST_HASH] = evaluate_hash,
    [AST_COMPARE] = evaluate_compare, [AST_OR] = evaluate_or,
    [AST_AND] = evaluate_and,         [AST_NOT] = evaluate_not,
    [AST_CALL] = evaluate_call,
};

bool evaluate(struct evaluation *evaluation, const struct ast *node, const struct json *input,
              struct json *ret_value)
{
    return evaluate_kinds[node->kind](evaluation, node, input, ret_value);
}

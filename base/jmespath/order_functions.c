/*
 * Functions that put values in order: all of them numbers, or all of them strings. Sorting is
 * stable: what is equal keeps its order.
 */
#include "base/jmespath/evaluate.h"
#include "base/jmespath/functions.h"
#include "base/json/make.h"

struct order_item {
    struct json key;
    struct json value;
};

typedef int order_compare(struct json a, struct json b);

static order_compare *order_by_type(uint8_t type)
{
    if (type == JSON_NUMBER)
        return json_number_compare;
    return type == JSON_STRING ? json_string_compare : NULL;
}

/* The next element and its key, which must be of the type of the keys before it. */
static bool order_next(struct function_call *call, struct json_iterator *iterator,
                       order_compare **compare, struct order_item *ret_item, bool *ret_is_end)
{
    struct evaluation *evaluation = call->evaluation;
    *ret_is_end = !json_next(iterator, NULL, &ret_item->value);
    if (*ret_is_end)
        return true;
    ret_item->key = ret_item->value;
    if (!evaluation_charge(evaluation, 1))
        return false;
    if (call->reference && !evaluate(evaluation, call->reference, &ret_item->value, &ret_item->key))
        return false;
    order_compare *own = order_by_type(ret_item->key.type);
    if (!own || (*compare && own != *compare))
        return evaluation_fail(evaluation, evaluation_invalid_type);
    *compare = own;
    return true;
}

/* --- the largest and the smallest ---------------------------------------------------------- */

/* `sign` is 1 for the largest, -1 for the smallest; the first of equal ones. */
static bool order_pick(struct function_call *call, int sign, struct json *ret_value)
{
    struct json_iterator iterator = json_iterate(call->arguments[0]);
    order_compare *compare = NULL;
    struct order_item best = {json_null(), json_null()};
    for (bool is_first = true;; is_first = false) {
        struct order_item item;
        bool is_end;
        if (!order_next(call, &iterator, &compare, &item, &is_end))
            return false;
        if (is_end)
            break;
        int order = is_first ? 0 : compare(item.key, best.key);
        if (is_first || (sign > 0 ? order > 0 : order < 0))
            best = item;
    }
    *ret_value = best.value;
    return true;
}

bool function_max(struct function_call *call, struct json *ret_value)
{
    return order_pick(call, 1, ret_value);
}

bool function_max_by(struct function_call *call, struct json *ret_value)
{
    return order_pick(call, 1, ret_value);
}

bool function_min(struct function_call *call, struct json *ret_value)
{
    return order_pick(call, -1, ret_value);
}

bool function_min_by(struct function_call *call, struct json *ret_value)
{
    return order_pick(call, -1, ret_value);
}

/* --- sorting ------------------------------------------------------------------------------- */

/* from[left…middle) and from[middle…right) become to[left…right). */
static void order_merge(const struct order_item *from, struct order_item *to, size_t left,
                        size_t middle, size_t right, order_compare *compare)
{
    size_t a = left;
    size_t b = middle;
    for (size_t i = left; i < right; i++) {
        bool takes_left = a < middle && (b == right || compare(from[a].key, from[b].key) <= 0);
        to[i] = from[takes_left ? a++ : b++];
    }
}

/* Bottom-up merge sort; the result is in what it returns, one of both. */
static struct order_item *order_sort(struct order_item *items, struct order_item *scratch,
                                     size_t count, order_compare *compare)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t left = 0; left < count; left += 2 * width) {
            size_t middle = left + width < count ? left + width : count;
            size_t right = middle + width < count ? middle + width : count;
            order_merge(items, scratch, left, middle, right, compare);
        }
        struct order_item *swapped = items;
        items = scratch;
        scratch = swapped;
    }
    return items;
}

static bool order_all(struct function_call *call, struct json *ret_value)
{
    uint32_t count = call->arguments[0].size;
    struct order_item *items =
        evaluation_array(call->evaluation, struct order_item, (size_t)count * 2);
    struct json *parts = evaluation_array(call->evaluation, struct json, count);
    if (!items || !parts)
        return false;

    struct json_iterator iterator = json_iterate(call->arguments[0]);
    order_compare *compare = NULL;
    bool is_end = false;
    for (uint32_t i = 0; i < count && !is_end; i++) {
        if (!order_next(call, &iterator, &compare, &items[i], &is_end))
            return false;
    }
    items = order_sort(items, items + count, count, compare);
    for (uint32_t i = 0; i < count; i++)
        parts[i] = items[i].value;
    *ret_value = json_array(parts, count);
    return true;
}

bool function_sort(struct function_call *call, struct json *ret_value)
{
    return order_all(call, ret_value);
}

bool function_sort_by(struct function_call *call, struct json *ret_value)
{
    return order_all(call, ret_value);
}

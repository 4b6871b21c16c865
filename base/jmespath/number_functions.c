/*
 * Functions of numbers. Where the answer is the number that was given, or that number without its
 * sign, its own digits are kept; everything else is computed in doubles, and what is not finite is
 * null.
 */
#include "base/jmespath/evaluation.h"
#include "base/jmespath/functions.h"
#include "base/json/make.h"

#include <math.h>

static struct str number_digits(struct json number)
{
    return (struct str){number.text, number.size};
}

static bool number_is_integer(struct json number)
{
    for (uint32_t i = 0; i < number.size; i++) {
        if (memchr(".eE", number.text[i], 3))
            return false;
    }
    return true;
}

static struct json number_of(struct function_call *call, double number)
{
    /* Adding 0 turns -0, which nobody means, into 0. */
    return json_from_double(call->evaluation->frame->arena, number + 0.0);
}

bool function_abs(struct function_call *call, struct json *ret_value)
{
    struct json number = call->arguments[0];
    if (number.text[0] == '-') {
        number.text++;
        number.size--;
    }
    *ret_value = number;
    return true;
}

bool function_ceil(struct function_call *call, struct json *ret_value)
{
    struct json number = call->arguments[0];
    *ret_value = number_is_integer(number) ? number : number_of(call, ceil(json_number(number)));
    return true;
}

bool function_floor(struct function_call *call, struct json *ret_value)
{
    struct json number = call->arguments[0];
    *ret_value = number_is_integer(number) ? number : number_of(call, floor(json_number(number)));
    return true;
}

static bool number_add_up(struct function_call *call, double *ret_sum)
{
    double sum = 0;
    struct json_iterator iterator = json_iterate(call->arguments[0]);
    struct json element;
    while (json_next(&iterator, NULL, &element)) {
        if (!evaluation_charge(call->evaluation, 1))
            return false;
        if (element.type != JSON_NUMBER)
            return evaluation_fail(call->evaluation, evaluation_invalid_type);
        sum += json_number(element);
    }
    *ret_sum = sum;
    return true;
}

bool function_avg(struct function_call *call, struct json *ret_value)
{
    double sum;
    if (!number_add_up(call, &sum))
        return false;
    uint32_t count = call->arguments[0].size;
    *ret_value = count == 0 ? json_null() : number_of(call, sum / count);
    return true;
}

bool function_sum(struct function_call *call, struct json *ret_value)
{
    double sum;
    if (!number_add_up(call, &sum))
        return false;
    *ret_value = number_of(call, sum);
    return true;
}

/* Exactly a number of JSON's grammar, so no blanks around it, which json_check would take. */
static bool number_parse(struct str text, struct json *ret_value)
{
    struct json value;
    if (str_is_empty(text) || json_check(text, &json_limits_default, &value, NULL) != JSON_OK ||
        value.type != JSON_NUMBER || !str_equal(number_digits(value), text))
        return false;
    *ret_value = value;
    return true;
}

bool function_to_number(struct function_call *call, struct json *ret_value)
{
    struct json value = call->arguments[0];
    if (value.type == JSON_STRING) {
        struct str text = json_string_decode(call->evaluation->frame->arena, value);
        if (number_parse(text, ret_value))
            return true;
    }
    *ret_value = value.type == JSON_NUMBER ? value : json_null();
    return true;
}

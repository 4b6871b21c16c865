/*
 * The functions: what each is called, takes and does, in one table. Types that the table can say
 * are checked before a function runs; a function checks only what is inside its arguments.
 */
#ifndef BRAID_BASE_JMESPATH_FUNCTIONS_H
#define BRAID_BASE_JMESPATH_FUNCTIONS_H

#include "base/json/json.h"

struct ast;
struct evaluation;

/* What an argument may be, as bits. */
enum function_takes {
    TAKES_NULL = 1 << JSON_NULL,
    TAKES_BOOLEAN = 1 << JSON_FALSE | 1 << JSON_TRUE,
    TAKES_NUMBER = 1 << JSON_NUMBER,
    TAKES_STRING = 1 << JSON_STRING,
    TAKES_ARRAY = 1 << JSON_ARRAY,
    TAKES_OBJECT = 1 << JSON_OBJECT,
    TAKES_ANY = (1 << JSON_TYPE_COUNT) - 1,
    TAKES_REFERENCE = 1 << JSON_TYPE_COUNT /* &expression */
};

struct function_call {
    struct evaluation *evaluation;
    const struct json *arguments; /* null where a reference stands */
    uint32_t count;
    const struct ast *reference; /* what stands behind the & */
};

#define FUNCTION_ARGUMENTS_MAXIMUM 3

struct function {
    const char *name;
    uint32_t arguments; /* how many it takes; a variadic one as many or more, all like the last */
    bool is_variadic;
    bool passes_null; /* null for a null first argument, whatever the others are */
    uint16_t takes[FUNCTION_ARGUMENTS_MAXIMUM];
    bool (*call)(struct function_call *call, struct json *ret_value);
};

/* NULL where there is none of this name. */
const struct function *function_find(struct str name);

/* The name of the function that was probably meant; empty where none is near. */
struct str function_nearest(struct str name);

/* What the argument at `index` may be. */
static inline unsigned function_argument(const struct function *function, uint32_t index)
{
    return function->takes[index < function->arguments ? index : function->arguments - 1];
}

/* Each is what the name says; see functions.c for the types. */
typedef bool function_implementation(struct function_call *call, struct json *ret_value);

function_implementation function_abs, function_avg, function_ceil, function_floor, function_sum,
    function_to_number;
function_implementation function_max, function_max_by, function_min, function_min_by, function_sort,
    function_sort_by;
function_implementation function_contains, function_ends_with, function_join, function_now,
    function_replace, function_split, function_starts_with, function_to_string;
function_implementation function_length, function_map, function_not_null, function_reverse,
    function_to_array, function_type, function_unique;
function_implementation function_keys, function_merge, function_values;
function_implementation function_lookup, function_lookup_all;

#endif

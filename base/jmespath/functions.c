/*
 * The table of functions, in alphabetical order: those of the specification of JMESPath and our
 * six (lookup, lookup_all, now, replace, split, unique).
 */
#include "base/jmespath/functions.h"

#define COLLECTION (TAKES_ARRAY | TAKES_OBJECT)
#define KEYED                                                                                      \
    {                                                                                              \
        TAKES_ARRAY, TAKES_REFERENCE                                                               \
    }
#define FOUND                                                                                      \
    {                                                                                              \
        TAKES_ARRAY, TAKES_STRING, TAKES_ANY                                                       \
    }
#define TWO_TEXTS                                                                                  \
    {                                                                                              \
        TAKES_STRING, TAKES_STRING                                                                 \
    }

static const struct function functions[] = {
    {"abs", 1, false, false, {TAKES_NUMBER}, function_abs},
    {"avg", 1, false, false, {TAKES_ARRAY}, function_avg},
    {"ceil", 1, false, false, {TAKES_NUMBER}, function_ceil},
    {"contains", 2, false, false, {TAKES_ARRAY | TAKES_STRING, TAKES_ANY}, function_contains},
    {"ends_with", 2, false, false, TWO_TEXTS, function_ends_with},
    {"floor", 1, false, false, {TAKES_NUMBER}, function_floor},
    {"join", 2, false, false, {TAKES_STRING, TAKES_ARRAY}, function_join},
    {"keys", 1, false, false, {TAKES_OBJECT}, function_keys},
    {"length", 1, false, false, {COLLECTION | TAKES_STRING}, function_length},
    {"lookup", 3, false, true, FOUND, function_lookup},
    {"lookup_all", 3, false, true, FOUND, function_lookup_all},
    {"map", 2, false, false, {TAKES_REFERENCE, TAKES_ARRAY}, function_map},
    {"max", 1, false, false, {TAKES_ARRAY}, function_max},
    {"max_by", 2, false, false, KEYED, function_max_by},
    {"merge", 1, true, false, {TAKES_OBJECT}, function_merge},
    {"min", 1, false, false, {TAKES_ARRAY}, function_min},
    {"min_by", 2, false, false, KEYED, function_min_by},
    {"not_null", 1, true, false, {TAKES_ANY}, function_not_null},
    {"now", 0, false, false, {0}, function_now},
    {"replace", 3, false, true, {TAKES_STRING, TAKES_STRING, TAKES_STRING}, function_replace},
    {"reverse", 1, false, false, {TAKES_ARRAY | TAKES_STRING}, function_reverse},
    {"sort", 1, false, false, {TAKES_ARRAY}, function_sort},
    {"sort_by", 2, false, false, KEYED, function_sort_by},
    {"split", 2, false, true, TWO_TEXTS, function_split},
    {"starts_with", 2, false, false, TWO_TEXTS, function_starts_with},
    {"sum", 1, false, false, {TAKES_ARRAY}, function_sum},
    {"to_array", 1, false, false, {TAKES_ANY}, function_to_array},
    {"to_number", 1, false, false, {TAKES_ANY}, function_to_number},
    {"to_string", 1, false, false, {TAKES_ANY}, function_to_string},
    {"type", 1, false, false, {TAKES_ANY}, function_type},
    {"unique", 1, false, true, {TAKES_ARRAY}, function_unique},
    {"values", 1, false, false, {TAKES_OBJECT}, function_values},
};

#define FUNCTION_COUNT (sizeof(functions) / sizeof(functions[0]))

const struct function *function_find(struct str name)
{
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        if (str_equal(name, str_of(functions[i].name)))
            return &functions[i];
    }
    return NULL;
}

struct str function_nearest(struct str name)
{
    struct str nearest = STR_NONE;
    unsigned limit = name.length < 4 ? 1 : 2;
    unsigned best = limit + 1;
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        unsigned distance = str_distance(name, str_of(functions[i].name), limit);
        if (distance < best) {
            best = distance;
            nearest = str_of(functions[i].name);
        }
    }
    return nearest;
}

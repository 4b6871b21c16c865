/*
 * The table of methods and what each may be used for.
 */
#include "routes/method.h"

#include "base/arena.h"

static const struct {
    struct str name;
    bool is_safe;
    bool is_idempotent;
} methods[METHOD_COUNT] = {
    [METHOD_GET] = {{"GET", 3}, true, true},         [METHOD_HEAD] = {{"HEAD", 4}, true, true},
    [METHOD_POST] = {{"POST", 4}, false, false},     [METHOD_PUT] = {{"PUT", 3}, false, true},
    [METHOD_PATCH] = {{"PATCH", 5}, false, false},   [METHOD_DELETE] = {{"DELETE", 6}, false, true},
    [METHOD_OPTIONS] = {{"OPTIONS", 7}, true, true},
};

bool method_parse(struct str word, enum method *ret_method)
{
    for (unsigned i = 0; i < METHOD_COUNT; i++) {
        if (str_equal(methods[i].name, word)) {
            *ret_method = (enum method)i;
            return true;
        }
    }
    return false;
}

struct str method_name(enum method method)
{
    return methods[method].name;
}

bool method_is_safe(enum method method)
{
    return methods[method].is_safe;
}

bool method_is_idempotent(enum method method)
{
    return methods[method].is_idempotent;
}

struct str method_set_text(struct arena *arena, method_set set)
{
    size_t length = 0;
    for (unsigned i = 0; i < METHOD_COUNT; i++)
        length += set & 1u << i ? methods[i].name.length + 2 : 0;
    char *text = arena_bytes(arena, length);
    size_t at = 0;
    for (unsigned i = 0; i < METHOD_COUNT; i++) {
        if (!(set & 1u << i))
            continue;
        if (at > 0) {
            memcpy(text + at, ", ", 2);
            at += 2;
        }
        memcpy(text + at, methods[i].name.at, methods[i].name.length);
        at += methods[i].name.length;
    }
    return (struct str){text, at};
}

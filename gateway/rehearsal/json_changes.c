/*
 * Two values side by side. Recursion is as deep as the values are, which was bounded when they
 * were read. Arrays of different lengths are different as a whole: which element is which nobody
 * can say.
 */
#include "gateway/rehearsal/json_changes.h"

#include "base/arena.h"
#include "base/json/build.h"

static void value_compare(struct json_changes *changes, struct str path, struct json was,
                          struct json now);

static bool scalar_is_equal(struct json a, struct json b)
{
    if (a.type != b.type)
        return false;
    if (json_type(a) == JSON_STRING)
        return json_string_compare(a, b) == 0;
    return str_equal((struct str){a.text, a.size}, (struct str){b.text, b.size});
}

static bool change_is_equal(const struct json_change *a, const struct json_change *b)
{
    return a->had == b->had && a->has == b->has && str_equal(a->path, b->path) &&
           (!a->has || json_is_equal(a->now, b->now));
}

static void change_add(struct json_changes *changes, const struct json_change *change)
{
    for (const struct json_change *other = changes->first; other; other = other->next) {
        if (change_is_equal(other, change))
            return;
    }
    changes->count++;
    if (changes->count > JSON_CHANGES_MAXIMUM)
        return;
    struct json_change *kept = arena_new(changes->arena, struct json_change);
    *kept = *change;
    if (changes->last != NULL)
        changes->last->next = kept;
    else
        changes->first = kept;
    changes->last = kept;
}

static struct str member_path(struct json_changes *changes, struct str path, struct json key)
{
    struct str name = json_string_decode(changes->arena, key);
    return str_format(changes->arena, "%.*s%s%.*s", STR_ARGS(path), path.length > 0 ? "." : "",
                      STR_ARGS(name));
}

/* The names that both have, in the order of each. */
static bool order_is_equal(struct arena *arena, struct json was, struct json now)
{
    struct json_iterator left = json_iterate(was), right = json_iterate(now);
    struct json key, value, other;
    while (json_next(&left, &key, &value)) {
        struct json candidate;
        if (!json_member(now, json_string_decode(arena, key), &value))
            continue;
        do {
            if (!json_next(&right, &candidate, &other))
                return false;
        } while (!json_member(was, json_string_decode(arena, candidate), &other));
        if (json_string_compare(key, candidate) != 0)
            return false;
    }
    return true;
}

static void object_compare(struct json_changes *changes, struct str path, struct json was,
                           struct json now)
{
    struct json_iterator iterator = json_iterate(was);
    struct json key, value, other;
    while (json_next(&iterator, &key, &value)) {
        struct str member = member_path(changes, path, key);
        if (json_member(now, json_string_decode(changes->arena, key), &other))
            value_compare(changes, member, value, other);
        else
            change_add(changes, &(struct json_change){.path = member, .had = true, .was = value});
    }
    iterator = json_iterate(now);
    while (json_next(&iterator, &key, &value)) {
        if (!json_member(was, json_string_decode(changes->arena, key), &other))
            change_add(changes, &(struct json_change){.path = member_path(changes, path, key),
                                                      .has = true,
                                                      .now = value});
    }
    if (!order_is_equal(changes->arena, was, now))
        changes->is_reordered = true;
}

static void array_compare(struct json_changes *changes, struct str path, struct json was,
                          struct json now)
{
    struct json_iterator left = json_iterate(was), right = json_iterate(now);
    struct json value, other;
    struct str element = str_format(changes->arena, "%.*s[]", STR_ARGS(path));
    while (json_next(&left, NULL, &value) && json_next(&right, NULL, &other))
        value_compare(changes, element, value, other);
}

static void value_compare(struct json_changes *changes, struct str path, struct json was,
                          struct json now)
{
    struct json_change change = {.path = path, .had = true, .has = true, .was = was, .now = now};
    if (json_type(was) == JSON_OBJECT && json_type(now) == JSON_OBJECT)
        object_compare(changes, path, was, now);
    else if (json_type(was) == JSON_ARRAY && json_type(now) == JSON_ARRAY && was.size == now.size)
        array_compare(changes, path, was, now);
    else if (json_type(was) >= JSON_ARRAY || json_type(now) >= JSON_ARRAY ||
             !scalar_is_equal(was, now))
        change_add(changes, &change);
}

void json_changes_find(struct arena *arena, struct json was, struct json now,
                       struct json_changes *ret_changes)
{
    *ret_changes = (struct json_changes){.arena = arena};
    value_compare(ret_changes, STR(""), was, now);
}

static struct json array_arrange(struct arena *arena, struct json value, struct json like)
{
    struct json_builder builder = json_builder_in(arena);
    struct json_iterator left = json_iterate(value), right = json_iterate(like);
    struct json element, other;
    while (json_next(&left, NULL, &element)) {
        if (json_next(&right, NULL, &other))
            element = json_arrange(arena, element, other);
        json_builder_add(&builder, element);
    }
    return json_builder_array(&builder);
}

struct json json_arrange(struct arena *arena, struct json value, struct json like)
{
    struct json key, member, other;
    if (json_type(value) == JSON_ARRAY && json_type(like) == JSON_ARRAY)
        return array_arrange(arena, value, like);
    if (json_type(value) != JSON_OBJECT || json_type(like) != JSON_OBJECT)
        return value;
    struct json_builder builder = json_builder_in(arena);
    struct json_iterator iterator = json_iterate(like);
    while (json_next(&iterator, &key, &other)) {
        struct str name = json_string_decode(arena, key);
        if (json_member(value, name, &member))
            json_builder_set_named(&builder, name, json_arrange(arena, member, other));
    }
    iterator = json_iterate(value);
    while (json_next(&iterator, &key, &member)) {
        struct str name = json_string_decode(arena, key);
        if (!json_member(like, name, &other))
            json_builder_set_named(&builder, name, member);
    }
    return json_builder_object(&builder);
}

/*
 * Equal elements are found by hash, in a table that is at most half full: who chooses the elements
 * does not know the key of the hash.
 */
#include "routes/batch.h"

#include "base/arena.h"
#include "base/json/make.h"

struct different {
    struct json *list;
    uint32_t count;
    uint32_t *table; /* index + 1 in the list, by hash; 0: free */
    uint32_t mask;
};

static void different_init(struct different *different, struct arena *arena, uint32_t most)
{
    uint32_t room = 16;
    while (room / 2 < most)
        room *= 2;
    *different = (struct different){.mask = room - 1};
    different->list = arena_array(arena, struct json, most);
    different->table = arena_array(arena, uint32_t, room);
}

static void different_add(struct different *different, struct json element)
{
    uint32_t at = (uint32_t)json_hash(element) & different->mask;
    while (different->table[at] != 0) {
        if (json_is_equal(different->list[different->table[at] - 1], element))
            return;
        at = (at + 1) & different->mask;
    }
    different->list[different->count++] = element;
    different->table[at] = different->count;
}

struct json batch_split(struct arena *arena, struct json array, uint32_t size)
{
    struct different different;
    different_init(&different, arena, array.size);
    struct json_iterator iterator = json_iterate(array);
    struct json element;
    while (json_next(&iterator, NULL, &element))
        different_add(&different, element);
    uint32_t count = different.count / size + (different.count % size > 0);
    struct json *batches = arena_array(arena, struct json, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t from = i * size;
        uint32_t left = different.count - from;
        batches[i] = json_array(&different.list[from], left < size ? left : size);
    }
    return json_array(batches, count);
}

/* An array that nobody was to look into was only validated: its index is made now. */
static bool array_enter(struct arena *arena, struct json value, struct json *ret_value)
{
    if (json_type(value) != JSON_ARRAY || value.form != JSON_FORM_TEXT) {
        *ret_value = value;
        return true;
    }
    struct str text = {value.text, value.size};
    return json_read(arena, text, &json_limits_default, ret_value, NULL) == JSON_OK;
}

static uint32_t element_count(struct json value)
{
    if (json_is_null(value))
        return 0;
    return json_type(value) == JSON_ARRAY ? value.size : 1;
}

static struct json *elements_copy(struct json *to, struct json value)
{
    if (json_is_null(value))
        return to;
    if (json_type(value) != JSON_ARRAY) {
        *to = value;
        return to + 1;
    }
    struct json_iterator iterator = json_iterate(value);
    while (json_next(&iterator, NULL, to))
        to++;
    return to;
}

bool batch_join(struct arena *arena, const struct json *values, uint32_t count,
                struct json *ret_array)
{
    struct json *entered = arena_array(arena, struct json, count);
    uint32_t total = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!array_enter(arena, values[i], &entered[i]))
            return false;
        total += element_count(entered[i]);
    }
    struct json *elements = arena_array(arena, struct json, total);
    struct json *to = elements;
    for (uint32_t i = 0; i < count; i++)
        to = elements_copy(to, entered[i]);
    *ret_array = json_array(elements, total);
    return true;
}

/*
 * Sets of statuses; they are short, so they are lists.
 */
#include "routes/status_set.h"

#include "base/arena.h"
#include "routes/request.h"

bool status_set_read(struct reader *reader, const struct node *node, void *into)
{
    struct status_set *set = into;
    if (node->kind != NODE_LIST || node->count == 0) {
        struct str hint = node->kind == NODE_TEXT
                              ? str_format(reader->arena, "write [%.*s]", STR_ARGS(node->text))
                              : STR("write [200, 404]");
        diagnostics_error(reader->diagnostics, node->place, hint, "a list of statuses is expected");
        return false;
    }
    uint16_t *list = arena_array(reader->arena, uint16_t, node->count);
    bool is_good = true;
    for (uint32_t i = 0; i < node->count; i++) {
        uint32_t status = 0;
        is_good &= reader_count(reader, node->entries[i].value, 200, 599, &status);
        list[i] = (uint16_t)status;
    }
    if (is_good)
        *set = (struct status_set){list, node->count};
    return is_good;
}

bool status_set_has(const struct status_set *set, int status)
{
    if (set->count == 0)
        return status >= 200 && status <= 299;
    for (uint32_t i = 0; i < set->count; i++) {
        if (set->list[i] == status)
            return true;
    }
    return false;
}

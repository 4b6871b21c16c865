/* See keep.h. The nodes of a value lie in a row, its own first (node.h). */
#include "base/json/keep.h"

#include "base/json/node.h"

#include <assert.h>

size_t json_kept_size(struct json value)
{
    return value.form == JSON_FORM_INDEXED ? value.node->span * sizeof(struct json_node) : 0;
}

struct json json_keep(struct json value, const char *from, const char *to, void *memory)
{
    struct json kept = value;
    assert(value.form == JSON_FORM_INDEXED || value.form == JSON_FORM_TEXT);
    if (value.form == JSON_FORM_INDEXED) {
        memcpy(memory, value.node, json_kept_size(value));
        kept.node = memory;
        kept.source = to + (value.source - from);
    } else {
        kept.text = to + (value.text - from);
    }
    return kept;
}

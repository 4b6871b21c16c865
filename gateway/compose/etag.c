/*
 * The key of the fingerprint is fixed and public: two gateways, and one before and after a restart,
 * must say the same of the same page.
 */
#include "gateway/compose/etag.h"

#include "base/arena.h"
#include "base/fingerprint.h"

#include <inttypes.h>

static const uint64_t etag_key[2] = {0x6272616964206574, 0x6167206f66206120}; /* arbitrary */

struct str etag_of_body(struct arena *arena, const struct slices *body, const char *suffix)
{
    struct fingerprint fingerprint;
    uint64_t words[2];
    fingerprint_init(&fingerprint, etag_key);
    for (size_t i = 0; i < body->count; i++)
        fingerprint_add(&fingerprint, (struct str){body->list[i].iov_base, body->list[i].iov_len});
    fingerprint_end(&fingerprint, words);
    return str_format(arena, "\"%016" PRIx64 "%016" PRIx64 "%s\"", words[0], words[1], suffix);
}

static struct str without_weakness(struct str tag)
{
    return str_starts_with(tag, STR("W/")) ? str_from(tag, 2) : tag;
}

struct str etag_weaken(struct arena *arena, struct str tag)
{
    return str_format(arena, "W/%.*s", STR_ARGS(without_weakness(tag)));
}

static bool is_between_tags(char byte)
{
    return byte == ',' || byte == ' ' || byte == '\t';
}

/* The next tag without its weakness, quotes included; false at the end and where there is none. */
static bool tag_take(struct str *rest, struct str *ret_tag)
{
    while (rest->length > 0 && is_between_tags(rest->at[0]))
        *rest = str_from(*rest, 1);
    *rest = without_weakness(*rest);
    if (rest->length < 2 || rest->at[0] != '"')
        return false;
    size_t end = 1 + str_find(str_from(*rest, 1), '"');
    if (end == rest->length)
        return false;
    *ret_tag = (struct str){rest->at, end + 1};
    *rest = str_from(*rest, end + 1);
    return true;
}

bool etag_is_in(struct str field, struct str tag)
{
    struct str rest = str_trim(field), one;
    if (str_equal(rest, STR("*")))
        return true;
    tag = without_weakness(tag);
    while (tag_take(&rest, &one))
        if (str_equal(one, tag))
            return true;
    return false;
}

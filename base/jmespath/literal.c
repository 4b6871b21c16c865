/*
 * Literals are decoded when an expression is compiled, so evaluating never meets their quotes.
 * The lenient `foo` for `"foo"` of early JMESPath (JEP-12) is not taken: it is refused there too
 * by now, and a forgotten quote is worth an error.
 */
#include "base/jmespath/literal.h"

#include "base/arena.h"

/* Without the quotes at both ends, and with \q read as q. */
static struct str literal_unquote(struct arena *arena, struct str token)
{
    char quote = token.at[0];
    struct str inside = {token.at + 1, token.length - 2};
    if (str_find(inside, quote) == inside.length)
        return inside;

    char *copy = arena_bytes(arena, inside.length);
    size_t length = 0;
    for (size_t i = 0; i < inside.length; i++) {
        if (inside.at[i] == '\\' && i + 1 < inside.length) {
            if (inside.at[i + 1] != quote)
                copy[length++] = inside.at[i];
            i++;
        }
        copy[length++] = inside.at[i];
    }
    return (struct str){copy, length};
}

bool literal_name(struct arena *arena, struct str token, struct str *ret_name)
{
    struct json value;
    if (json_check(token, &json_limits_default, &value, NULL) != JSON_OK)
        return false;
    *ret_name = json_string_decode(arena, value);
    return true;
}

struct str literal_text(struct arena *arena, struct str token)
{
    return literal_unquote(arena, token);
}

bool literal_json(struct arena *arena, struct str token, struct json *ret_value)
{
    struct str text = literal_unquote(arena, token);
    return json_read(arena, text, &json_limits_default, ret_value, NULL) == JSON_OK;
}

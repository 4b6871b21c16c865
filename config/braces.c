/*
 * Counting the braces of `${…}`, for those who read texts and for those who explain why YAML did
 * not. Knows nothing of what stands inside but its three kinds of quotes.
 */
#include "config/braces.h"

static bool text_is_at(struct str text, size_t at, struct str wanted)
{
    return at < text.length && str_starts_with(str_from(text, at), wanted);
}

bool braces_are_at(struct str text, size_t at)
{
    return text_is_at(text, at, STR("${"));
}

size_t braces_find(struct str text, size_t from)
{
    for (size_t i = from; i < text.length; i++) {
        if (text_is_at(text, i, STR("$${")))
            i += 2;
        else if (braces_are_at(text, i))
            return i;
    }
    return text.length;
}

/* The index of the quote that closes the one at `at`, or text.length. */
static size_t quote_end(struct str text, size_t at)
{
    char quote = text.at[at];
    for (size_t i = at + 1; i < text.length; i++) {
        if (text.at[i] == '\\')
            i++;
        else if (text.at[i] == quote)
            return i;
    }
    return text.length;
}

size_t braces_end(struct str text, size_t at)
{
    size_t open = 0;
    for (size_t i = at + 1; i < text.length; i++) {
        char byte = text.at[i];
        if (byte == '{')
            open++;
        else if (byte == '}' && --open == 0)
            return i + 1;
        else if (byte == '\'' || byte == '"' || byte == '`')
            i = quote_end(text, i);
    }
    return 0;
}

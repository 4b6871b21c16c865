/*
 * All of this looks at one line only: texts that go on over several lines are left to their
 * writer.
 */
#include "config/yaml_quote.h"

#include "base/arena.h"
#include "config/braces.h"

#define ROOM (sizeof(((struct yaml_quotes *)0)->list) / sizeof(struct yaml_correction))

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static size_t skip_blanks(struct str line, size_t at)
{
    while (at < line.length && is_blank(line.at[at]))
        at++;
    return at;
}

/* The index behind the quoted text at `at`. */
static size_t skip_quoted(struct str line, size_t at)
{
    char quote = line.at[at];
    for (size_t i = at + 1; i < line.length; i++) {
        if (quote == '"' && line.at[i] == '\\')
            i++;
        else if (line.at[i] == quote)
            return i + 1;
    }
    return line.length;
}

static bool colon_is_at(struct str line, size_t at)
{
    return line.at[at] == ':' && (at + 1 == line.length || is_blank(line.at[at + 1]));
}

/* Behind the indentation and each `- `. */
static size_t first_text(struct str line)
{
    size_t at = skip_blanks(line, 0);
    while (at + 1 < line.length && line.at[at] == '-' && is_blank(line.at[at + 1]))
        at = skip_blanks(line, at + 1);
    return at;
}

size_t yaml_quotes_block_begin(struct str line)
{
    size_t at = first_text(line);
    size_t value = at;
    if (at < line.length && (line.at[at] == '"' || line.at[at] == '\''))
        at = skip_quoted(line, at);
    for (; at < line.length; at++) {
        if (colon_is_at(line, at))
            return skip_blanks(line, at + 1);
    }
    return value;
}

size_t yaml_quotes_flow_begin(struct str line, size_t at)
{
    size_t from = at;
    while (from > 0 && strchr("{[,", line.at[from - 1]) == NULL &&
           !(is_blank(line.at[from - 1]) && from > 1 && line.at[from - 2] == ':'))
        from--;
    from = skip_blanks(line, from);
    return from < at ? from : at;
}

static size_t trim_end(struct str line, size_t from, size_t to)
{
    while (to > from && is_blank(line.at[to - 1]))
        to--;
    return to;
}

/* Where a text that begins at `from` ends; 0 when a `${` in it is not closed in the line. A key
   ends at its colon. */
static size_t block_end(struct str line, size_t from)
{
    bool is_key = from == first_text(line);
    size_t at = from;
    while (at < line.length) {
        if (line.at[at] == '#' && at > from && is_blank(line.at[at - 1]))
            break;
        if (is_key && colon_is_at(line, at))
            break;
        if (braces_are_at(line, at)) {
            at = braces_end(line, at);
            if (at == 0)
                return 0;
        } else {
            at++;
        }
    }
    return trim_end(line, from, at);
}

/* Inside { } a key stands behind { or a comma. */
static bool is_flow_key(struct str line, size_t from)
{
    size_t before = trim_end(line, 0, from);
    return before > 0 && (line.at[before - 1] == '{' || line.at[before - 1] == ',');
}

static size_t flow_end(struct str line, size_t from)
{
    bool is_key = is_flow_key(line, from);
    size_t depth = 0;
    size_t at = from;
    while (at < line.length) {
        char byte = line.at[at];
        if (depth == 0 && is_key && colon_is_at(line, at))
            break;
        if (depth == 0 && (byte == ',' || byte == ']' || byte == '}'))
            break;
        if (braces_are_at(line, at)) {
            at = braces_end(line, at);
            if (at == 0)
                return 0;
            continue;
        }
        depth += byte == '{' || byte == '[';
        depth -= byte == '}' || byte == ']';
        at++;
    }
    return trim_end(line, from, at);
}

static void quotes_add(struct yaml_quotes *quotes, size_t at, char byte)
{
    if (quotes->count < ROOM)
        quotes->list[quotes->count] = (struct yaml_correction){quotes->begin + at, byte};
    quotes->count++;
}

/* Whichever quotes need the fewest marks inside. */
static size_t quotes_put(struct yaml_quotes *quotes, size_t from, size_t to)
{
    if (to <= from)
        return 0;
    struct str text = {quotes->line.at + from, to - from};
    size_t single = 0;
    size_t escaped = 0;
    for (size_t i = 0; i < text.length; i++) {
        single += text.at[i] == '\'';
        escaped += text.at[i] == '"' || text.at[i] == '\\';
    }
    bool is_double = escaped <= single;
    size_t before = quotes->count;
    quotes_add(quotes, from, is_double ? '"' : '\'');
    for (size_t i = 0; i < text.length; i++) {
        if (is_double && (text.at[i] == '"' || text.at[i] == '\\'))
            quotes_add(quotes, from + i, '\\');
        else if (!is_double && text.at[i] == '\'')
            quotes_add(quotes, from + i, '\'');
    }
    quotes_add(quotes, to, is_double ? '"' : '\'');
    if (quotes->count <= ROOM)
        return to;
    quotes->count = before;
    return 0;
}

size_t yaml_quotes_block(struct yaml_quotes *quotes, size_t from)
{
    return quotes_put(quotes, from, block_end(quotes->line, from));
}

size_t yaml_quotes_flow(struct yaml_quotes *quotes, size_t from)
{
    struct str line = quotes->line;
    size_t first = quotes_put(quotes, from, flow_end(line, from));
    size_t at = first;
    while (first > 0 && at < line.length) {
        if (line.at[at] == '"' || line.at[at] == '\'') {
            at = skip_quoted(line, at);
        } else if (braces_are_at(line, at)) {
            size_t begin = yaml_quotes_flow_begin(line, at);
            size_t end = quotes_put(quotes, begin, flow_end(line, begin));
            if (end == 0)
                break;
            at = end;
        } else {
            at++;
        }
    }
    return first;
}

struct str yaml_quotes_show(const struct yaml_quotes *quotes, struct arena *arena)
{
    struct str line = quotes->line;
    char *text = arena_bytes(arena, line.length + quotes->count);
    size_t length = 0;
    size_t next = 0;
    for (size_t i = 0; i <= line.length; i++) {
        while (next < quotes->count && quotes->list[next].at == quotes->begin + i)
            text[length++] = quotes->list[next++].byte;
        if (i < line.length)
            text[length++] = line.at[i];
    }
    struct str shown = str_trim((struct str){text, length});
    return str_format(arena, "write  %.*s", STR_ARGS(shown));
}

bool yaml_quotes_are_there(const struct yaml_quotes *quotes, const struct yaml_text *yaml)
{
    for (size_t i = 0; i < yaml->correction_count; i++) {
        for (size_t j = 0; j < quotes->count; j++) {
            if (yaml->corrections[i].at == quotes->list[j].at)
                return true;
        }
    }
    return false;
}

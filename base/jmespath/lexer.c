/*
 * The lexer: blanks are skipped, the longest operator wins. `[?` and `[]` are one token each, as
 * the grammar of JMESPath has them, so `[ ?` is a mistake.
 */
#include "base/jmespath/lexer.h"

#include "base/arena.h"

const char *const lexer_token_names[TOKEN_COUNT] = {
    [TOKEN_END] = "the end",
    [TOKEN_NAME] = "a name",
    [TOKEN_QUOTED_NAME] = "a quoted name",
    [TOKEN_NUMBER] = "a number",
    [TOKEN_TEXT] = "a text",
    [TOKEN_LITERAL] = "a literal",
    [TOKEN_FILTER] = "'[?'",
    [TOKEN_FLATTEN] = "'[]'",
    [TOKEN_AND] = "'&&'",
    [TOKEN_OR] = "'||'",
    [TOKEN_EQUAL] = "'=='",
    [TOKEN_NOT_EQUAL] = "'!='",
    [TOKEN_LESS_EQUAL] = "'<='",
    [TOKEN_GREATER_EQUAL] = "'>='",
    [TOKEN_LESS] = "'<'",
    [TOKEN_GREATER] = "'>'",
    [TOKEN_NOT] = "'!'",
    [TOKEN_REFERENCE] = "'&'",
    [TOKEN_PIPE] = "'|'",
    [TOKEN_DOT] = "'.'",
    [TOKEN_STAR] = "'*'",
    [TOKEN_CURRENT] = "'@'",
    [TOKEN_COMMA] = "','",
    [TOKEN_COLON] = "':'",
    [TOKEN_BRACKET_OPEN] = "'['",
    [TOKEN_BRACKET_CLOSE] = "']'",
    [TOKEN_BRACE_OPEN] = "'{'",
    [TOKEN_BRACE_CLOSE] = "'}'",
    [TOKEN_PARENTHESIS_OPEN] = "'('",
    [TOKEN_PARENTHESIS_CLOSE] = "')'",
};

static bool lexer_is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool lexer_begins_name(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static size_t lexer_name_length(struct str rest)
{
    size_t length = 0;
    while (length < rest.length &&
           (lexer_begins_name(rest.at[length]) || lexer_is_digit(rest.at[length])))
        length++;
    return length;
}

/* A sign may stand before the digits; 0 where there are none. */
static size_t lexer_number_length(struct str rest)
{
    size_t sign = rest.at[0] == '-' ? 1 : 0;
    size_t length = sign;
    while (length < rest.length && lexer_is_digit(rest.at[length]))
        length++;
    return length > sign ? length : 0;
}

/* Both quotes included; a backslash protects the byte behind it. 0 where it is not closed. */
static size_t lexer_quoted_length(struct str rest)
{
    for (size_t i = 1; i < rest.length; i++) {
        if (rest.at[i] == '\\')
            i++;
        else if (rest.at[i] == rest.at[0])
            return i + 1;
    }
    return 0;
}

static size_t lexer_operator_length(struct str rest, enum lexer_token_kind *ret_kind)
{
    for (int kind = TOKEN_FILTER; kind < TOKEN_COUNT; kind++) {
        struct str quoted = str_of(lexer_token_names[kind]);
        struct str symbol = {quoted.at + 1, quoted.length - 2};
        if (str_starts_with(rest, symbol)) {
            *ret_kind = (enum lexer_token_kind)kind;
            return symbol.length;
        }
    }
    return 0;
}

static size_t lexer_skip_blanks(struct str text, size_t at)
{
    while (at < text.length && memchr(" \t\r\n", text.at[at], 4))
        at++;
    return at;
}

static enum lexer_token_kind lexer_quoted_kind(char quote)
{
    return quote == '"' ? TOKEN_QUOTED_NAME : quote == '\'' ? TOKEN_TEXT : TOKEN_LITERAL;
}

static size_t lexer_token_length(struct str rest, enum lexer_token_kind *ret_kind)
{
    char first = rest.at[0];
    if (lexer_begins_name(first)) {
        *ret_kind = TOKEN_NAME;
        return lexer_name_length(rest);
    }
    if (lexer_is_digit(first) || first == '-') {
        *ret_kind = TOKEN_NUMBER;
        return lexer_number_length(rest);
    }
    if (first == '"' || first == '\'' || first == '`') {
        *ret_kind = lexer_quoted_kind(first);
        return lexer_quoted_length(rest);
    }
    return lexer_operator_length(rest, ret_kind);
}

/* The bytes of the character at the beginning of `rest`, which is UTF-8. */
static size_t lexer_character_length(struct str rest)
{
    size_t length = 1;
    while (length < rest.length && ((unsigned char)rest.at[length] & 0xC0) == 0x80)
        length++;
    return length;
}

static struct jmespath_error lexer_error(struct arena *arena, struct str rest, size_t at)
{
    char first = rest.at[0];
    if (first == '"' || first == '\'' || first == '`')
        return (struct jmespath_error){
            .at = at, .length = 1, .message = str_format(arena, "this %c is never closed", first)};

    size_t length = lexer_character_length(rest);
    struct jmespath_error error = {
        .at = at,
        .length = length,
        .message = str_format(arena, "'%.*s' has no meaning here", (int)length, rest.at)};
    if (first == '=')
        error.hint = STR("write == to compare");
    else if (first == '-')
        error.hint = STR("a name with a dash is written in double quotes");
    else if (first == '$')
        error.hint = STR("inside ${ } names stand alone");
    return error;
}

bool lexer_next(struct lexer *lexer, struct arena *arena, struct lexer_token *ret_token,
                struct jmespath_error *ret_error)
{
    lexer->at = lexer_skip_blanks(lexer->text, lexer->at);
    struct str rest = str_from(lexer->text, lexer->at);
    if (str_is_empty(rest)) {
        *ret_token = (struct lexer_token){.kind = TOKEN_END, .at = lexer->at, .text = rest};
        return true;
    }
    enum lexer_token_kind kind = TOKEN_END;
    size_t length = lexer_token_length(rest, &kind);
    if (length == 0) {
        *ret_error = lexer_error(arena, rest, lexer->at);
        return false;
    }
    *ret_token = (struct lexer_token){.kind = kind, .at = lexer->at, .text = {rest.at, length}};
    lexer->at += length;
    return true;
}

/*
 * The tokens of JMESPath, one at a time. A token is a kind and its text; what is inside quotes is
 * decoded by literal.c, not here.
 */
#ifndef BRAID_BASE_JMESPATH_LEXER_H
#define BRAID_BASE_JMESPATH_LEXER_H

#include "base/jmespath/jmespath.h"

/* The operators are in the order in which they are tried: longer ones first. */
enum lexer_token_kind {
    TOKEN_END,
    TOKEN_NAME,
    TOKEN_QUOTED_NAME,
    TOKEN_NUMBER,
    TOKEN_TEXT,    /* '…' */
    TOKEN_LITERAL, /* `…` */
    TOKEN_FILTER,  /* [? */
    TOKEN_FLATTEN, /* [] */
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_EQUAL,
    TOKEN_NOT_EQUAL,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER_EQUAL,
    TOKEN_LESS,
    TOKEN_GREATER,
    TOKEN_NOT,
    TOKEN_REFERENCE,
    TOKEN_PIPE,
    TOKEN_DOT,
    TOKEN_STAR,
    TOKEN_CURRENT,
    TOKEN_COMMA,
    TOKEN_COLON,
    TOKEN_BRACKET_OPEN,
    TOKEN_BRACKET_CLOSE,
    TOKEN_BRACE_OPEN,
    TOKEN_BRACE_CLOSE,
    TOKEN_PARENTHESIS_OPEN,
    TOKEN_PARENTHESIS_CLOSE,
    TOKEN_COUNT
};

/* As one reads them in a message: "a name", "'['", … */
extern const char *const lexer_token_names[TOKEN_COUNT];

struct lexer_token {
    enum lexer_token_kind kind;
    size_t at;       /* in the text */
    struct str text; /* quotes included */
};

struct lexer {
    struct str text; /* kept */
    size_t at;
};

/* The next token, TOKEN_END at the end; false where none begins, *ret_error's texts in arena. */
bool lexer_next(struct lexer *lexer, struct arena *arena, struct lexer_token *ret_token,
                struct jmespath_error *ret_error);

#endif

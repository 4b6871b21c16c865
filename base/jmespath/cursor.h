/*
 * Where the parser is: the token that is next, what went wrong, and the nodes it makes. Functions
 * that give bool are false when parsing has failed; cursor->error then says why.
 */
#ifndef BRAID_BASE_JMESPATH_CURSOR_H
#define BRAID_BASE_JMESPATH_CURSOR_H

#include "base/jmespath/ast.h"
#include "base/jmespath/lexer.h"

/* Parentheses, brackets, calls and projections within each other. */
#define CURSOR_DEPTH_MAXIMUM 64

struct cursor {
    struct arena *arena; /* of nodes and messages */
    struct lexer lexer;
    struct lexer_token token; /* not yet taken */
    size_t end;               /* of the token that was taken last */
    unsigned depth;
    struct jmespath_error error;
};

/* Always false: `message` about `token`. */
bool cursor_fail(struct cursor *cursor, const struct lexer_token *token, struct str message,
                 struct str hint);

/* Always false: `what` should be where the next token is. */
bool cursor_expected(struct cursor *cursor, const char *what);

/* What was probably meant by the next token, which does not fit; empty where nothing is known. */
struct str cursor_hint(struct cursor *cursor);

bool cursor_advance(struct cursor *cursor);

/* Advances over a token that must be of this kind. */
bool cursor_take(struct cursor *cursor, enum lexer_token_kind kind);

/* What follows the token that is next; TOKEN_COUNT where that is no token at all. */
enum lexer_token_kind cursor_peek(const struct cursor *cursor);

/* One level deeper, at most CURSOR_DEPTH_MAXIMUM; the caller goes back with cursor->depth--. */
bool cursor_deepen(struct cursor *cursor);

/* A node that is not finished, in arena. */
struct ast *cursor_node(struct cursor *cursor, enum ast_kind kind, size_t at, struct ast *left);

/* Finishes a node that has all its children: its length and height; fails if it is too tall. */
bool cursor_close(struct cursor *cursor, struct ast *node, struct ast **ret_node);

/* The same for a node that ends with the next token. */
bool cursor_close_leaf(struct cursor *cursor, struct ast *node, struct ast **ret_node);

#endif

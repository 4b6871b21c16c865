/*
 * The cursor: every way to fail and every way to finish a node stands here once, so that the
 * parser is grammar only.
 */
#include "base/jmespath/cursor.h"

#include "base/arena.h"
#include "base/jmespath/ast.h"

/* --- errors -------------------------------------------------------------------------------- */

bool cursor_fail(struct cursor *cursor, const struct lexer_token *token, struct str message,
                 struct str hint)
{
    cursor->error = (struct jmespath_error){
        .at = token->at, .length = token->text.length, .message = message, .hint = hint};
    return false;
}

struct str cursor_hint(struct cursor *cursor)
{
    const struct lexer_token *token = &cursor->token;
    if (token->kind == TOKEN_NUMBER)
        return str_format(cursor->arena, "a number is written `%.*s`", STR_ARGS(token->text));
    if (token->kind == TOKEN_REFERENCE)
        return STR("& stands only before an argument of a function");
    if (token->kind != TOKEN_NAME)
        return STR_NONE;
    if (str_equal(token->text, STR("and")))
        return STR("write &&");
    if (str_equal(token->text, STR("or")))
        return STR("write ||");
    return STR_NONE;
}

bool cursor_expected(struct cursor *cursor, const char *what)
{
    const char *where = cursor->token.kind == TOKEN_END ? "at the end" : "here";
    return cursor_fail(cursor, &cursor->token,
                       str_format(cursor->arena, "expected %s %s", what, where),
                       cursor_hint(cursor));
}

/* --- tokens and nodes ---------------------------------------------------------------------- */

bool cursor_advance(struct cursor *cursor)
{
    cursor->end = cursor->token.at + cursor->token.text.length;
    return lexer_next(&cursor->lexer, cursor->arena, &cursor->token, &cursor->error);
}

bool cursor_take(struct cursor *cursor, enum lexer_token_kind kind)
{
    if (cursor->token.kind != kind)
        return cursor_expected(cursor, lexer_token_names[kind]);
    return cursor_advance(cursor);
}

enum lexer_token_kind cursor_peek(const struct cursor *cursor)
{
    struct lexer lexer = cursor->lexer;
    struct lexer_token token;
    struct jmespath_error error;
    return lexer_next(&lexer, cursor->arena, &token, &error) ? token.kind : TOKEN_COUNT;
}

struct ast *cursor_node(struct cursor *cursor, enum ast_kind kind, size_t at, struct ast *left)
{
    struct ast *node = arena_new(cursor->arena, struct ast);
    node->kind = (uint8_t)kind;
    node->at = at;
    node->left = left;
    return node;
}

static unsigned cursor_height(const struct ast *node)
{
    return node ? node->height : 0;
}

static unsigned cursor_higher(unsigned height, const struct ast *child)
{
    return child && child->height > height ? child->height : height;
}

/* The node has all its children. */
bool cursor_close(struct cursor *cursor, struct ast *node, struct ast **ret_node)
{
    unsigned height = cursor_height(node->left);
    height = cursor_higher(height, node->right);
    height = cursor_higher(height, node->inner);
    height = cursor_higher(height, node->condition);
    for (uint32_t i = 0; i < node->count; i++)
        height = cursor_higher(height, node->items[i]);
    node->height = (uint16_t)(height + 1);
    node->length = cursor->end - node->at;

    struct lexer_token whole = {.at = node->at, .text = {.length = node->length}};
    if (node->height > AST_HEIGHT_MAXIMUM)
        return cursor_fail(
            cursor, &whole,
            str_format(cursor->arena, "more than %d steps in one chain", AST_HEIGHT_MAXIMUM),
            STR_NONE);
    if (arena_is_over(cursor->arena))
        return cursor_fail(cursor, &whole, STR("too large an expression"), STR_NONE);
    *ret_node = node;
    return true;
}

bool cursor_close_leaf(struct cursor *cursor, struct ast *node, struct ast **ret_node)
{
    return cursor_advance(cursor) && cursor_close(cursor, node, ret_node);
}

bool cursor_deepen(struct cursor *cursor)
{
    if (cursor->depth == CURSOR_DEPTH_MAXIMUM)
        return cursor_fail(
            cursor, &cursor->token,
            str_format(cursor->arena, "nested deeper than %d levels", CURSOR_DEPTH_MAXIMUM),
            STR_NONE);
    cursor->depth++;
    return true;
}

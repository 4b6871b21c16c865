/*
 * The parser. Each operator has a binding power; an expression goes on to the right as long as
 * the next operator binds more strongly than the one on its left. The right side of a projection
 * is parsed the same way, with nothing on its left.
 *
 * The powers are those that all implementations of JMESPath share, but for one: `!` takes the
 * whole path behind it. Where `!a.b` is read as (!a).b it is null whatever a and b are.
 */
#include "base/jmespath/parser.h"

#include "base/arena.h"
#include "base/jmespath/ast.h"
#include "base/jmespath/cursor.h"
#include "base/jmespath/literal.h"
#include "base/json/make.h"

enum parser_power {
    POWER_LOWEST = 0,
    POWER_PIPE = 1,
    POWER_OR = 2,
    POWER_AND = 3,
    POWER_COMPARE = 5,
    POWER_NOT = 8, /* of its operand */
    POWER_FLATTEN = 9,
    POWER_STAR = 20, /* of the right side of [*] and * */
    POWER_FILTER = 21,
    POWER_DOT = 40,
    POWER_BRACKET = 55
};

static const uint8_t parser_powers[TOKEN_COUNT] = {
    [TOKEN_PIPE] = POWER_PIPE,
    [TOKEN_OR] = POWER_OR,
    [TOKEN_AND] = POWER_AND,
    [TOKEN_EQUAL] = POWER_COMPARE,
    [TOKEN_NOT_EQUAL] = POWER_COMPARE,
    [TOKEN_LESS] = POWER_COMPARE,
    [TOKEN_LESS_EQUAL] = POWER_COMPARE,
    [TOKEN_GREATER] = POWER_COMPARE,
    [TOKEN_GREATER_EQUAL] = POWER_COMPARE,
    [TOKEN_FLATTEN] = POWER_FLATTEN,
    [TOKEN_FILTER] = POWER_FILTER,
    [TOKEN_DOT] = POWER_DOT,
    [TOKEN_BRACKET_OPEN] = POWER_BRACKET,
};

/* Items that are parsed before their number is known. */
struct parser_items {
    struct ast **items;
    struct json *keys;
    uint32_t count;
    uint32_t room;
};

static bool parser_expression(struct cursor *cursor, enum parser_power power,
                              struct ast **ret_node);
static bool parser_continue(struct cursor *cursor, struct ast **node);

/* --- items --------------------------------------------------------------------------------------
 */

static void parser_add_item(struct cursor *cursor, struct parser_items *list, struct json key,
                            struct ast *item)
{
    if (list->count == list->room) {
        uint32_t room = list->room == 0 ? 4 : list->room * 2;
        struct ast **items = arena_array(cursor->arena, struct ast *, room);
        struct json *keys = arena_array(cursor->arena, struct json, room);
        for (uint32_t i = 0; i < list->count; i++) {
            items[i] = list->items[i];
            keys[i] = list->keys[i];
        }
        list->items = items;
        list->keys = keys;
        list->room = room;
    }
    list->items[list->count] = item;
    list->keys[list->count++] = key;
}

/* --- operands ------------------------------------------------------------------------------ */

static bool parser_field(struct cursor *cursor, struct ast *left, struct ast **ret_node)
{
    struct ast *node = cursor_node(cursor, AST_FIELD, cursor->token.at, left);
    node->name = cursor->token.text;
    return cursor_close_leaf(cursor, node, ret_node);
}

static bool parser_quoted_field(struct cursor *cursor, struct ast *left, struct ast **ret_node)
{
    struct ast *node = cursor_node(cursor, AST_FIELD, cursor->token.at, left);
    node->is_quoted = true;
    if (!literal_name(cursor->arena, cursor->token.text, &node->name))
        return cursor_fail(cursor, &cursor->token,
                           STR("what is in double quotes is no JSON string"), STR_NONE);
    return cursor_close_leaf(cursor, node, ret_node);
}

static bool parser_constant(struct cursor *cursor, struct ast **ret_node)
{
    struct ast *node = cursor_node(cursor, AST_CONSTANT, cursor->token.at, NULL);
    if (cursor->token.kind == TOKEN_TEXT)
        node->value = json_decoded(literal_text(cursor->arena, cursor->token.text));
    else if (!literal_json(cursor->arena, cursor->token.text, &node->value))
        return cursor_fail(cursor, &cursor->token, STR("what is in backquotes is no JSON"),
                           STR("a text is written '…'"));
    return cursor_close_leaf(cursor, node, ret_node);
}

static bool parser_argument(struct cursor *cursor, struct ast **ret_node)
{
    if (cursor->token.kind != TOKEN_REFERENCE)
        return parser_expression(cursor, POWER_LOWEST, ret_node);
    struct ast *node = cursor_node(cursor, AST_REFERENCE, cursor->token.at, NULL);
    return cursor_advance(cursor) && parser_expression(cursor, POWER_LOWEST, &node->inner) &&
           cursor_close(cursor, node, ret_node);
}

/* name(…), from the name. */
static bool parser_call(struct cursor *cursor, struct ast **ret_node)
{
    struct ast *node = cursor_node(cursor, AST_CALL, cursor->token.at, NULL);
    struct parser_items list = {0};
    node->name = cursor->token.text;
    if (!cursor_advance(cursor) || !cursor_take(cursor, TOKEN_PARENTHESIS_OPEN))
        return false;
    while (list.count > 0 || cursor->token.kind != TOKEN_PARENTHESIS_CLOSE) {
        struct ast *item;
        if (!parser_argument(cursor, &item))
            return false;
        parser_add_item(cursor, &list, json_null(), item);
        if (cursor->token.kind == TOKEN_PARENTHESIS_CLOSE)
            break;
        if (cursor->token.kind != TOKEN_COMMA)
            return cursor_expected(cursor, "',' or ')'");
        if (!cursor_advance(cursor))
            return false;
    }
    node->items = list.items;
    node->count = list.count;
    return cursor_close_leaf(cursor, node, ret_node);
}

static bool parser_parenthesis(struct cursor *cursor, struct ast **ret_node)
{
    return cursor_advance(cursor) && parser_expression(cursor, POWER_LOWEST, ret_node) &&
           cursor_take(cursor, TOKEN_PARENTHESIS_CLOSE);
}

static bool parser_not(struct cursor *cursor, struct ast **ret_node)
{
    struct ast *node = cursor_node(cursor, AST_NOT, cursor->token.at, NULL);
    return cursor_advance(cursor) && parser_expression(cursor, POWER_NOT, &node->left) &&
           cursor_close(cursor, node, ret_node);
}

/* [a, b], from the bracket. */
static bool parser_list(struct cursor *cursor, struct ast **ret_node)
{
    struct ast *node = cursor_node(cursor, AST_LIST, cursor->token.at, NULL);
    struct parser_items list = {0};
    do {
        struct ast *item;
        if (!cursor_advance(cursor) || !parser_expression(cursor, POWER_LOWEST, &item))
            return false;
        parser_add_item(cursor, &list, json_null(), item);
    } while (cursor->token.kind == TOKEN_COMMA);
    if (cursor->token.kind != TOKEN_BRACKET_CLOSE)
        return cursor_expected(cursor, "',' or ']'");
    node->items = list.items;
    node->count = list.count;
    return cursor_close_leaf(cursor, node, ret_node);
}

static bool parser_key(struct cursor *cursor, struct json *ret_key)
{
    struct str name = cursor->token.text;
    if (cursor->token.kind != TOKEN_NAME && cursor->token.kind != TOKEN_QUOTED_NAME)
        return cursor_expected(cursor, "a name");
    if (cursor->token.kind == TOKEN_QUOTED_NAME &&
        !literal_name(cursor->arena, cursor->token.text, &name))
        return cursor_fail(cursor, &cursor->token,
                           STR("what is in double quotes is no JSON string"), STR_NONE);
    *ret_key = json_decoded(name);
    return cursor_advance(cursor) && cursor_take(cursor, TOKEN_COLON);
}

/* A name that is written twice means what was written last, as in JSON. */
static void parser_put_item(struct cursor *cursor, struct parser_items *list, struct json key,
                            struct ast *item)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (json_is_equal(list->keys[i], key)) {
            list->items[i] = item;
            return;
        }
    }
    parser_add_item(cursor, list, key, item);
}

/* {a: b}, from the brace. */
static bool parser_hash(struct cursor *cursor, struct ast **ret_node)
{
    struct ast *node = cursor_node(cursor, AST_HASH, cursor->token.at, NULL);
    struct parser_items list = {0};
    do {
        struct json key;
        struct ast *item;
        if (!cursor_advance(cursor) || !parser_key(cursor, &key) ||
            !parser_expression(cursor, POWER_LOWEST, &item))
            return false;
        parser_put_item(cursor, &list, key, item);
    } while (cursor->token.kind == TOKEN_COMMA);
    if (cursor->token.kind != TOKEN_BRACE_CLOSE)
        return cursor_expected(cursor, "',' or '}'");
    node->items = list.items;
    node->keys = list.keys;
    node->count = list.count;
    return cursor_close_leaf(cursor, node, ret_node);
}

/* --- projections and brackets -------------------------------------------------------------- */

static bool parser_tail(struct cursor *cursor, enum parser_power power, struct ast **node)
{
    while (parser_powers[cursor->token.kind] > power) {
        if (!parser_continue(cursor, node))
            return false;
    }
    return true;
}

/* What is done with each element; NULL where nothing is. */
static bool parser_projected(struct cursor *cursor, enum parser_power power, struct ast **ret_node)
{
    enum lexer_token_kind kind = cursor->token.kind;
    struct ast *node = NULL;
    if (kind == TOKEN_DOT || kind == TOKEN_BRACKET_OPEN || kind == TOKEN_FILTER) {
        if (!cursor_deepen(cursor) || !parser_continue(cursor, &node) ||
            !parser_tail(cursor, power, &node))
            return false;
        cursor->depth--;
    }
    *ret_node = node;
    return true;
}

static size_t parser_begin(const struct cursor *cursor, const struct ast *left)
{
    return left ? left->at : cursor->token.at;
}

/* [*] and *, from the star; `closes` also takes the bracket. */
static bool parser_star(struct cursor *cursor, enum ast_kind kind, size_t at, bool closes,
                        struct ast **node)
{
    struct ast *projection = cursor_node(cursor, kind, at, *node);
    return cursor_advance(cursor) && (!closes || cursor_take(cursor, TOKEN_BRACKET_CLOSE)) &&
           parser_projected(cursor, POWER_STAR, &projection->inner) &&
           cursor_close(cursor, projection, node);
}

/* An index has no limit in the grammar; beyond the largest one nothing is found anyway. */
static int64_t parser_integer(struct str digits)
{
    bool is_negative = digits.at[0] == '-';
    int64_t number = 0;
    for (size_t i = is_negative ? 1 : 0; i < digits.length; i++) {
        int64_t digit = digits.at[i] - '0';
        number = number > (INT64_MAX - digit) / 10 ? INT64_MAX : number * 10 + digit;
    }
    return is_negative ? -number : number;
}

static bool parser_index(struct cursor *cursor, size_t at, struct ast **node)
{
    struct ast *index = cursor_node(cursor, AST_INDEX, at, *node);
    index->index = parser_integer(cursor->token.text);
    return cursor_advance(cursor) && cursor_take(cursor, TOKEN_BRACKET_CLOSE) &&
           cursor_close(cursor, index, node);
}

/* start:stop:step], from where the number or the first colon is. */
static bool parser_slice_parts(struct cursor *cursor, struct ast_slice *slice)
{
    int64_t parts[3] = {0, 0, 1};
    bool is_given[3] = {false, false, false};
    struct lexer_token last = cursor->token;
    for (int i = 0; i < 3; i++) {
        if (cursor->token.kind == TOKEN_NUMBER) {
            last = cursor->token;
            parts[i] = parser_integer(last.text);
            is_given[i] = true;
            if (!cursor_advance(cursor))
                return false;
        }
        if (cursor->token.kind != TOKEN_COLON || i == 2)
            break;
        if (!cursor_advance(cursor))
            return false;
    }
    if (parts[2] == 0)
        return cursor_fail(cursor, &last, STR("a slice cannot go on by 0"), STR_NONE);
    *slice = (struct ast_slice){.start = parts[0],
                                .stop = parts[1],
                                .step = parts[2],
                                .has_start = is_given[0],
                                .has_stop = is_given[1]};
    return true;
}

static bool parser_slice(struct cursor *cursor, size_t at, struct ast **node)
{
    struct ast *slice = cursor_node(cursor, AST_SLICE, at, *node);
    if (!parser_slice_parts(cursor, &slice->slice) || !cursor_take(cursor, TOKEN_BRACKET_CLOSE) ||
        !cursor_close(cursor, slice, &slice))
        return false;
    struct ast *projection = cursor_node(cursor, AST_PROJECT, at, slice);
    return parser_projected(cursor, POWER_STAR, &projection->inner) &&
           cursor_close(cursor, projection, node);
}

static bool parser_is_slice(const struct cursor *cursor)
{
    return cursor->token.kind == TOKEN_COLON ||
           (cursor->token.kind == TOKEN_NUMBER && cursor_peek(cursor) == TOKEN_COLON);
}

/* [0], [1:2] or [*], from the bracket. */
static bool parser_bracket(struct cursor *cursor, struct ast **node)
{
    size_t at = parser_begin(cursor, *node);
    if (!cursor_advance(cursor))
        return false;
    if (cursor->token.kind == TOKEN_STAR)
        return parser_star(cursor, AST_PROJECT, at, true, node);
    if (parser_is_slice(cursor))
        return parser_slice(cursor, at, node);
    if (cursor->token.kind == TOKEN_NUMBER)
        return parser_index(cursor, at, node);
    return cursor_expected(cursor, "a number, ':' or '*'");
}

static bool parser_flatten(struct cursor *cursor, struct ast **node)
{
    size_t at = parser_begin(cursor, *node);
    struct ast *flat = cursor_node(cursor, AST_FLATTEN, at, *node);
    if (!cursor_advance(cursor) || !cursor_close(cursor, flat, &flat))
        return false;
    struct ast *projection = cursor_node(cursor, AST_PROJECT, at, flat);
    return parser_projected(cursor, POWER_FLATTEN, &projection->inner) &&
           cursor_close(cursor, projection, node);
}

static bool parser_filter(struct cursor *cursor, struct ast **node)
{
    struct ast *filter = cursor_node(cursor, AST_FILTER, parser_begin(cursor, *node), *node);
    return cursor_advance(cursor) && parser_expression(cursor, POWER_LOWEST, &filter->condition) &&
           cursor_take(cursor, TOKEN_BRACKET_CLOSE) &&
           parser_projected(cursor, POWER_FILTER, &filter->inner) &&
           cursor_close(cursor, filter, node);
}

/* --- what stands behind an operand --------------------------------------------------------- */

/* left.call(), left.[…] and left.{…} */
static bool parser_behind_dot(struct cursor *cursor, size_t at, struct ast **node)
{
    bool (*parse)(struct cursor *, struct ast **) = parser_call;
    if (cursor->token.kind == TOKEN_BRACKET_OPEN)
        parse = parser_list;
    else if (cursor->token.kind == TOKEN_BRACE_OPEN)
        parse = parser_hash;
    struct ast *then = cursor_node(cursor, AST_THEN, at, *node);
    return parse(cursor, &then->inner) && cursor_close(cursor, then, node);
}

static bool parser_dot(struct cursor *cursor, struct ast **node)
{
    size_t at = parser_begin(cursor, *node);
    bool is_first = !*node;
    if (!cursor_advance(cursor))
        return false;
    switch (cursor->token.kind) {
    case TOKEN_NAME:
        if (cursor_peek(cursor) == TOKEN_PARENTHESIS_OPEN)
            return parser_behind_dot(cursor, at, node);
        if (!parser_field(cursor, *node, node))
            return false;
        break;
    case TOKEN_QUOTED_NAME:
        if (!parser_quoted_field(cursor, *node, node))
            return false;
        break;
    case TOKEN_STAR:
        return parser_star(cursor, AST_PROJECT_VALUES, at, false, node);
    case TOKEN_BRACKET_OPEN:
    case TOKEN_BRACE_OPEN:
        return parser_behind_dot(cursor, at, node);
    default:
        return cursor_expected(cursor, "a name, '*', '[' or '{'");
    }
    (*node)->is_behind_dot = is_first;
    return true;
}

static const uint8_t parser_comparators[TOKEN_COUNT] = {
    [TOKEN_EQUAL] = AST_EQUAL,     [TOKEN_NOT_EQUAL] = AST_NOT_EQUAL,
    [TOKEN_LESS] = AST_LESS,       [TOKEN_LESS_EQUAL] = AST_LESS_EQUAL,
    [TOKEN_GREATER] = AST_GREATER, [TOKEN_GREATER_EQUAL] = AST_GREATER_EQUAL,
};

static bool parser_binary(struct cursor *cursor, enum ast_kind kind, struct ast **node)
{
    struct ast *binary = cursor_node(cursor, kind, (*node)->at, *node);
    enum parser_power power = parser_powers[cursor->token.kind];
    binary->comparator = parser_comparators[cursor->token.kind];
    struct ast **right = kind == AST_THEN ? &binary->inner : &binary->right;
    if (!cursor_advance(cursor) || !parser_expression(cursor, power, right))
        return false;
    if (kind == AST_COMPARE && (*right)->kind == AST_FIELD && !(*right)->left)
        (*right)->is_quoted_comparand = (*right)->is_quoted;
    return cursor_close(cursor, binary, node);
}

/* Takes the operator that is next and what belongs to it; *node is on its left, or NULL. */
static bool parser_continue(struct cursor *cursor, struct ast **node)
{
    switch (cursor->token.kind) {
    case TOKEN_DOT:
        return parser_dot(cursor, node);
    case TOKEN_BRACKET_OPEN:
        return parser_bracket(cursor, node);
    case TOKEN_FLATTEN:
        return parser_flatten(cursor, node);
    case TOKEN_FILTER:
        return parser_filter(cursor, node);
    case TOKEN_PIPE:
        return parser_binary(cursor, AST_THEN, node);
    case TOKEN_OR:
        return parser_binary(cursor, AST_OR, node);
    case TOKEN_AND:
        return parser_binary(cursor, AST_AND, node);
    default:
        return parser_binary(cursor, AST_COMPARE, node);
    }
}

/* --- expressions --------------------------------------------------------------------------- */

/* An expression that begins with a bracket: an index or projection of the input, or a list. */
static bool parser_leading_bracket(struct cursor *cursor, struct ast **ret_node)
{
    struct cursor saved = *cursor;
    if (!cursor_advance(cursor))
        return false;
    bool is_star = cursor->token.kind == TOKEN_STAR && cursor_peek(cursor) == TOKEN_BRACKET_CLOSE;
    bool is_number = cursor->token.kind == TOKEN_NUMBER || cursor->token.kind == TOKEN_COLON;
    *cursor = saved;
    *ret_node = NULL;
    return is_star || is_number ? parser_bracket(cursor, ret_node) : parser_list(cursor, ret_node);
}

static bool parser_operand(struct cursor *cursor, struct ast **ret_node)
{
    *ret_node = NULL;
    switch (cursor->token.kind) {
    case TOKEN_NAME:
        return cursor_peek(cursor) == TOKEN_PARENTHESIS_OPEN ? parser_call(cursor, ret_node)
                                                             : parser_field(cursor, NULL, ret_node);
    case TOKEN_QUOTED_NAME:
        return parser_quoted_field(cursor, NULL, ret_node);
    case TOKEN_TEXT:
    case TOKEN_LITERAL:
        return parser_constant(cursor, ret_node);
    case TOKEN_CURRENT:
        return cursor_close_leaf(cursor, cursor_node(cursor, AST_CURRENT, cursor->token.at, NULL),
                                 ret_node);
    case TOKEN_STAR:
        return parser_star(cursor, AST_PROJECT_VALUES, cursor->token.at, false, ret_node);
    case TOKEN_FLATTEN:
    case TOKEN_FILTER:
        return parser_continue(cursor, ret_node);
    case TOKEN_BRACKET_OPEN:
        return parser_leading_bracket(cursor, ret_node);
    case TOKEN_BRACE_OPEN:
        return parser_hash(cursor, ret_node);
    case TOKEN_PARENTHESIS_OPEN:
        return parser_parenthesis(cursor, ret_node);
    case TOKEN_NOT:
        return parser_not(cursor, ret_node);
    default:
        return cursor_expected(cursor, "a name or a value");
    }
}

static bool parser_expression(struct cursor *cursor, enum parser_power power, struct ast **ret_node)
{
    struct ast *node;
    if (!cursor_deepen(cursor) || !parser_operand(cursor, &node) ||
        !parser_tail(cursor, power, &node))
        return false;
    cursor->depth--;
    *ret_node = node;
    return true;
}

static bool parser_whole(struct cursor *cursor, struct ast **ret_node)
{
    if (!cursor_advance(cursor) || !parser_expression(cursor, POWER_LOWEST, ret_node))
        return false;
    if (cursor->token.kind == TOKEN_END)
        return true;
    return cursor_fail(
        cursor, &cursor->token,
        str_format(cursor->arena, "%s is not expected here", lexer_token_names[cursor->token.kind]),
        cursor_hint(cursor));
}

bool parser_parse(struct arena *arena, struct str text, struct ast **ret_tree,
                  struct jmespath_error *ret_error)
{
    struct cursor cursor = {.arena = arena, .lexer = {.text = text}};
    struct ast *tree;
    if (!json_is_utf8(text))
        cursor.error = (struct jmespath_error){.length = text.length,
                                               .message = STR("the expression is not UTF-8")};
    else if (parser_whole(&cursor, &tree)) {
        *ret_tree = tree;
        return true;
    }
    *ret_error = cursor.error;
    return false;
}

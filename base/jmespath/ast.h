/*
 * The tree of an expression.
 *
 * One kind of node with few, uniform children, so that whoever walks the tree needs no case for
 * each kind: `left`, `right` and `items` see the same input as the node itself; `inner` and
 * `condition` see what `left` yields (or one element of it). A missing `left` stands for the
 * input. The parser makes the tree, bind.c changes it once, then it is const.
 */
#ifndef BRAID_BASE_JMESPATH_AST_H
#define BRAID_BASE_JMESPATH_AST_H

#include "base/json/json.h"

struct function;

enum ast_kind {
    AST_CURRENT,        /* @ */
    AST_CONSTANT,       /* value */
    AST_SLOT,           /* number: of the frame */
    AST_MEMO,           /* left is computed once per frame; number: of the memo */
    AST_FIELD,          /* left.name */
    AST_INDEX,          /* left[index] */
    AST_SLICE,          /* left[start:stop:step] */
    AST_FLATTEN,        /* left[] */
    AST_PROJECT,        /* inner (or itself) of each element of left, without the nulls */
    AST_PROJECT_VALUES, /* the same of each member's value */
    AST_FILTER,         /* the same of each element for which `condition` is true */
    AST_THEN,           /* inner of left: what stands behind `|`, and `.` where it is no name */
    AST_LIST,           /* [items] */
    AST_HASH,           /* {keys: items} */
    AST_COMPARE,        /* left compared with right; comparator */
    AST_OR,             /* left || right */
    AST_AND,            /* left && right */
    AST_NOT,            /* !left */
    AST_CALL,           /* name(items); function */
    AST_REFERENCE,      /* &inner; only among the items of a call */
    AST_KIND_COUNT
};

enum ast_comparator {
    AST_EQUAL,
    AST_NOT_EQUAL,
    AST_LESS,
    AST_LESS_EQUAL,
    AST_GREATER,
    AST_GREATER_EQUAL,
    AST_COMPARATOR_COUNT
};

struct ast_slice {
    int64_t start;
    int64_t stop;
    int64_t step; /* never 0 */
    bool has_start;
    bool has_stop;
};

/* The tallest tree: evaluating recurses once per level. */
#define AST_HEIGHT_MAXIMUM 256

struct ast {
    uint8_t kind;       /* enum ast_kind */
    uint8_t comparator; /* enum ast_comparator */
    uint16_t height;
    bool is_quoted;           /* AST_FIELD: written "name" */
    bool is_quoted_comparand; /* … on the right side of a comparator, where a text may be meant */
    bool is_behind_dot;       /* AST_FIELD: directly behind a `.`, so no reader mistakes it */
    bool varies;              /* mentions a slot that changes in a loop */
    uint32_t number;
    uint32_t count; /* of items, and of keys */
    size_t at;      /* where it stands in the text */
    size_t length;
    struct ast *left;
    struct ast *right;
    struct ast *inner;
    struct ast *condition;
    struct ast **items;
    struct json *keys;
    struct str name;
    const struct function *function;
    union {
        struct json value;
        int64_t index;
        struct ast_slice slice;
    };
};

#endif

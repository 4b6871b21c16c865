/*
 * Text with `${…}` in it, compiled: pieces that stand as they are and JMESPath expressions. A text
 * that is exactly one `${…}` keeps the type of its value; any other is a string with the values
 * inserted, and null if one of them is null. `$${` is a literal `${`.
 */
#ifndef BRAID_CONFIG_TEXT_H
#define BRAID_CONFIG_TEXT_H

#include "base/jmespath/jmespath.h"
#include "config/document.h"

struct scope;

struct text_part {
    struct str literal;                /* where expression is NULL */
    const struct jmespath *expression; /* bound to the scope's slots */
    struct place place;
};

struct text {
    const struct text_part *parts; /* in arena */
    uint32_t count;
    bool is_value; /* exactly one ${…}: typed */
    struct place place;
};

/* Any text, as a template of JSON or for a header. Mistakes go to the scope's diagnostics: false.
 */
bool text_compile(struct arena *arena, const struct node *node, struct scope *scope,
                  struct text *ret_text);

/* The same for a piece of a node's text, which begins at `offset` of node->text. */
bool text_compile_part(struct arena *arena, const struct node *node, size_t offset, size_t length,
                       struct scope *scope, struct text *ret_text);

/* Exactly one `${…}`, as `when` and `$each` need; an error otherwise. */
bool text_compile_expression(struct arena *arena, const struct node *node, struct scope *scope,
                             struct text *ret_text);

/* Nothing in it can change: its value is known at load. */
bool text_is_constant(const struct text *text);

/*
 * The value. Typed where the text is one `${…}`, otherwise a decoded string in the frame's arena,
 * or null where a part is null. false where an expression cannot be evaluated, or an object stands
 * in text: *ret_value is then null.
 */
bool text_evaluate(const struct text *text, struct jmespath_frame *frame, struct json *ret_value);

/*
 * How a value stands in text: numbers as they came, true, false, arrays joined with `,`. false for
 * null, objects and arrays that hold them.
 */
bool text_insert(struct arena *arena, struct json value, struct str *ret_text);

/* Calls `visit` for each expression's slots. */
struct text_slots {
    void (*visit)(struct text_slots *visitor, uint32_t slot, bool is_entered);
};
void text_visit_slots(const struct text *text, struct text_slots *visitor);

#endif

/*
 * Cutting a text at its `${…}`, compiling what is inside, and putting it together again at run
 * time. The only place where a string of the file becomes expressions.
 */
#include "config/text.h"

#include "base/arena.h"
#include "base/json/make.h"
#include "base/slices.h"
#include "config/braces.h"
#include "config/scope.h"

/* --- compiling ---------------------------------------------------------------------------- */

struct compiler {
    struct arena *arena;
    const struct node *node;
    struct scope *scope;
    struct str whole; /* the piece that is compiled */
    size_t begin;     /* of it, in the node's text */
    struct text_part *parts;
    uint32_t count;
    bool is_fine;
};

static void part_add(struct compiler *compiler, struct text_part part)
{
    compiler->parts[compiler->count++] = part;
}

static void literal_add(struct compiler *compiler, size_t from, size_t to)
{
    if (to == from)
        return;
    part_add(compiler, (struct text_part){
                           .literal = {compiler->whole.at + from, to - from},
                           .place = node_place(compiler->node, compiler->begin + from, to - from)});
}

/* Everything up to `to` that is no expression; of `$${` only `${` stays. */
static void literals_add(struct compiler *compiler, size_t from, size_t to)
{
    struct str text = {compiler->whole.at, to};
    while (from < to) {
        size_t escape = from + str_find_text(str_from(text, from), STR("$${"));
        literal_add(compiler, from, escape);
        if (escape == to)
            return;
        literal_add(compiler, escape + 1, escape + 3);
        from = escape + 3;
    }
}

static bool scope_is_in_loop(const struct scope *scope)
{
    for (const struct scope_loop *loop = scope->loops; loop != NULL; loop = loop->outer) {
        if (loop->varies)
            return true;
    }
    return false;
}

static void slots_mark(struct scope *scope, const struct jmespath *expression)
{
    uint32_t slot;
    if (jmespath_is_slot(expression, &slot))
        return;
    size_t count;
    const uint32_t *slots = jmespath_slots(expression, &count);
    for (size_t i = 0; i < count; i++)
        scope->slots->list[slots[i]].is_entered = true;
}

/* The expression between `from` and `to` of the piece. */
static const struct jmespath *expression_compile(struct compiler *compiler, size_t from, size_t to)
{
    struct scope *scope = compiler->scope;
    struct str source = {compiler->whole.at + from, to - from};
    scope->file = compiler->node->place.file;
    scope->resolver.is_in_loop = scope_is_in_loop(scope);
    scope->resolver.memo_count = scope->slots->memo_count;
    struct jmespath_error error;
    const struct jmespath *expression =
        jmespath_compile_bound(compiler->arena, source, &scope->resolver, &error);
    if (expression == NULL) {
        struct place place =
            node_place(compiler->node, compiler->begin + from + error.at, error.length);
        diagnostics_error(scope->diagnostics, place, error.hint, "%.*s", STR_ARGS(error.message));
        return NULL;
    }
    scope->slots->memo_count = scope->resolver.memo_count;
    slots_mark(scope, expression);
    return expression;
}

static void expression_add(struct compiler *compiler, size_t at, size_t end)
{
    struct place place = node_place(compiler->node, compiler->begin + at, end - at);
    struct str inside = str_trim((struct str){compiler->whole.at + at + 2, end - at - 3});
    const struct jmespath *expression = NULL;
    if (str_is_empty(inside))
        diagnostics_error(compiler->scope->diagnostics, place, STR_NONE,
                          "there is no expression in ${}");
    else
        expression = expression_compile(compiler, at + 2, end - 1);
    if (expression == NULL)
        compiler->is_fine = false;
    else
        part_add(compiler, (struct text_part){.expression = expression, .place = place});
}

static void compiler_run(struct compiler *compiler)
{
    struct str whole = compiler->whole;
    size_t from = 0;
    while (from < whole.length) {
        size_t at = braces_find(whole, from);
        literals_add(compiler, from, at);
        if (at == whole.length)
            return;
        size_t end = braces_end(whole, at);
        if (end == 0) {
            diagnostics_error(compiler->scope->diagnostics,
                              node_place(compiler->node, compiler->begin + at, 2),
                              STR("write $${ for a literal ${"), "no } closes this ${");
            compiler->is_fine = false;
            return;
        }
        expression_add(compiler, at, end);
        from = end;
    }
}

/* At most this many parts: each `$` begins one or two, and ends the one before. */
static size_t parts_room(struct str text)
{
    size_t room = 1;
    for (size_t i = 0; i < text.length; i++)
        room += text.at[i] == '$' ? 2 : 0;
    return room;
}

bool text_compile_part(struct arena *arena, const struct node *node, size_t offset, size_t length,
                       struct scope *scope, struct text *ret_text)
{
    if (node_is_missing(node))
        return false;
    if (node->kind != NODE_TEXT) {
        diagnostics_error(scope->diagnostics, node->place, STR_NONE, "text is expected, not %s",
                          node_kind_name(node));
        return false;
    }
    struct compiler compiler = {.arena = arena,
                                .node = node,
                                .scope = scope,
                                .whole = {node->text.at + offset, length},
                                .begin = offset,
                                .is_fine = true};
    compiler.parts = arena_array(arena, struct text_part, parts_room(compiler.whole));
    compiler_run(&compiler);
    if (!compiler.is_fine)
        return false;
    *ret_text = (struct text){.parts = compiler.parts,
                              .count = compiler.count,
                              .is_value = compiler.count == 1 && compiler.parts[0].expression,
                              .place = node_place(node, offset, length)};
    return true;
}

bool text_compile(struct arena *arena, const struct node *node, struct scope *scope,
                  struct text *ret_text)
{
    return text_compile_part(arena, node, 0, node->text.length, scope, ret_text);
}

bool text_compile_expression(struct arena *arena, const struct node *node, struct scope *scope,
                             struct text *ret_text)
{
    struct text text;
    if (!text_compile(arena, node, scope, &text))
        return false;
    if (!text.is_value) {
        struct str hint = STR_NONE;
        if (braces_find(node->text, 0) == node->text.length)
            hint = str_format(arena, "write ${%.*s}", STR_ARGS(node->text));
        diagnostics_error(scope->diagnostics, node->place, hint, "exactly one ${…} is expected");
        return false;
    }
    *ret_text = text;
    return true;
}

/* --- asking ------------------------------------------------------------------------------- */

bool text_is_constant(const struct text *text)
{
    struct json value;
    for (uint32_t i = 0; i < text->count; i++) {
        const struct jmespath *expression = text->parts[i].expression;
        if (expression != NULL && !jmespath_is_constant(expression, &value))
            return false;
    }
    return true;
}

void text_visit_slots(const struct text *text, struct text_slots *visitor)
{
    for (uint32_t i = 0; i < text->count; i++) {
        const struct jmespath *expression = text->parts[i].expression;
        if (expression == NULL)
            continue;
        uint32_t whole;
        bool is_entered = !jmespath_is_slot(expression, &whole);
        size_t count;
        const uint32_t *slots = jmespath_slots(expression, &count);
        for (size_t j = 0; j < count; j++)
            visitor->visit(visitor, slots[j], is_entered);
    }
}

/* --- evaluating --------------------------------------------------------------------------- */

static bool scalar_insert(struct arena *arena, struct json value, struct str *ret_text)
{
    switch (json_type(value)) {
    case JSON_FALSE:
    case JSON_TRUE:
    case JSON_NUMBER:
        *ret_text = (struct str){value.text, value.size};
        return true;
    case JSON_STRING:
        *ret_text = json_string_decode(arena, value);
        return true;
    default:
        return false;
    }
}

/* A container that was only validated is read now; false where the arena has no room. */
static bool array_enter(struct arena *arena, struct json *array)
{
    if (array->form != JSON_FORM_TEXT)
        return true;
    struct str text = {array->text, array->size};
    return json_read(arena, text, &json_limits_default, array, NULL) == JSON_OK;
}

bool text_insert(struct arena *arena, struct json value, struct str *ret_text)
{
    if (json_type(value) != JSON_ARRAY)
        return scalar_insert(arena, value, ret_text);
    if (!array_enter(arena, &value))
        return false;
    struct slices out;
    slices_init(&out, arena);
    struct json_iterator elements = json_iterate(value);
    struct json element;
    for (bool is_first = true; json_next(&elements, NULL, &element); is_first = false) {
        struct str piece;
        if (!scalar_insert(arena, element, &piece) || !arena_has_room(arena, piece.length))
            return false;
        if (!is_first)
            slices_copy_literal(&out, ",");
        slices_copy(&out, piece);
    }
    *ret_text = slices_join(&out);
    return true;
}

/* One part as text; *is_null is set where its value is null. */
static bool part_evaluate(const struct text_part *part, struct jmespath_frame *frame,
                          struct str *ret_piece, bool *is_null)
{
    *ret_piece = part->literal;
    if (part->expression == NULL)
        return true;
    struct json value;
    if (!jmespath_evaluate(part->expression, frame, &value, NULL))
        return false;
    if (json_is_null(value)) {
        *is_null = true;
        return true;
    }
    return text_insert(frame->arena, value, ret_piece);
}

bool text_evaluate(const struct text *text, struct jmespath_frame *frame, struct json *ret_value)
{
    if (text->is_value)
        return jmespath_evaluate(text->parts[0].expression, frame, ret_value, NULL);
    *ret_value = json_null();
    if (text->count == 1) {
        *ret_value = json_decoded(text->parts[0].literal);
        return true;
    }
    struct slices out;
    slices_init(&out, frame->arena);
    bool is_null = false;
    for (uint32_t i = 0; i < text->count; i++) {
        struct str piece;
        if (!part_evaluate(&text->parts[i], frame, &piece, &is_null) ||
            !arena_has_room(frame->arena, piece.length))
            return false;
        slices_copy(&out, piece);
    }
    if (!is_null)
        *ret_value = json_decoded(slices_join(&out));
    return true;
}

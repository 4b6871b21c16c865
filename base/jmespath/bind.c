/*
 * The binder. A node is in *root context* when it sees the input of the whole expression: only
 * there does a bare name begin an expression. The context is lost on the way into `inner` and
 * `condition` (see ast.h), and nowhere else.
 *
 * Recursion is as deep as the tree, which is bounded.
 */
#include "base/jmespath/bind.h"

#include "base/arena.h"
#include "base/jmespath/functions.h"

struct binder {
    struct arena *arena;
    struct jmespath_resolver *resolver; /* or NULL */
    struct bind_result result;
    struct jmespath_error error;
};

static bool bind_node(struct binder *binder, struct ast *node, bool is_root);

static bool bind_fail(struct binder *binder, size_t at, size_t length, struct str message,
                      struct str hint)
{
    binder->error =
        (struct jmespath_error){.at = at, .length = length, .message = message, .hint = hint};
    return false;
}

/* --- what is found ------------------------------------------------------------------------- */

/* Room for one more, where the room is doubled at each power of two. */
static void *bind_grow(struct binder *binder, void *list, size_t count, size_t size)
{
    if (count != 0 && (count < 4 || (count & (count - 1)) != 0))
        return list;
    void *grown = arena_zero(binder->arena, count == 0 ? 4 : count * 2, size);
    if (count > 0)
        memcpy(grown, list, count * size);
    return grown;
}

static void bind_add_slot(struct binder *binder, uint32_t slot)
{
    struct bind_result *result = &binder->result;
    for (size_t i = 0; i < result->slot_count; i++) {
        if (result->slots[i] == slot)
            return;
    }
    result->slots = bind_grow(binder, result->slots, result->slot_count, sizeof(*result->slots));
    result->slots[result->slot_count++] = slot;
}

static void bind_add_inner_name(struct binder *binder, const struct ast *field)
{
    struct bind_result *result = &binder->result;
    result->inner_names = bind_grow(binder, result->inner_names, result->inner_name_count,
                                    sizeof(*result->inner_names));
    result->inner_names[result->inner_name_count++] = (struct jmespath_inner_name){
        .name = field->name, .at = field->at, .is_quoted_comparand = field->is_quoted_comparand};
}

/* --- names --------------------------------------------------------------------------------- */

static bool bind_is_bare_field(const struct ast *node)
{
    return node && node->kind == AST_FIELD && !node->left;
}

static void bind_replace(struct binder *binder, struct ast *node,
                         const struct jmespath_binding *binding)
{
    node->left = NULL;
    if (binding->is_constant) {
        node->kind = AST_CONSTANT;
        node->value = binding->constant;
        return;
    }
    node->kind = AST_SLOT;
    node->number = binding->slot;
    node->varies = binding->varies;
    bind_add_slot(binder, binding->slot);
}

/* `first` begins the expression; `second` stands behind its dot, or is NULL. */
static bool bind_resolve(struct binder *binder, struct ast *first, struct ast *second)
{
    struct str names[2] = {first->name, second ? second->name : STR_NONE};
    struct jmespath_binding binding = {.names = 1};
    if (!binder->resolver->resolve(binder->resolver, names, second ? 2 : 1, first->at, &binding,
                                   &binder->error)) {
        if (first->is_quoted_comparand)
            binder->error.hint =
                str_format(binder->arena, "a text is written '%.*s'", STR_ARGS(first->name));
        return false;
    }
    bind_replace(binder, second && binding.names == 2 ? second : first, &binding);
    return true;
}

static bool bind_field(struct binder *binder, struct ast *node, bool is_root)
{
    if (node->left) {
        if (is_root && bind_is_bare_field(node->left))
            return bind_resolve(binder, node->left, node);
        return bind_node(binder, node->left, is_root);
    }
    if (is_root)
        return bind_resolve(binder, node, NULL);
    if (binder->resolver && !node->is_behind_dot)
        bind_add_inner_name(binder, node);
    return true;
}

/* --- calls --------------------------------------------------------------------------------- */

static bool bind_is_text(const struct ast *node)
{
    return node->kind == AST_CONSTANT && node->value.type == JSON_STRING;
}

/* The call may become a constant; then it is no call any more. */
static bool bind_constant_call(struct binder *binder, struct ast *node)
{
    struct jmespath_resolver *resolver = binder->resolver;
    struct json value;
    bool has_failed = false;
    if (!resolver->constant_call || node->count != 1 || !bind_is_text(node->items[0]))
        return true;
    struct str argument = json_string_decode(binder->arena, node->items[0]->value);
    if (!resolver->constant_call(resolver, node->name, argument, node->at, &value, &binder->error,
                                 &has_failed))
        return !has_failed;
    struct jmespath_binding binding = {.is_constant = true, .constant = value};
    node->items = NULL;
    node->count = 0;
    bind_replace(binder, node, &binding);
    return true;
}

static bool bind_unknown_function(struct binder *binder, const struct ast *node)
{
    struct str nearest = function_nearest(node->name);
    struct str hint = STR_NONE;
    if (!str_is_empty(nearest))
        hint = str_format(binder->arena, "did you mean '%.*s'?", STR_ARGS(nearest));
    return bind_fail(binder, node->at, node->name.length,
                     str_format(binder->arena, "unknown function '%.*s'", STR_ARGS(node->name)),
                     hint);
}

static bool bind_count_arguments(struct binder *binder, const struct ast *node)
{
    const struct function *function = node->function;
    if (node->count == function->arguments ||
        (function->is_variadic && node->count > function->arguments))
        return true;
    const char *least = function->is_variadic ? "at least " : "";
    const char *plural = function->arguments == 1 ? "" : "s";
    return bind_fail(binder, node->at, node->name.length,
                     str_format(binder->arena, "'%s' takes %s%u argument%s, %u given",
                                function->name, least, function->arguments, plural, node->count),
                     STR_NONE);
}

/* A reference where a value is taken, or a value where a reference is. */
static bool bind_check_argument(struct binder *binder, const struct ast *node, uint32_t index)
{
    const struct ast *argument = node->items[index];
    bool is_reference = argument->kind == AST_REFERENCE;
    if (is_reference == (function_argument(node->function, index) == TAKES_REFERENCE))
        return true;
    const char *verb = is_reference ? "takes no" : "takes an";
    struct str hint = is_reference ? STR_NONE : STR("write & before it");
    return bind_fail(binder, argument->at, argument->length,
                     str_format(binder->arena, "'%s' %s expression (&…) as argument %u",
                                node->function->name, verb, index + 1),
                     hint);
}

static bool bind_call(struct binder *binder, struct ast *node, bool is_root)
{
    if (is_root && !bind_constant_call(binder, node))
        return false;
    if (node->kind != AST_CALL)
        return true;
    node->function = function_find(node->name);
    if (!node->function)
        return bind_unknown_function(binder, node);
    if (!bind_count_arguments(binder, node))
        return false;
    for (uint32_t i = 0; i < node->count; i++) {
        if (!bind_check_argument(binder, node, i))
            return false;
    }
    return true;
}

/* --- all ----------------------------------------------------------------------------------- */

/* Does the node, without a left side, look into the input? */
static bool bind_sees_input(const struct ast *node)
{
    switch (node->kind) {
    case AST_CURRENT:
        return true;
    case AST_INDEX:
    case AST_SLICE:
    case AST_FLATTEN:
    case AST_PROJECT:
    case AST_PROJECT_VALUES:
    case AST_FILTER:
        return !node->left;
    default:
        return false;
    }
}

static bool bind_itself(struct binder *binder, struct ast *node, bool is_root)
{
    if (is_root && bind_sees_input(node))
        return bind_fail(binder, node->at, 1, STR("begin with a name"),
                         STR("@, * and [ look into what a name, or what stands before |, yields"));
    if (node->kind == AST_CALL)
        return bind_call(binder, node, is_root);
    return true;
}

static bool bind_node(struct binder *binder, struct ast *node, bool is_root)
{
    if (!node)
        return true;
    if (node->kind == AST_FIELD)
        return bind_field(binder, node, is_root);
    if (!bind_itself(binder, node, is_root) || !bind_node(binder, node->left, is_root) ||
        !bind_node(binder, node->right, is_root))
        return false;
    for (uint32_t i = 0; i < node->count; i++) {
        if (!bind_node(binder, node->items[i], is_root))
            return false;
    }
    return bind_node(binder, node->condition, false) && bind_node(binder, node->inner, false);
}

/* --- loops --------------------------------------------------------------------------------- */

/* Slots stand in root context only, so `inner` and `condition` never vary. */
static bool bind_mark_varying(struct ast *node)
{
    if (!node)
        return false;
    bool varies = node->varies;
    varies |= bind_mark_varying(node->left);
    varies |= bind_mark_varying(node->right);
    for (uint32_t i = 0; i < node->count; i++)
        varies |= bind_mark_varying(node->items[i]);
    node->varies = varies;
    return varies;
}

static void bind_hoist(struct binder *binder, struct ast **place)
{
    struct ast *node = *place;
    if (!node || node->kind == AST_SLOT || node->kind == AST_CONSTANT ||
        node->kind == AST_REFERENCE)
        return;
    if (node->varies) {
        bind_hoist(binder, &node->left);
        bind_hoist(binder, &node->right);
        for (uint32_t i = 0; i < node->count; i++)
            bind_hoist(binder, &node->items[i]);
        return;
    }
    struct ast *memo = arena_new(binder->arena, struct ast);
    *memo = (struct ast){.kind = AST_MEMO,
                         .height = node->height,
                         .at = node->at,
                         .length = node->length,
                         .number = binder->resolver->memo_count++,
                         .left = node};
    *place = memo;
}

bool bind_tree(struct arena *arena, struct jmespath_resolver *resolver, struct ast **tree,
               struct bind_result *ret_result, struct jmespath_error *ret_error)
{
    struct binder binder = {.arena = arena, .resolver = resolver};
    if (!bind_node(&binder, *tree, resolver != NULL)) {
        *ret_error = binder.error;
        return false;
    }
    if (resolver && resolver->is_in_loop) {
        bind_mark_varying(*tree);
        bind_hoist(&binder, tree);
    }
    *ret_result = binder.result;
    return true;
}

/*
 * What a service answers stands in no file, but the file shows some of it: members that expressions
 * read (`user.name`), and those of fallback values. Two whole answers that are spread side by side
 *
 * - surely collide in a member that the file shows of both, unless it is written beside them;
 * - may collide where nothing is known of one of them, and are warned of too;
 * - are left alone where the file knows both and they have nothing in common.
 */
#include "routes/lint_spread.h"

#include "base/arena.h"
#include "base/jmespath/ast.h"
#include "base/list.h"
#include "routes/linting.h"
#include "routes/plan.h"
#include "routes/template_tree.h"

#define MEMBERS_MAXIMUM 64 /* of one call; what is beyond is not compared */

struct known {
    struct str names[MEMBERS_MAXIMUM];
    uint32_t count;
};

struct spreads {
    struct linting linting; /* `call` is the one that sends the template, NULL in the response */
    struct known *known;    /* one per call of the route */
};

/* --- what the file shows ------------------------------------------------------------------- */

static bool known_has(const struct known *known, struct str name)
{
    for (uint32_t i = 0; i < known->count; i++) {
        if (str_equal(known->names[i], name))
            return true;
    }
    return false;
}

static void known_add(struct known *known, struct str name)
{
    if (known->count < MEMBERS_MAXIMUM && !known_has(known, name))
        known->names[known->count++] = name;
}

/* The call whose value the tree yields, NULL where it yields something else. */
static struct known *known_of_tree(const struct spreads *spreads, const struct ast *tree)
{
    while (tree && tree->kind == AST_MEMO)
        tree = tree->left;
    if (!tree || tree->kind != AST_SLOT)
        return NULL;
    const struct slot *slot = &spreads->linting.route->slots.list[tree->number];
    return slot->kind == SLOT_CALL ? &spreads->known[slot->index] : NULL;
}

/* As deep as the tree, AST_HEIGHT_MAXIMUM. */
static void tree_read(const struct spreads *spreads, const struct ast *tree)
{
    if (!tree)
        return;
    struct known *known = tree->kind == AST_FIELD ? known_of_tree(spreads, tree->left) : NULL;
    if (known)
        known_add(known, tree->name);
    tree_read(spreads, tree->left);
    tree_read(spreads, tree->right);
    tree_read(spreads, tree->inner);
    tree_read(spreads, tree->condition);
    for (uint32_t i = 0; i < tree->count && tree->items; i++)
        tree_read(spreads, tree->items[i]);
}

struct trees {
    struct text_visitor texts;
    const struct spreads *spreads;
};

static void trees_visit(struct text_visitor *texts, const struct text *text)
{
    struct trees *trees = container_of(texts, struct trees, texts);
    for (uint32_t i = 0; i < text->count; i++) {
        if (text->parts[i].expression)
            tree_read(trees->spreads, jmespath_tree(text->parts[i].expression));
    }
}

/* `value: { name: Unknown, email?: null }` of a rung. */
static void rung_read(struct known *known, const struct node *rung)
{
    const struct node *value = node_member(rung, STR("value"));
    if (!value || value->kind != NODE_MAPPING)
        return;
    for (uint32_t i = 0; i < value->count; i++) {
        struct str name = value->entries[i].key->text;
        if (name.length > 1 && name.at[name.length - 1] == '?')
            name.length--;
        if (name.at[0] != '$' && !str_equal(name, STR("...")))
            known_add(known, name);
    }
}

static void ladder_read(struct known *known, const struct call *call)
{
    const struct node *ladder = node_member(call->node, STR("fallback"));
    if (ladder && ladder->kind == NODE_MAPPING)
        rung_read(known, ladder);
    for (uint32_t i = 0; ladder && ladder->kind == NODE_LIST && i < ladder->count; i++) {
        if (ladder->entries[i].value->kind == NODE_MAPPING)
            rung_read(known, ladder->entries[i].value);
    }
}

static void route_read(const struct spreads *spreads)
{
    const struct route *route = spreads->linting.route;
    struct trees trees = {{trees_visit}, spreads};
    response_plan_visit_texts(&route->response, &trees.texts);
    for (uint32_t i = 0; i < route->call_count; i++) {
        plan_visit_texts(&route->calls[i], &trees.texts);
        ladder_read(&spreads->known[i], &route->calls[i]);
    }
}

/* --- what is spread ------------------------------------------------------------------------ */

static const struct slot *spread_call(const struct route *route, const struct template_piece *piece)
{
    if (piece->kind != PIECE_SPREAD || piece->value->kind != TEMPLATE_SLOT)
        return NULL;
    const struct slot *slot = &route->slots.list[piece->value->slot];
    return slot->kind == SLOT_CALL ? slot : NULL;
}

static bool is_beside(const struct template *object, struct str name)
{
    for (uint32_t i = 0; i < object->name_count; i++) {
        if (str_equal(object->names[i], name))
            return true;
    }
    return false;
}

/* A member of both that is not written beside them; empty: none is known. */
static struct str member_of_both(const struct template *object, const struct known *one,
                                 const struct known *other)
{
    for (uint32_t i = 0; i < one->count; i++) {
        if (known_has(other, one->names[i]) && !is_beside(object, one->names[i]))
            return one->names[i];
    }
    return STR("");
}

/* true when it has warned, or would have. */
static bool pair_check(const struct spreads *spreads, const struct template *object,
                       const struct template_piece *piece, const struct slot *first,
                       const struct slot *second)
{
    const struct known *one = &spreads->known[first->index];
    const struct known *other = &spreads->known[second->index];
    struct str member = member_of_both(object, one, other);
    if (str_is_empty(member) && one->count > 0 && other->count > 0)
        return false;
    if (str_is_empty(member))
        linting_warn(&spreads->linting, piece->value->place, WARNING_SPREAD_OVERLAP,
                     STR("spread one, and write the members of the other"),
                     "of a member that both '%.*s' and '%.*s' have, the one of '%.*s' counts",
                     STR_ARGS(first->name), STR_ARGS(second->name), STR_ARGS(second->name));
    else
        linting_warn(&spreads->linting, piece->value->place, WARNING_SPREAD_OVERLAP,
                     STR("write the member beside them, as it is meant"),
                     "both '%.*s' and '%.*s' have a member '%.*s', and the one of '%.*s' counts",
                     STR_ARGS(first->name), STR_ARGS(second->name), STR_ARGS(member),
                     STR_ARGS(second->name));
    return true;
}

/* One warning for each answer that goes over another. */
static void object_check(const struct spreads *spreads, const struct template *object)
{
    const struct route *route = spreads->linting.route;
    for (uint32_t i = 1; i < object->piece_count; i++) {
        const struct slot *second = spread_call(route, &object->pieces[i]);
        bool is_told = second == NULL;
        for (uint32_t k = 0; k < i && !is_told; k++) {
            const struct slot *first = spread_call(route, &object->pieces[k]);
            if (first != NULL && first != second)
                is_told = pair_check(spreads, object, &object->pieces[i], first, second);
        }
    }
}

/* As deep as the template. */
static void template_check(const struct spreads *spreads, const struct template *template)
{
    if (template->kind == TEMPLATE_EACH)
        template_check(spreads, template->element);
    if (template->kind != TEMPLATE_OBJECT && template->kind != TEMPLATE_ARRAY)
        return;
    if (template->spread_count > 1)
        object_check(spreads, template);
    for (uint32_t i = 0; i < template->piece_count; i++) {
        if (template->pieces[i].value)
            template_check(spreads, template->pieces[i].value);
    }
}

static void call_check(struct spreads *spreads, const struct call *call)
{
    spreads->linting.call = call;
    if (call->request.body)
        template_check(spreads, call->request.body);
    for (uint32_t i = 0; i < call->rung_count; i++) {
        const struct rung *rung = &call->ladder[i];
        if (rung->kind == RUNG_REQUEST && rung->request.body)
            template_check(spreads, rung->request.body);
    }
    spreads->linting.call = NULL;
}

void lint_spreads(const struct route *route, struct diagnostics *diagnostics)
{
    struct spreads spreads = {.linting = {.diagnostics = diagnostics, .route = route}};
    spreads.known = arena_array(diagnostics->arena, struct known, route->call_count);
    route_read(&spreads);
    for (uint32_t i = 0; i < route->call_count; i++)
        call_check(&spreads, &route->calls[i]);
    if (route->response.body)
        template_check(&spreads, route->response.body);
}

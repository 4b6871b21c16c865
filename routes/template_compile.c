/*
 * Templates compiled: the YAML tree becomes a tree of the same shape in which all that is known
 * already is JSON text. Writing it is in template_write.c.
 *
 * Recursion is as deep as the document, which is bounded (64).
 */
#include "base/arena.h"
#include "base/json/make.h"
#include "base/slices.h"
#include "routes/loop.h"
#include "routes/spot.h"
#include "routes/template_tree.h"
#include "routes/visit.h"

static struct template *value_compile(struct arena *arena, const struct node *node,
                                      struct scope *scope);

/* --- texts -------------------------------------------------------------------------------- */

static struct template *template_constant(struct arena *arena, const struct node *node,
                                          struct json value)
{
    struct template *template = arena_new(arena, struct template);
    template->kind = TEMPLATE_CONSTANT;
    template->place = node->place;
    template->constant = str_copy(arena, json_text(arena, value));
    json_read(arena, template->constant, &json_limits_default, &template->value, NULL);
    return template;
}

static bool text_constant(struct arena *arena, const struct text *text, struct json *ret_value)
{
    if (!text_is_constant(text))
        return false;
    struct jmespath_frame frame = {
        .arena = arena, .root = json_null(), .steps_left = JMESPATH_STEPS_DEFAULT};
    return text_evaluate(text, &frame, ret_value);
}

/* Not a text that is constant. */
static struct template *text_template(struct arena *arena, const struct node *node,
                                      const struct text *text)
{
    struct template *template = arena_new(arena, struct template);
    template->place = node->place;
    template->text = *text;
    bool is_slot = text->is_value && jmespath_is_slot(text->parts[0].expression, &template->slot);
    template->kind = is_slot ? TEMPLATE_SLOT : TEMPLATE_TEXT;
    return template;
}

static struct template *scalar_compile(struct arena *arena, const struct node *node,
                                       struct scope *scope)
{
    if (node_is_missing(node))
        return NULL;
    if (str_find_text(node->text, STR("${")) == node->text.length)
        return template_constant(arena, node, node_scalar(node));
    struct text text;
    if (!text_compile(arena, node, scope, &text))
        return NULL;
    struct json value;
    if (text_constant(arena, &text, &value))
        return template_constant(arena, node, value);
    text_mark_slots(&text, !text.is_value, scope->slots);
    return text_template(arena, node, &text);
}

/* --- members ------------------------------------------------------------------------------ */

struct member {
    struct str name;
    bool is_optional;
};

static bool key_report(const struct node *key, const struct scope *scope, struct str hint,
                       const char *message)
{
    diagnostics_error(scope->diagnostics, key->place, hint, message, STR_ARGS(key->text));
    return false;
}

/* `$$each` is the member `$each`, `a??` is `a?`, `$${` is `${`; other `$keys` mean nothing. */
static bool key_read(struct arena *arena, const struct node *key, const struct scope *scope,
                     struct member *ret_member)
{
    struct str text = key->text;
    bool is_literal = str_starts_with(text, STR("$$"));
    if (!is_literal && str_starts_with(text, STR("$")))
        return key_report(key, scope, STR("write $$ for a member that begins with $"),
                          "unknown key '%.*s' in a template");
    struct member member = {.name = is_literal ? str_from(text, 1) : text};
    if (str_ends_with(member.name, STR("??"))) {
        member.name.length--;
    } else if (str_ends_with(member.name, STR("?"))) {
        member.name.length--;
        member.is_optional = true;
    }
    char *name = arena_bytes(arena, member.name.length);
    size_t length = 0;
    for (size_t i = 0; i < member.name.length; i++) {
        if (!str_starts_with(str_from(member.name, i), STR("$${")))
            name[length++] = member.name.at[i];
    }
    member.name = (struct str){name, length};
    *ret_member = member;
    return true;
}

/* A container under construction: what is constant gathers in `run`. */
struct building {
    struct arena *arena;
    struct scope *scope;
    struct template *template;
    struct slices run;
    bool is_constant; /* so far */
};

static void building_begin(struct building *building, struct arena *arena, struct scope *scope,
                           enum template_kind kind, const struct node *node, uint32_t pieces)
{
    *building = (struct building){.arena = arena, .scope = scope, .is_constant = true};
    building->template = arena_new(arena, struct template);
    building->template->kind = kind;
    building->template->place = node->place;
    building->template->pieces = arena_array(arena, struct template_piece, pieces);
    slices_init(&building->run, arena);
}

static struct template_piece *building_add(struct building *building, enum piece_kind kind)
{
    struct template_piece *piece = &building->template->pieces[building->template->piece_count++];
    piece->kind = kind;
    return piece;
}

static void building_flush(struct building *building)
{
    if (building->run.bytes == 0)
        return;
    struct str lead = slices_join(&building->run);
    building_add(building, PIECE_CONSTANT)->lead = lead;
    slices_init(&building->run, building->arena);
}

/* `lead` is what stands before the value: a comma, and the key of a member. */
static void building_put(struct building *building, struct str lead, bool is_optional,
                         const struct template *value)
{
    if (value->kind == TEMPLATE_CONSTANT) {
        if (is_optional && json_is_null(value->value))
            return;
        slices_copy(&building->run, lead);
        slices_keep(&building->run, value->constant);
        return;
    }
    building_flush(building);
    building->is_constant = false;
    struct template_piece *piece =
        building_add(building, is_optional ? PIECE_OPTIONAL : PIECE_VALUE);
    piece->lead = lead;
    piece->value = value;
}

static struct template *building_end(struct building *building)
{
    struct template *template = building->template;
    if (!building->is_constant) {
        building_flush(building);
        return template;
    }
    struct str inside = slices_join(&building->run);
    if (inside.length > 0)
        inside = str_from(inside, 1);
    bool is_object = template->kind == TEMPLATE_OBJECT;
    template->kind = TEMPLATE_CONSTANT;
    template->constant =
        str_format(building->arena, is_object ? "{%.*s}" : "[%.*s]", STR_ARGS(inside));
    json_read(building->arena, template->constant, &json_limits_default, &template->value, NULL);
    return template;
}

/* --- mappings ----------------------------------------------------------------------------- */

static bool spread_compile(struct building *building, const struct node *node)
{
    struct scope *scope = building->scope;
    struct template *template = building->template;
    if (node->kind != NODE_TEXT) {
        diagnostics_error(scope->diagnostics, node->place, STR("write ...: ${name}"),
                          "'...' spreads ${…} or a list of them, not %s", node_kind_name(node));
        return false;
    }
    if (template->spread_count == TEMPLATE_SPREADS_MAXIMUM) {
        diagnostics_error(scope->diagnostics, node->place, STR_NONE,
                          "a mapping has at most %d spreads", TEMPLATE_SPREADS_MAXIMUM);
        return false;
    }
    struct text text;
    if (!text_compile_expression(building->arena, node, scope, &text))
        return false;
    text_mark_slots(&text, true, scope->slots);
    building_flush(building);
    building->is_constant = false;
    struct template_piece *piece = building_add(building, PIECE_SPREAD);
    piece->value = text_template(building->arena, node, &text);
    piece->spread = template->spread_count++;
    return true;
}

static bool spreads_compile(struct building *building, const struct node *node)
{
    if (node->kind != NODE_LIST)
        return !node_is_missing(node) && spread_compile(building, node);
    bool is_good = true;
    for (uint32_t i = 0; i < node->count; i++)
        is_good &= spread_compile(building, node->entries[i].value);
    return is_good;
}

static bool name_is_new(const struct template *object, struct str name)
{
    if (!(object->name_lengths & template_length_bit(name)))
        return true;
    for (uint32_t i = 0; i < object->name_count; i++) {
        if (str_equal(object->names[i], name))
            return false;
    }
    return true;
}

static bool member_compile(struct building *building, const struct node_entry *entry)
{
    struct template *object = building->template;
    struct member member = {0};
    bool is_good = key_read(building->arena, entry->key, building->scope, &member);
    struct template *value = value_compile(building->arena, entry->value, building->scope);
    if (!is_good || !value)
        return false;
    if (!name_is_new(object, member.name))
        return key_report(entry->key, building->scope, STR("a member is written once"),
                          "the member of '%.*s' stands twice in this mapping");
    object->names[object->name_count++] = member.name;
    object->name_lengths |= template_length_bit(member.name);
    struct str key = json_text(building->arena, json_decoded(member.name));
    struct str lead = str_format(building->arena, ",%.*s:", STR_ARGS(key));
    bool may_be_null = value->kind != TEMPLATE_OBJECT && value->kind != TEMPLATE_ARRAY;
    building_put(building, lead, member.is_optional && may_be_null, value);
    return true;
}

static uint32_t count_pieces(const struct node *node)
{
    uint32_t count = node->count * 2 + 1; /* before each there may be a run of constants */
    for (uint32_t i = 0; i < node->count; i++) {
        const struct node *value = node->entries[i].value;
        if (node->entries[i].key && str_equal(node->entries[i].key->text, STR("...")))
            count += 2 * value->count;
    }
    return count;
}

/* `skipped` (`$each`) is no member; NULL: none. */
static struct template *object_compile(struct arena *arena, const struct node *node,
                                       const struct node *skipped, struct scope *scope)
{
    struct building building;
    building_begin(&building, arena, scope, TEMPLATE_OBJECT, node, count_pieces(node));
    building.template->names = arena_array(arena, struct str, node->count);
    bool is_good = true;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct node_entry *entry = &node->entries[i];
        if (entry->value == skipped)
            continue;
        if (str_equal(entry->key->text, STR("...")))
            is_good &= spreads_compile(&building, entry->value);
        else
            is_good &= member_compile(&building, entry);
    }
    return is_good ? building_end(&building) : NULL;
}

static struct template *list_compile(struct arena *arena, const struct node *node,
                                     struct scope *scope)
{
    struct building building;
    building_begin(&building, arena, scope, TEMPLATE_ARRAY, node, count_pieces(node));
    bool is_good = true;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct template *value = value_compile(arena, node->entries[i].value, scope);
        if (value)
            building_put(&building, STR(","), false, value);
        else
            is_good = false;
    }
    return is_good ? building_end(&building) : NULL;
}

/* --- loops -------------------------------------------------------------------------------- */

static struct template *element_compile(struct arena *arena, const struct node *node,
                                        const struct node *each, struct scope *scope)
{
    const struct node *value = node_member(node, STR("$value"));
    if (value && node->count == 2)
        return value_compile(arena, value, scope);
    if (value) {
        diagnostics_error(scope->diagnostics, node->place, STR("either `$value` or members"),
                          "'$value' stands beside other keys");
        return NULL;
    }
    if (node->count == 1) {
        diagnostics_error(scope->diagnostics, node->place,
                          STR("add the members of an element, or `$value`"),
                          "this '$each' has no element");
        return NULL;
    }
    return object_compile(arena, node, each, scope);
}

static struct template *each_compile(struct arena *arena, const struct node *node,
                                     const struct node *each, struct scope *scope)
{
    struct loop loop;
    if (!loop_compile(arena, each, "$each", scope, &loop))
        return NULL;
    text_mark_slots(&loop.source, true, scope->slots);
    struct template *template = arena_new(arena, struct template);
    template->kind = TEMPLATE_EACH;
    template->place = node->place;
    template->text = loop.source;
    template->slot = slot_table_add_loop(scope->slots, loop.name);

    struct scope_loop variable = {loop.name, template->slot, true, scope->loops};
    scope->loops = &variable;
    template->element = element_compile(arena, node, each, scope);
    scope->loops = variable.outer;
    return template->element ? template : NULL;
}

static struct template *mapping_compile(struct arena *arena, const struct node *node,
                                        struct scope *scope)
{
    const struct node *each = node_member(node, STR("$each"));
    if (each)
        return each_compile(arena, node, each, scope);
    if (node_member(node, STR("$value"))) {
        diagnostics_error(scope->diagnostics, node->place, STR("add $each: item in ${…}"),
                          "'$value' needs '$each' beside it");
        return NULL;
    }
    return object_compile(arena, node, NULL, scope);
}

static struct template *value_compile(struct arena *arena, const struct node *node,
                                      struct scope *scope)
{
    switch (node->kind) {
    case NODE_LIST:
        return list_compile(arena, node, scope);
    case NODE_MAPPING:
        return mapping_compile(arena, node, scope);
    case NODE_TEXT:
    case NODE_KIND_COUNT:
        break;
    }
    return scalar_compile(arena, node, scope);
}

const struct template *template_compile(struct arena *arena, const struct node *node,
                                        struct scope *scope)
{
    return value_compile(arena, node, scope);
}

/* --- asking ------------------------------------------------------------------------------- */

bool template_is_constant(const struct template *template, struct json *ret_value)
{
    if (template->kind != TEMPLATE_CONSTANT)
        return false;
    *ret_value = template->value;
    return true;
}

void template_visit_texts(const struct template *template, struct text_visitor *visitor)
{
    switch (template->kind) {
    case TEMPLATE_SLOT:
    case TEMPLATE_TEXT:
        visitor->visit(visitor, &template->text);
        return;
    case TEMPLATE_EACH:
        visitor->visit(visitor, &template->text);
        template_visit_texts(template->element, visitor);
        return;
    case TEMPLATE_OBJECT:
    case TEMPLATE_ARRAY:
        for (uint32_t i = 0; i < template->piece_count; i++) {
            const struct template_piece *piece = &template->pieces[i];
            if (piece->kind == PIECE_SPREAD)
                visitor->visit(visitor, &piece->value->text);
            else if (piece->kind != PIECE_CONSTANT)
                template_visit_texts(piece->value, visitor);
        }
        return;
    case TEMPLATE_CONSTANT:
    case TEMPLATE_KIND_COUNT:
        return;
    }
}

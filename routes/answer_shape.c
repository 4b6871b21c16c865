/*
 * A template walked with shapes instead of values. Recursion is as deep as the template.
 */
#include "routes/answer_shape.h"

#include "base/arena.h"
#include "base/list.h"
#include "routes/expression_shape.h"
#include "routes/template_tree.h"

struct shaping {
    struct arena *arena;
    struct shape *slots;
    const struct route *route; /* whose ladders are noted; NULL: none */
    const bool *is_skipped;    /* for each call of that route: it may be */
};

static struct shape shape_of(struct shaping *shaping, const struct template *template);

/* --- slots -------------------------------------------------------------------------------- */

static struct shape slot_shape(struct arena *arena, const struct route *route,
                               const struct slot *slot)
{
    bool is_named = slot->name.length > 0;
    struct shape shape = shape_of_types(SHAPE_ANY);
    switch (slot->kind) {
    case SLOT_PATH:
        return shape_of_types(is_named ? SHAPE_STRING : SHAPE_OBJECT);
    case SLOT_QUERY:
    case SLOT_HEADER:
    case SLOT_COOKIE:
        return shape_of_types(is_named ? SHAPE_STRING | SHAPE_NULL : SHAPE_OBJECT);
    case SLOT_QUERIES:
        if (!is_named)
            return shape_of_types(SHAPE_OBJECT);
        struct shape *text = arena_new(arena, struct shape);
        *text = shape_of_types(SHAPE_STRING);
        shape = shape_of_types(SHAPE_ARRAY | SHAPE_NULL);
        shape.element = text;
        return shape;
    case SLOT_REQUEST:
        return shape_of_types(SHAPE_OBJECT);
    case SLOT_META:
        return shape_of_types(SHAPE_OBJECT | SHAPE_NULL);
    case SLOT_CALL:
        return shape_of_types(route->calls[slot->index].has_each ? SHAPE_ARRAY | SHAPE_NULL
                                                                 : SHAPE_ANY);
    case SLOT_BODY:
    case SLOT_LOOP:
    case SLOT_KIND_COUNT:
        break;
    }
    return shape;
}

struct shape *answer_slot_shapes(struct arena *arena, const struct route *route)
{
    struct shape *slots = arena_array(arena, struct shape, route->slots.count);
    for (uint32_t i = 0; i < route->slots.count; i++)
        slots[i] = slot_shape(arena, route, &route->slots.list[i]);
    return slots;
}

/* What waits for a call that may be skipped may be skipped too: again and again until nothing is
   new. */
static const bool *find_skipped(struct arena *arena, const struct route *route)
{
    bool *is_skipped = arena_array(arena, bool, route->call_count);
    for (bool is_new = true; is_new;) {
        is_new = false;
        for (uint32_t i = 0; i < route->call_count; i++) {
            const struct call *call = &route->calls[i];
            bool before = is_skipped[i];
            is_skipped[i] |= call->has_when;
            for (uint32_t j = 0; j < call->waits_for_count; j++)
                is_skipped[i] |= is_skipped[call->waits_for[j]];
            is_new |= is_skipped[i] != before;
        }
    }
    return is_skipped;
}

/* --- why something may be missing --------------------------------------------------------- */

struct causes {
    struct text_slots visitor;
    struct shaping *shaping;
    const struct text *text;
    struct str said; /* "customer falls back or is skipped" */
};

/* With the call's value of this shape the text is null. */
static bool text_vanishes(struct causes *causes, uint32_t slot, struct shape value)
{
    struct shape *slots = causes->shaping->slots;
    struct shape live = slots[slot];
    slots[slot] = value;
    struct shape shape = text_shape(causes->shaping->arena, causes->text, slots);
    slots[slot] = live;
    return shape_is_null(&shape);
}

static void cause_add(struct causes *causes, const struct call *call, const char *what)
{
    bool is_first = causes->said.length == 0;
    causes->said = str_format(causes->shaping->arena, "%.*s%s%.*s %s", STR_ARGS(causes->said),
                              is_first ? "" : " or ", STR_ARGS(call->name), what);
}

static void causes_visit(struct text_slots *visitor, uint32_t slot, bool is_entered)
{
    (void)is_entered;
    struct causes *causes = container_of(visitor, struct causes, visitor);
    const struct route *route = causes->shaping->route;
    if (route->slots.list[slot].kind != SLOT_CALL)
        return;
    const struct call *call = &route->calls[route->slots.list[slot].index];
    for (uint32_t i = 0; i < call->rung_count && !call->has_each; i++) {
        if (!text_vanishes(
                causes, slot,
                rung_shape(causes->shaping->arena, &call->ladder[i], causes->shaping->slots)))
            continue;
        cause_add(causes, call, "falls back");
        break;
    }
    if (!text_vanishes(causes, slot, shape_of_types(SHAPE_NULL)))
        return;
    if (call->absent.count > 0)
        cause_add(causes, call, "is absent");
    if (causes->shaping->is_skipped[call->index])
        cause_add(causes, call, "is skipped");
}

/* "Null when customer falls back."; empty where no call can be the cause. */
static struct str note_of(struct shaping *shaping, const struct text *text, const char *word)
{
    struct causes causes = {{causes_visit}, shaping, text, STR("")};
    if (shaping->route == NULL)
        return causes.said;
    text_visit_slots(text, &causes.visitor);
    return causes.said.length == 0
               ? causes.said
               : str_format(shaping->arena, "%s when %.*s.", word, STR_ARGS(causes.said));
}

/* --- pieces ------------------------------------------------------------------------------- */

static struct json piece_read(struct arena *arena, struct str lead, const char *form)
{
    struct json value = json_null();
    struct str inside = lead.length > 0 ? str_from(lead, 1) : lead;
    json_read(arena, str_format(arena, form, STR_ARGS(inside)), &json_limits_default, &value, NULL);
    return value;
}

struct str template_piece_name(struct arena *arena, const struct template_piece *piece)
{
    struct json_iterator iterator = json_iterate(piece_read(arena, piece->lead, "{%.*snull}"));
    struct json key, value;
    return json_next(&iterator, &key, &value) ? json_string_decode(arena, key) : STR("");
}

struct json template_piece_value(struct arena *arena, const struct template_piece *piece,
                                 bool is_object)
{
    return piece_read(arena, piece->lead, is_object ? "{%.*s}" : "[%.*s]");
}

static bool name_is_taken(const struct template *template, struct str name)
{
    for (uint32_t i = 0; i < template->name_count; i++) {
        if (str_equal(template->names[i], name))
            return true;
    }
    return false;
}

struct members {
    struct shape_member *list;
    uint32_t count;
    uint32_t room;
};

static void member_add(struct shaping *shaping, struct members *members, struct shape_member member)
{
    for (uint32_t i = 0; i < members->count; i++) {
        if (!str_equal(members->list[i].name, member.name))
            continue;
        members->list[i] = member;
        return;
    }
    if (members->count == members->room) {
        uint32_t room = members->room > 0 ? 2 * members->room : 8;
        struct shape_member *list = arena_array(shaping->arena, struct shape_member, room);
        if (members->count > 0)
            memcpy(list, members->list, members->count * sizeof(*list));
        members->list = list;
        members->room = room;
    }
    members->list[members->count++] = member;
}

/* Members that are known of what is spread come along, unless one is written beside it. */
static void spread_add(struct shaping *shaping, const struct template *template,
                       const struct shape *spread, struct shape *object, struct members *members)
{
    if (!(spread->types & SHAPE_OBJECT))
        return;
    object->is_open |= spread->is_open || !spread->has_members;
    for (uint32_t i = 0; i < spread->member_count; i++) {
        struct shape_member member = spread->members[i];
        member.is_optional |= spread->types != SHAPE_OBJECT;
        if (!name_is_taken(template, member.name))
            member_add(shaping, members, member);
    }
}

static void constants_add(struct shaping *shaping, const struct template_piece *piece,
                          struct members *members)
{
    struct json object = template_piece_value(shaping->arena, piece, true);
    struct json_iterator iterator = json_iterate(object);
    struct json key, value;
    while (json_next(&iterator, &key, &value))
        member_add(shaping, members,
                   (struct shape_member){.name = json_string_decode(shaping->arena, key),
                                         .shape = shape_of_json(shaping->arena, value)});
}

static const struct text *text_of(const struct template *template)
{
    bool has_text = template->kind == TEMPLATE_SLOT || template->kind == TEMPLATE_TEXT ||
                    template->kind == TEMPLATE_EACH;
    return has_text ? &template->text : NULL;
}

static struct shape optional_shape(struct shaping *shaping, const struct template *value,
                                   bool *ret_is_optional)
{
    struct shape shape = shape_of(shaping, value);
    *ret_is_optional = (shape.types & SHAPE_NULL) != 0;
    if (value->kind != TEMPLATE_EACH && text_of(value) != NULL)
        shape.note = note_of(shaping, text_of(value), "Absent");
    return shape_is_null(&shape) ? shape : shape_without(shape, SHAPE_NULL);
}

static struct shape object_shape(struct shaping *shaping, const struct template *template)
{
    struct shape object = shape_of_types(SHAPE_OBJECT);
    struct members members = {0};
    object.has_members = true;
    for (uint32_t i = 0; i < template->piece_count; i++) {
        const struct template_piece *piece = &template->pieces[i];
        struct shape_member member = {0};
        if (piece->kind == PIECE_CONSTANT) {
            constants_add(shaping, piece, &members);
            continue;
        }
        if (piece->kind == PIECE_SPREAD) {
            struct shape spread = shape_of(shaping, piece->value);
            spread_add(shaping, template, &spread, &object, &members);
            continue;
        }
        member.name = template_piece_name(shaping->arena, piece);
        member.shape = piece->kind == PIECE_OPTIONAL
                           ? optional_shape(shaping, piece->value, &member.is_optional)
                           : shape_of(shaping, piece->value);
        member_add(shaping, &members, member);
    }
    object.members = members.list;
    object.member_count = members.count;
    return object;
}

static struct shape piece_shape(struct shaping *shaping, const struct template_piece *piece)
{
    if (piece->kind != PIECE_CONSTANT)
        return shape_of(shaping, piece->value);
    struct shape constants =
        shape_of_json(shaping->arena, template_piece_value(shaping->arena, piece, false));
    return shape_element_of(&constants);
}

static struct shape array_shape(struct shaping *shaping, const struct template *template)
{
    struct shape array = shape_of_types(SHAPE_ARRAY);
    struct shape *element = arena_new(shaping->arena, struct shape);
    for (uint32_t i = 0; i < template->piece_count; i++) {
        struct shape one = piece_shape(shaping, &template->pieces[i]);
        *element = i == 0 ? one : shape_either(shaping->arena, *element, one);
    }
    array.element = template->piece_count > 0 ? element : NULL;
    return array;
}

/* Null makes an empty array; what is neither makes null. */
static struct shape each_shape(struct shaping *shaping, const struct template *template)
{
    struct shape source = text_shape(shaping->arena, &template->text, shaping->slots);
    struct shape *slot = &shaping->slots[template->slot];
    struct shape before = *slot;
    *slot = source.types & SHAPE_ARRAY ? shape_element_of(&source) : shape_of_types(SHAPE_ANY);
    struct shape *element = arena_new(shaping->arena, struct shape);
    *element = shape_of(shaping, template->element);
    *slot = before;
    bool may_be_other = (source.types & ~(SHAPE_ARRAY | SHAPE_NULL)) != 0;
    struct shape array = shape_of_types(SHAPE_ARRAY | (may_be_other ? SHAPE_NULL : 0));
    array.element = element;
    array.note = note_of(shaping, &template->text, "Empty");
    return array;
}

static struct shape shape_of(struct shaping *shaping, const struct template *template)
{
    struct shape shape = shape_of_types(SHAPE_ANY);
    switch (template->kind) {
    case TEMPLATE_CONSTANT:
        return shape_of_json(shaping->arena, template->value);
    case TEMPLATE_SLOT:
    case TEMPLATE_TEXT:
        shape = text_shape(shaping->arena, &template->text, shaping->slots);
        shape.note = note_of(shaping, &template->text, "Null");
        return shape;
    case TEMPLATE_OBJECT:
        return object_shape(shaping, template);
    case TEMPLATE_ARRAY:
        return array_shape(shaping, template);
    case TEMPLATE_EACH:
        return each_shape(shaping, template);
    case TEMPLATE_KIND_COUNT:
        break;
    }
    return shape;
}

struct shape template_shape(struct arena *arena, const struct template *template,
                            struct shape *slots)
{
    struct shaping shaping = {.arena = arena, .slots = slots};
    return shape_of(&shaping, template);
}

struct shape rung_shape(struct arena *arena, const struct rung *rung, struct shape *slots)
{
    if (rung->kind == RUNG_VALUE)
        return template_shape(arena, rung->value, slots);
    return shape_of_types(rung->kind == RUNG_OMIT ? SHAPE_NULL : SHAPE_ANY);
}

/* --- all ---------------------------------------------------------------------------------- */

static struct str default_note(struct shaping *shaping, const struct call *call, bool is_left_out)
{
    struct str note = STR("");
    if (is_left_out)
        note = str_format(shaping->arena, "Absent when %.*s falls back.", STR_ARGS(call->name));
    const char *why = shaping->is_skipped[call->index] ? "is skipped"
                      : call->absent.count > 0         ? "is absent"
                                                       : NULL;
    if (why == NULL)
        return note;
    return str_format(shaping->arena, "%.*s%sNull when %.*s %s.", STR_ARGS(note),
                      note.length > 0 ? " " : "", STR_ARGS(call->name), why);
}

/* One member per call; what was left out by `omit` is not there. */
static struct shape default_shape(struct shaping *shaping)
{
    const struct route *route = shaping->route;
    struct shape object = shape_of_types(SHAPE_OBJECT);
    object.has_members = true;
    object.members = arena_array(shaping->arena, struct shape_member, route->call_count);
    for (uint32_t i = 0; i < route->call_count; i++) {
        const struct call *call = &route->calls[i];
        struct shape_member *member = &object.members[object.member_count++];
        member->name = call->name;
        member->shape = shaping->slots[call->slot];
        for (uint32_t j = 0; j < call->rung_count && !call->has_each; j++)
            member->is_optional |= call->ladder[j].kind == RUNG_OMIT;
        member->shape.note = default_note(shaping, call, member->is_optional);
    }
    return object;
}

struct shape answer_shape(struct arena *arena, const struct route *route)
{
    struct shaping shaping = {.arena = arena,
                              .slots = answer_slot_shapes(arena, route),
                              .route = route,
                              .is_skipped = find_skipped(arena, route)};
    return route->response.body != NULL ? shape_of(&shaping, route->response.body)
                                        : default_shape(&shaping);
}

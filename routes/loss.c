/*
 * The template is walked with the shapes of the fallback values in place of the calls that fell.
 * What is null then is known; what else mentions such a call is made of it. Recursion is as deep as
 * the template.
 */
#include "routes/loss.h"

#include "base/arena.h"
#include "base/list.h"
#include "routes/answer_shape.h"
#include "routes/expression_shape.h"
#include "routes/template_tree.h"

static const char *const loss_names[LOSS_COUNT] = {
    [LOSS_VALUE] = "value", [LOSS_OMITTED] = "omitted", [LOSS_MADE] = "made"};

const char *loss_name(enum loss loss)
{
    return loss_names[loss];
}

struct search {
    struct arena *arena;
    const struct route *route;
    const struct outage_call *calls;
    struct shape *slots;
    struct lost_member *list;
    uint32_t count;
    uint32_t room;
};

static void lost_add(struct search *search, struct lost_member member)
{
    if (search->count == search->room) {
        uint32_t room = search->room > 0 ? 2 * search->room : 8;
        struct lost_member *list = arena_array(search->arena, struct lost_member, room);
        if (search->count > 0)
            memcpy(list, search->list, search->count * sizeof(*list));
        search->list = list;
        search->room = room;
    }
    search->list[search->count++] = member;
}

/* --- which calls fell --------------------------------------------------------------------- */

static bool call_fell(const struct search *search, const struct call *call)
{
    const struct outage_call *fallen = &search->calls[call->index];
    return fallen->rung != NULL && fallen->rung->kind != RUNG_REQUEST;
}

/* A call of many elements gives one such value for each. */
static struct shape fallen_shape(struct search *search, const struct call *call)
{
    struct shape value = rung_shape(search->arena, search->calls[call->index].rung, search->slots);
    if (!call->has_each)
        return value;
    struct shape array = shape_of_types(SHAPE_ARRAY);
    struct shape *element = arena_new(search->arena, struct shape);
    *element = value;
    array.element = element;
    return array;
}

struct fallen_visit {
    struct text_slots slots;
    const struct search *search;
    const struct call *call; /* the first that fell */
};

static void fallen_visit(struct text_slots *slots, uint32_t slot, bool is_entered)
{
    (void)is_entered;
    struct fallen_visit *visit = container_of(slots, struct fallen_visit, slots);
    const struct route *route = visit->search->route;
    const struct slot *seen = &route->slots.list[slot];
    if (seen->kind == SLOT_CALL && visit->call == NULL &&
        call_fell(visit->search, &route->calls[seen->index]))
        visit->call = &route->calls[seen->index];
}

static const struct call *fallen_call(const struct search *search, const struct text *text)
{
    struct fallen_visit visit = {{fallen_visit}, search, NULL};
    text_visit_slots(text, &visit.slots);
    return visit.call;
}

/* --- the template ------------------------------------------------------------------------- */

static void template_search(struct search *search, const struct template *template, struct str path,
                            bool is_optional);

static void text_search(struct search *search, const struct text *text, struct str path,
                        bool is_optional)
{
    struct lost_member member = {.path = path, .call = fallen_call(search, text)};
    if (member.call == NULL)
        return;
    struct shape shape = text_shape(search->arena, text, search->slots);
    if (shape_is_null(&shape)) {
        member.loss = is_optional ? LOSS_OMITTED : LOSS_VALUE;
        member.value = json_null();
    } else if (shape.is_constant) {
        member.loss = LOSS_VALUE;
        member.value = shape.value;
    } else {
        member.loss = LOSS_MADE;
    }
    lost_add(search, member);
}

static struct str path_join(struct arena *arena, struct str path, struct str name)
{
    const char *dot = path.length > 0 ? "." : "";
    return str_format(arena, "%.*s%s%.*s", STR_ARGS(path), dot, STR_ARGS(name));
}

static void pieces_search(struct search *search, const struct template *template, struct str path)
{
    for (uint32_t i = 0; i < template->piece_count; i++) {
        const struct template_piece *piece = &template->pieces[i];
        struct str inner;
        if (piece->kind == PIECE_CONSTANT)
            continue;
        if (piece->kind == PIECE_SPREAD)
            inner = path_join(search->arena, path, STR("…"));
        else if (template->kind == TEMPLATE_ARRAY)
            inner = str_format(search->arena, "%.*s[]", STR_ARGS(path));
        else
            inner = path_join(search->arena, path, template_piece_name(search->arena, piece));
        template_search(search, piece->value, inner, piece->kind != PIECE_VALUE);
    }
}

/* Over null there are no elements to look into. */
static void each_search(struct search *search, const struct template *template, struct str path)
{
    const struct call *call = fallen_call(search, &template->text);
    struct shape source = text_shape(search->arena, &template->text, search->slots);
    bool is_empty = shape_is_null(&source) || (source.is_constant && source.value.size == 0);
    if (call != NULL) {
        struct json empty = {.type = JSON_ARRAY, .form = JSON_FORM_BUILT};
        lost_add(search, (struct lost_member){.path = path,
                                              .loss = is_empty ? LOSS_VALUE : LOSS_MADE,
                                              .value = empty,
                                              .call = call});
        return;
    }
    struct shape before = search->slots[template->slot];
    search->slots[template->slot] = shape_of_types(SHAPE_ANY);
    struct str inner = str_format(search->arena, "%.*s[]", STR_ARGS(path));
    template_search(search, template->element, inner, false);
    search->slots[template->slot] = before;
}

static void template_search(struct search *search, const struct template *template, struct str path,
                            bool is_optional)
{
    switch (template->kind) {
    case TEMPLATE_SLOT:
    case TEMPLATE_TEXT:
        text_search(search, &template->text, path, is_optional);
        return;
    case TEMPLATE_OBJECT:
    case TEMPLATE_ARRAY:
        pieces_search(search, template, path);
        return;
    case TEMPLATE_EACH:
        each_search(search, template, path);
        return;
    case TEMPLATE_CONSTANT:
    case TEMPLATE_KIND_COUNT:
        return;
    }
}

/* --- all ---------------------------------------------------------------------------------- */

static void default_search(struct search *search)
{
    for (uint32_t i = 0; i < search->route->call_count; i++) {
        const struct call *call = &search->route->calls[i];
        if (!call_fell(search, call))
            continue;
        struct shape shape = search->slots[call->slot];
        bool is_left_out = search->calls[i].rung->kind == RUNG_OMIT && !call->has_each;
        lost_add(search, (struct lost_member){.path = call->name,
                                              .loss = is_left_out         ? LOSS_OMITTED
                                                      : shape.is_constant ? LOSS_VALUE
                                                                          : LOSS_MADE,
                                              .value = shape.value,
                                              .call = call});
    }
}

const struct lost_member *loss_of_answer(struct arena *arena, const struct route *route,
                                         const struct outage_call *calls, uint32_t *ret_count)
{
    struct search search = {
        .arena = arena, .route = route, .calls = calls, .slots = answer_slot_shapes(arena, route)};
    for (uint32_t i = 0; i < route->call_count; i++) {
        if (call_fell(&search, &route->calls[i]))
            search.slots[route->calls[i].slot] = fallen_shape(&search, &route->calls[i]);
    }
    if (route->response.body != NULL)
        template_search(&search, route->response.body, STR(""), false);
    else
        default_search(&search);
    *ret_count = search.count;
    return search.list;
}

/*
 * The plan: each call is asked which calls its texts mention; that is an edge. What a rung mentions
 * is an edge for the rung alone, but counts for cycles: a ladder must not wait for its own call.
 */
#include "routes/plan.h"

#include "base/arena.h"
#include "base/list.h"

/* --- which calls are mentioned ------------------------------------------------------------ */

struct mentions {
    struct text_slots slots;
    struct text_visitor texts;
    const struct route *route;
    bool calls[PLAN_CALLS_MAXIMUM];
    bool loop_slot; /* the call's loop variable was seen */
    uint32_t loop;
};

static void mentions_visit_slot(struct text_slots *slots, uint32_t slot, bool is_entered)
{
    (void)is_entered;
    struct mentions *mentions = container_of(slots, struct mentions, slots);
    const struct slot *seen = &mentions->route->slots.list[slot];
    if (seen->kind == SLOT_CALL || seen->kind == SLOT_META)
        mentions->calls[seen->index] = true;
    else if (seen->kind == SLOT_LOOP && slot == mentions->loop)
        mentions->loop_slot = true;
}

static void mentions_visit_text(struct text_visitor *texts, const struct text *text)
{
    struct mentions *mentions = container_of(texts, struct mentions, texts);
    text_visit_slots(text, &mentions->slots);
}

static void mentions_init(struct mentions *mentions, const struct route *route,
                          const struct call *call)
{
    *mentions = (struct mentions){.slots = {mentions_visit_slot},
                                  .texts = {mentions_visit_text},
                                  .route = route,
                                  .loop = call->has_each ? call->each_slot : UINT32_MAX};
}

static uint32_t *mentions_list(struct arena *arena, const struct mentions *mentions,
                               uint32_t *ret_count)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < mentions->route->call_count; i++)
        count += mentions->calls[i];
    uint32_t *list = arena_array(arena, uint32_t, count);
    uint32_t at = 0;
    for (uint32_t i = 0; i < mentions->route->call_count; i++) {
        if (mentions->calls[i])
            list[at++] = i;
    }
    *ret_count = count;
    return list;
}

static bool mentions_any(const struct mentions *mentions)
{
    for (uint32_t i = 0; i < mentions->route->call_count; i++) {
        if (mentions->calls[i])
            return true;
    }
    return false;
}

/* --- edges -------------------------------------------------------------------------------- */

static void rung_visit_texts(const struct rung *rung, struct text_visitor *visitor)
{
    if (rung->kind == RUNG_REQUEST)
        request_visit_texts(&rung->request, visitor);
    else if (rung->kind == RUNG_VALUE)
        template_visit_texts(rung->value, visitor);
}

static void call_visit_own_texts(const struct call *call, struct text_visitor *visitor)
{
    if (call->has_when)
        visitor->visit(visitor, &call->when);
    if (call->has_each)
        visitor->visit(visitor, &call->each);
    request_visit_texts(&call->request, visitor);
}

void plan_visit_texts(const struct call *call, struct text_visitor *visitor)
{
    call_visit_own_texts(call, visitor);
    for (uint32_t i = 0; i < call->rung_count; i++)
        rung_visit_texts(&call->ladder[i], visitor);
}

void response_plan_visit_texts(const struct response_plan *response, struct text_visitor *visitor)
{
    if (response->has_status)
        visitor->visit(visitor, &response->status);
    for (uint32_t i = 0; i < response->header_count; i++)
        visitor->visit(visitor, &response->headers[i].text);
    if (response->body)
        template_visit_texts(response->body, visitor);
}

static bool target_mentions_call(const struct route *route, const struct call *call)
{
    struct mentions mentions;
    mentions_init(&mentions, route, call);
    const struct request *request = &call->request;
    for (uint32_t i = 0; i < request->target_count; i++) {
        if (!request->target[i].is_literal)
            text_visit_slots(&request->target[i].text, &mentions.slots);
    }
    for (uint32_t i = 0; i < request->query_count; i++)
        text_visit_slots(&request->query[i].text, &mentions.slots);
    if (mentions.loop_slot)
        text_visit_slots(&call->each, &mentions.slots);
    return mentions_any(&mentions);
}

static void call_link(struct arena *arena, const struct route *route, struct call *call)
{
    struct mentions mentions;
    mentions_init(&mentions, route, call);
    call_visit_own_texts(call, &mentions.texts);
    for (uint32_t i = 0; i < call->after_count; i++)
        mentions.calls[call->after[i]] = true;
    call->waits_for = mentions_list(arena, &mentions, &call->waits_for_count);
    call->target_mentions_call = target_mentions_call(route, call);
    for (uint32_t i = 0; i < call->rung_count; i++) {
        struct rung *rung = &call->ladder[i];
        mentions_init(&mentions, route, call);
        rung_visit_texts(rung, &mentions.texts);
        rung->waits_for = mentions_list(arena, &mentions, &rung->waits_for_count);
    }
}

static void link_back(struct arena *arena, struct route *route)
{
    for (uint32_t i = 0; i < route->call_count; i++) {
        for (uint32_t j = 0; j < route->calls[i].waits_for_count; j++)
            route->calls[route->calls[i].waits_for[j]].unblocks_count++;
    }
    for (uint32_t i = 0; i < route->call_count; i++) {
        struct call *call = &route->calls[i];
        call->unblocks = arena_array(arena, uint32_t, call->unblocks_count);
        call->unblocks_count = 0;
    }
    for (uint32_t i = 0; i < route->call_count; i++) {
        for (uint32_t j = 0; j < route->calls[i].waits_for_count; j++) {
            struct call *first = &route->calls[route->calls[i].waits_for[j]];
            first->unblocks[first->unblocks_count++] = i;
        }
    }
}

/* --- slots -------------------------------------------------------------------------------- */

static void call_find_slots(struct route *route, struct call *call)
{
    call->slot = slot_table_slot(&route->slots, SLOT_CALL, call->name, call->index);
    call->is_entered = route->slots.list[call->slot].is_entered || call->batch > 0;
    call->meta_slot = UINT32_MAX;
    for (uint32_t i = 0; i < route->slots.count; i++) {
        const struct slot *slot = &route->slots.list[i];
        if (slot->kind == SLOT_META && slot->index == call->index)
            call->meta_slot = i;
    }
}

/* --- cycles ------------------------------------------------------------------------------- */

struct cycle_search {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct route *route;
    bool is_done[PLAN_CALLS_MAXIMUM];
    bool is_on_path[PLAN_CALLS_MAXIMUM];
    uint32_t path[PLAN_CALLS_MAXIMUM];
    uint32_t depth;
    bool has_found;
};

static void cycle_report(struct cycle_search *search, uint32_t call)
{
    uint32_t from = 0;
    while (search->path[from] != call)
        from++;
    const struct call *calls = search->route->calls;
    struct str path = STR_NONE;
    for (uint32_t i = from; i < search->depth; i++)
        path = str_format(search->arena, "%.*s%.*s → ", STR_ARGS(path),
                          STR_ARGS(calls[search->path[i]].name));
    diagnostics_error(search->diagnostics, calls[call].place, STR("none of them could ever start"),
                      "calls wait for each other: %.*s%.*s", STR_ARGS(path),
                      STR_ARGS(calls[call].name));
    search->has_found = true;
}

/* Depth first; as deep as there are calls in a route. */
static void cycle_visit(struct cycle_search *search, uint32_t call);

static void cycle_follow(struct cycle_search *search, const uint32_t *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (search->is_on_path[list[i]])
            cycle_report(search, list[i]);
        else
            cycle_visit(search, list[i]);
    }
}

static void cycle_visit(struct cycle_search *search, uint32_t call)
{
    if (search->is_done[call])
        return;
    const struct call *visited = &search->route->calls[call];
    search->is_on_path[call] = true;
    search->path[search->depth++] = call;
    cycle_follow(search, visited->waits_for, visited->waits_for_count);
    for (uint32_t i = 0; i < visited->rung_count; i++)
        cycle_follow(search, visited->ladder[i].waits_for, visited->ladder[i].waits_for_count);
    search->depth--;
    search->is_on_path[call] = false;
    search->is_done[call] = true;
}

bool plan_build(struct arena *arena, struct route *route, struct diagnostics *diagnostics)
{
    for (uint32_t i = 0; i < route->call_count; i++) {
        call_find_slots(route, &route->calls[i]);
        call_link(arena, route, &route->calls[i]);
    }
    link_back(arena, route);
    struct cycle_search search = {.arena = arena, .diagnostics = diagnostics, .route = route};
    for (uint32_t i = 0; i < route->call_count; i++)
        cycle_visit(&search, i);
    return !search.has_found;
}

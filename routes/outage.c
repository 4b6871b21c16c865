/*
 * Outages: calls are visited in the order in which they can start; one falls when its own service
 * is lost, or when what it waits for fell to a value that makes its request impossible.
 */
#include "routes/outage.h"

#include "base/arena.h"
#include "base/list.h"

/* --- what a fallback value does to a request ---------------------------------------------- */

bool outage_rung_value(const struct rung *rung, struct json *ret_value)
{
    if (rung->kind == RUNG_VALUE)
        return template_is_constant(rung->value, ret_value);
    if (rung->kind != RUNG_OMIT)
        return false;
    *ret_value = json_null();
    return true;
}

struct lone_mention {
    struct text_slots slots;
    uint32_t slot;
    bool is_mentioned;
    bool is_alone;
};

static void lone_mention_visit(struct text_slots *slots, uint32_t slot, bool is_entered)
{
    (void)is_entered;
    struct lone_mention *mention = container_of(slots, struct lone_mention, slots);
    mention->is_mentioned |= slot == mention->slot;
    mention->is_alone &= slot == mention->slot;
}

/* Null, given only that slot; an expression that mentions anything else is not judged. */
static bool text_is_null(const struct text *text, uint32_t slot, struct jmespath_frame *frame)
{
    struct lone_mention mention = {{lone_mention_visit}, slot, false, true};
    text_visit_slots(text, &mention.slots);
    if (!mention.is_mentioned || !mention.is_alone)
        return false;
    struct json value;
    return !text_evaluate(text, frame, &value) || json_is_null(value);
}

bool outage_unresolves(struct arena *arena, const struct route *route, const struct call *call,
                       const struct call *first, struct json value)
{
    struct evaluation evaluation;
    evaluation_init(&evaluation, route, arena, NULL, 0);
    evaluation.slots[first->slot] = value;
    const struct request *request = &call->request;
    for (uint32_t i = 0; i < request->target_count; i++) {
        if (!request->target[i].is_literal &&
            text_is_null(&request->target[i].text, first->slot, &evaluation.frame))
            return true;
    }
    for (uint32_t i = 0; i < request->query_count; i++) {
        if (!request->query[i].is_optional &&
            text_is_null(&request->query[i].text, first->slot, &evaluation.frame))
            return true;
    }
    return false;
}

/* --- what becomes of a call --------------------------------------------------------------- */

struct outage_search {
    struct arena *arena;
    const struct route *route;
    const struct service *service;
    struct outage_call *calls;
    bool *is_known;
};

/* A stale answer may not be there, so it is not counted on. */
static void call_fall(const struct outage_search *search, const struct call *call,
                      struct outage_call *fallen)
{
    fallen->outage = OUTAGE_FAILS;
    for (uint32_t i = 0; i < call->rung_count; i++) {
        const struct rung *rung = &call->ladder[i];
        bool is_lost = rung->kind == RUNG_STALE ||
                       (rung->kind == RUNG_REQUEST && rung->request.service == search->service);
        if (is_lost)
            continue;
        fallen->outage = OUTAGE_DEGRADES;
        fallen->rung = rung;
        return;
    }
}

static bool call_is_starved(const struct outage_search *search, const struct call *call)
{
    for (uint32_t i = 0; i < call->waits_for_count; i++) {
        const struct call *first = &search->route->calls[call->waits_for[i]];
        const struct outage_call *fallen = &search->calls[first->index];
        struct json value;
        if (fallen->rung && outage_rung_value(fallen->rung, &value) &&
            outage_unresolves(search->arena, search->route, call, first, value))
            return true;
    }
    return false;
}

/* As deep as there are calls in a route. */
static void call_decide(struct outage_search *search, uint32_t index)
{
    if (search->is_known[index])
        return;
    search->is_known[index] = true;
    const struct call *call = &search->route->calls[index];
    for (uint32_t i = 0; i < call->waits_for_count; i++)
        call_decide(search, call->waits_for[i]);
    struct outage_call *decided = &search->calls[index];
    bool is_lost = call->request.service == search->service;
    if (!is_lost && !call_is_starved(search, call))
        return;
    decided->by_dependency = !is_lost;
    call_fall(search, call, decided);
}

const struct outage_call *outage_of_calls(struct arena *arena, const struct route *route,
                                          const struct service *service)
{
    struct outage_search search = {.arena = arena, .route = route, .service = service};
    search.calls = arena_array(arena, struct outage_call, route->call_count);
    search.is_known = arena_array(arena, bool, route->call_count);
    for (uint32_t i = 0; i < route->call_count; i++)
        call_decide(&search, i);
    return search.calls;
}

/*
 * Fresh evaluations: every slot null, every memo open; and what a null is due to.
 */
#include "routes/evaluation.h"

#include "base/arena.h"
#include "base/list.h"
#include "routes/route.h"

static struct json *new_memos(const struct route *route, struct arena *arena)
{
    uint32_t count = route->slots.memo_count;
    struct json *memos = arena_array(arena, struct json, count);
    for (uint32_t i = 0; i < count; i++)
        memos[i].type = JSON_TYPE_COUNT;
    return memos;
}

void evaluation_init(struct evaluation *evaluation, const struct route *route, struct arena *arena,
                     const uint8_t *sources, usec wall)
{
    struct json *slots = arena_array(arena, struct json, route->slots.count);
    for (uint32_t i = 0; i < route->slots.count; i++)
        slots[i] = json_null();
    *evaluation = (struct evaluation){
        .route = route,
        .frame = {.arena = arena,
                  .root = json_null(),
                  .slots = slots,
                  .memos = new_memos(route, arena),
                  .steps_left = JMESPATH_STEPS_DEFAULT,
                  .wall = wall},
        .slots = slots,
        .sources = sources,
    };
}

/* --- what a null is due to ---------------------------------------------------------------- */

struct blame {
    struct text_slots slots;
    const struct evaluation *evaluation;
    bool is_skipped;
    bool has_fallen_back;
    bool mentions_call;
    bool mentions_client;
};

static void blame_call(struct blame *blame, uint32_t call)
{
    enum source source = (enum source)blame->evaluation->sources[call];
    blame->mentions_call = true;
    blame->is_skipped |= source == SOURCE_SKIPPED;
    blame->has_fallen_back |= source == SOURCE_STALE || source == SOURCE_REQUEST ||
                              source == SOURCE_VALUE || source == SOURCE_OMIT ||
                              source == SOURCE_FAILED;
}

static void blame_loop(struct blame *blame, uint32_t slot)
{
    const struct route *route = blame->evaluation->route;
    for (uint32_t i = 0; i < route->call_count; i++) {
        const struct call *call = &route->calls[i];
        if (call->has_each && call->each_slot == slot)
            text_visit_slots(&call->each, &blame->slots);
    }
}

static void blame_visit(struct text_slots *slots, uint32_t slot, bool is_entered)
{
    (void)is_entered;
    struct blame *blame = container_of(slots, struct blame, slots);
    const struct slot *seen = &blame->evaluation->route->slots.list[slot];
    if (seen->kind == SLOT_CALL || seen->kind == SLOT_META)
        blame_call(blame, seen->index);
    else if (seen->kind == SLOT_LOOP)
        blame_loop(blame, slot);
    else
        blame->mentions_client = true;
}

enum reason evaluation_blame(const struct evaluation *evaluation, const struct text *text,
                             bool *ret_skipped, bool *ret_is_client_fault)
{
    struct blame blame = {.slots = {blame_visit}, .evaluation = evaluation};
    text_visit_slots(text, &blame.slots);
    if (blame.is_skipped) {
        *ret_skipped = true;
        return REASON_NONE;
    }
    if (blame.has_fallen_back)
        return REASON_DEPENDENCY;
    *ret_is_client_fault = blame.mentions_client && !blame.mentions_call;
    return REASON_UNRESOLVED;
}

/*
 * Time along the graph: a call starts when the last that it waits for has ended; its rungs follow
 * one after the other, each waiting for what it mentions itself.
 */
#include "routes/timing.h"

#include "base/arena.h"

struct timing_search {
    const struct route *route;
    struct timing_call *calls;
    bool *is_known;
};

usec timing_of_request(const struct request *request)
{
    return request->timeout > 0 ? request->timeout : request->service->timeout;
}

usec timing_of_call(const struct call *call)
{
    if (call->timeout > 0)
        return call->timeout;
    usec once = timing_of_request(&call->request);
    if (!call->has_each)
        return once;
    uint32_t rounds = (call->limit + call->concurrency - 1) / call->concurrency;
    return once * rounds;
}

static void call_time(struct timing_search *search, uint32_t index);

/* The end of the last of them; *behind becomes that one where it is later than `begin`. */
static usec wait_for(struct timing_search *search, const uint32_t *list, uint32_t count, usec begin,
                     uint32_t *behind)
{
    for (uint32_t i = 0; i < count; i++) {
        call_time(search, list[i]);
        if (search->calls[list[i]].end > begin) {
            begin = search->calls[list[i]].end;
            *behind = list[i];
        }
    }
    return begin;
}

/* As deep as there are calls in a route. */
static void call_time(struct timing_search *search, uint32_t index)
{
    if (search->is_known[index])
        return;
    search->is_known[index] = true;
    const struct call *call = &search->route->calls[index];
    struct timing_call *timing = &search->calls[index];
    timing->behind = UINT32_MAX;
    usec at = wait_for(search, call->waits_for, call->waits_for_count, 0, &timing->behind);
    timing->own = timing_of_call(call);
    at += timing->own;
    for (uint32_t i = 0; i < call->rung_count; i++) {
        const struct rung *rung = &call->ladder[i];
        at = wait_for(search, rung->waits_for, rung->waits_for_count, at, &timing->behind);
        if (rung->kind != RUNG_REQUEST)
            continue;
        at += timing_of_request(&rung->request);
        timing->own += timing_of_request(&rung->request);
    }
    timing->end = at;
}

const struct timing_call *timing_of_calls(struct arena *arena, const struct route *route)
{
    struct timing_search search = {.route = route};
    search.calls = arena_array(arena, struct timing_call, route->call_count);
    search.is_known = arena_array(arena, bool, route->call_count);
    for (uint32_t i = 0; i < route->call_count; i++)
        call_time(&search, i);
    return search.calls;
}

uint32_t timing_last(const struct route *route, const struct timing_call *calls)
{
    uint32_t last = UINT32_MAX;
    for (uint32_t i = 0; i < route->call_count; i++) {
        if (last == UINT32_MAX || calls[i].end > calls[last].end)
            last = i;
    }
    return last;
}

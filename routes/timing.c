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
    bool counts_elements;
};

usec timing_of_request(const struct request *request)
{
    return request->timeout > 0 ? request->timeout : request->service->timeout;
}

usec timing_once(const struct call *call)
{
    return call->timeout > 0 ? call->timeout : timing_of_request(&call->request);
}

usec timing_of_call(const struct call *call)
{
    usec once = timing_once(call);
    if (call->timeout > 0 || !call->has_each)
        return once;
    uint32_t size = call->batch > 0 ? call->batch : 1;
    uint32_t requests = call->limit / size + (call->limit % size > 0);
    uint32_t rounds = (requests + call->concurrency - 1) / call->concurrency;
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
    timing->own = search->counts_elements ? timing_of_call(call) : timing_once(call);
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

static const struct timing_call *calls_time(struct arena *arena, const struct route *route,
                                            bool counts_elements)
{
    struct timing_search search = {.route = route, .counts_elements = counts_elements};
    search.calls = arena_array(arena, struct timing_call, route->call_count);
    search.is_known = arena_array(arena, bool, route->call_count);
    for (uint32_t i = 0; i < route->call_count; i++)
        call_time(&search, i);
    return search.calls;
}

const struct timing_call *timing_of_calls(struct arena *arena, const struct route *route)
{
    return calls_time(arena, route, true);
}

const struct timing_call *timing_of_calls_once(struct arena *arena, const struct route *route)
{
    return calls_time(arena, route, false);
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

/*
 * - The calls one after the other may take longer than the deadline: it cuts the last of them, or
 *   the rungs of their ladders (path-above-deadline). `each` counts once: how many elements there
 *   will be is not known here.
 * - Two calls write, and neither waits for the other: when one fails, the other has or has not
 *   happened (parallel-writes). Two that both have a `when` are left alone: they may exclude each
 *   other.
 */
#include "routes/lint_graph.h"

#include "base/arena.h"
#include "config/units.h"
#include "routes/plan.h"
#include "routes/timing.h"

/* --- the longest path --------------------------------------------------------------------- */

static struct str duration_text(struct arena *arena, usec duration)
{
    char text[UNITS_TEXT_SIZE];
    units_format_duration(duration, text);
    return str_copy(arena, str_of(text));
}

/*
 * One request alone is no sum: it is meant to be cut where its service's timeout is longer. And a
 * call whose own timeout is above the deadline was warned of already.
 */
static bool path_is_no_news(const struct route *route, const struct timing_call *calls,
                            uint32_t last)
{
    const struct call *alone = &route->calls[last];
    if (calls[last].behind == UINT32_MAX && calls[last].own == timing_once(alone))
        return true;
    for (uint32_t at = last; at != UINT32_MAX; at = calls[at].behind) {
        if (route->calls[at].timeout > route->deadline)
            return true;
    }
    return false;
}

/* "order 800ms → customer 300ms" */
static struct str path_text(struct arena *arena, const struct route *route,
                            const struct timing_call *calls, uint32_t last)
{
    struct str text = STR("");
    for (uint32_t at = last; at != UINT32_MAX; at = calls[at].behind) {
        struct str own = duration_text(arena, calls[at].own);
        text = str_format(arena, "%.*s %.*s%s%.*s", STR_ARGS(route->calls[at].name), STR_ARGS(own),
                          at == last ? "" : " → ", STR_ARGS(text));
    }
    return text;
}

static void lint_path(const struct linting *linting)
{
    const struct route *route = linting->route;
    struct arena *arena = linting->diagnostics->arena;
    const struct timing_call *calls = timing_of_calls_once(arena, route);
    uint32_t last = timing_last(route, calls);
    if (last == UINT32_MAX || calls[last].end <= route->deadline ||
        path_is_no_news(route, calls, last))
        return;
    const struct node *deadline = node_member(route->node, STR("deadline"));
    struct str path = path_text(arena, route, calls, last);
    struct str sum = duration_text(arena, calls[last].end);
    struct str most = duration_text(arena, route->deadline);
    linting_warn(linting, deadline ? deadline->place : route->place, WARNING_PATH_ABOVE_DEADLINE,
                 STR("shorten a timeout, or raise the deadline"),
                 "the longest path, %.*s, may take %.*s: above the deadline of %.*s",
                 STR_ARGS(path), STR_ARGS(sum), STR_ARGS(most));
}

/* --- writes ------------------------------------------------------------------------------- */

/* Marks all that must have ended before the call starts; as deep as there are calls. */
static void mark_before(const struct route *route, uint32_t call, bool *marks)
{
    for (uint32_t i = 0; i < route->calls[call].waits_for_count; i++) {
        uint32_t first = route->calls[call].waits_for[i];
        if (marks[first])
            continue;
        marks[first] = true;
        mark_before(route, first, marks);
    }
}

static bool call_waits_for(const struct route *route, uint32_t call, uint32_t other)
{
    bool marks[PLAN_CALLS_MAXIMUM] = {false};
    mark_before(route, call, marks);
    return marks[other];
}

static bool calls_clash(const struct route *route, uint32_t first, uint32_t second)
{
    const struct call *a = &route->calls[first];
    const struct call *b = &route->calls[second];
    return !method_is_safe(a->request.method) && !method_is_safe(b->request.method) &&
           !(a->has_when && b->has_when) && !call_waits_for(route, first, second) &&
           !call_waits_for(route, second, first);
}

static void lint_writes(struct linting *linting)
{
    const struct route *route = linting->route;
    for (uint32_t i = 0; i < route->call_count; i++) {
        linting->call = &route->calls[i];
        for (uint32_t j = 0; j < i; j++) {
            const struct call *other = &route->calls[j];
            if (!calls_clash(route, j, i) ||
                warning_is_allowed(other->node, WARNING_PARALLEL_WRITES))
                continue;
            struct str hint =
                str_format(linting->diagnostics->arena,
                           "add after: [%.*s], or allow: [parallel-writes]", STR_ARGS(other->name));
            linting_warn(linting, linting->call->place, WARNING_PARALLEL_WRITES, hint,
                         "call '%.*s' writes while '%.*s' does: when one fails, the other may "
                         "have happened",
                         STR_ARGS(linting->call->name), STR_ARGS(other->name));
            break;
        }
    }
    linting->call = NULL;
}

void lint_graph(struct linting *linting)
{
    lint_path(linting);
    lint_writes(linting);
}

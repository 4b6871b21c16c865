/*
 * The language of Graphviz: nodes are called r0_name, labels are quoted texts. Solid edges carry a
 * value, dashed ones are `after`, dotted ones are for a fallback alone; what is on the longest path
 * is bold; calls with a fallback have round corners.
 */
#include "routes/explain_dot.h"

#include "base/arena.h"
#include "base/list.h"
#include "config/units.h"
#include "routes/timing.h"
#include "routes/visit.h"

#define DOT_MEMORY ((size_t)64 * 1024 * 1024)

struct graph {
    struct arena arena;
    FILE *to;
    const struct route *route;
    const bool *is_longest; /* for each call: it is on the longest path */
    uint32_t number;        /* of the route */
    unsigned indent;
};

/* Inside quotes a quote and a backslash are escaped; control characters become blanks. */
static void text_put(struct graph *graph, struct str text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte == '"' || byte == '\\')
            fputc('\\', graph->to);
        fputc(byte < 0x20 || byte == 0x7F ? ' ' : byte, graph->to);
    }
}

static void indent_put(struct graph *graph)
{
    fprintf(graph->to, "%*s", (int)graph->indent, "");
}

static void name_put(struct graph *graph, const struct call *call)
{
    fprintf(graph->to, "r%u_%.*s", graph->number, STR_ARGS(call->name));
}

static void request_put(struct graph *graph, const struct request *request, usec timeout)
{
    char within[UNITS_TEXT_SIZE];
    units_format_duration(timeout, within);
    fputs("\\n", graph->to);
    text_put(graph, request->service->name);
    fputc(' ', graph->to);
    text_put(graph, method_name(request->method));
    fputc(' ', graph->to);
    text_put(graph, request->target_text);
    fprintf(graph->to, "\\nwithin %s", within);
}

static void node_put(struct graph *graph, const struct call *call)
{
    bool is_longest = graph->is_longest[call->index];
    const char *style = call_is_required(call) ? (is_longest ? "bold" : "solid")
                                               : (is_longest ? "rounded,bold" : "rounded");
    indent_put(graph);
    name_put(graph, call);
    fputs(" [label=\"", graph->to);
    text_put(graph, call->name);
    request_put(graph, &call->request, timing_of_call(call));
    if (call->has_each)
        fputs("\\nonce per element", graph->to);
    if (call->has_when)
        fputs("\\nwhen its condition is true", graph->to);
    fprintf(graph->to, "\", style=\"%s\"];\n", style);
}

/* --- edges -------------------------------------------------------------------------------- */

struct mention {
    struct text_slots slots;
    struct text_visitor texts;
    const struct route *route;
    uint32_t call;
    bool is_there;
};

static void mention_visit_slot(struct text_slots *slots, uint32_t slot, bool is_entered)
{
    (void)is_entered;
    struct mention *mention = container_of(slots, struct mention, slots);
    const struct slot *seen = &mention->route->slots.list[slot];
    mention->is_there |=
        (seen->kind == SLOT_CALL || seen->kind == SLOT_META) && seen->index == mention->call;
}

static void mention_visit_text(struct text_visitor *texts, const struct text *text)
{
    struct mention *mention = container_of(texts, struct mention, texts);
    text_visit_slots(text, &mention->slots);
}

/* Otherwise only `after` makes it wait. */
static bool call_mentions(const struct route *route, const struct call *call, uint32_t other)
{
    struct mention mention = {{mention_visit_slot}, {mention_visit_text}, route, other, false};
    if (call->has_when)
        text_visit_slots(&call->when, &mention.slots);
    if (call->has_each)
        text_visit_slots(&call->each, &mention.slots);
    request_visit_texts(&call->request, &mention.texts);
    return mention.is_there;
}

static bool waits_for(const uint32_t *list, uint32_t count, uint32_t other)
{
    for (uint32_t i = 0; i < count; i++) {
        if (list[i] == other)
            return true;
    }
    return false;
}

static void edge_put(struct graph *graph, const struct call *from, const struct call *to,
                     const char *style)
{
    indent_put(graph);
    name_put(graph, from);
    fputs(" -> ", graph->to);
    name_put(graph, to);
    if (style[0] != '\0')
        fprintf(graph->to, " [style=\"%s\"]", style);
    fputs(";\n", graph->to);
}

static void edges_put(struct graph *graph, const struct call *call,
                      const struct timing_call *timing)
{
    const struct route *route = graph->route;
    for (uint32_t i = 0; i < route->call_count; i++) {
        const struct call *first = &route->calls[i];
        bool is_longest = graph->is_longest[call->index] && timing[call->index].behind == i;
        bool is_for_rung = false;
        for (uint32_t j = 0; j < call->rung_count; j++)
            is_for_rung |= waits_for(call->ladder[j].waits_for, call->ladder[j].waits_for_count, i);
        if (!waits_for(call->waits_for, call->waits_for_count, i)) {
            if (is_for_rung)
                edge_put(graph, first, call, is_longest ? "dotted,bold" : "dotted");
            continue;
        }
        if (call_mentions(route, call, i))
            edge_put(graph, first, call, is_longest ? "bold" : "");
        else
            edge_put(graph, first, call, is_longest ? "dashed,bold" : "dashed");
    }
}

/* --- routes ------------------------------------------------------------------------------- */

static void proxies_put(struct graph *graph)
{
    const struct route *route = graph->route;
    for (uint32_t i = 0; i < route->proxy_count; i++) {
        const struct proxy *proxy = &route->proxies[i];
        char within[UNITS_TEXT_SIZE];
        units_format_duration(proxy->timeout > 0 ? proxy->timeout : proxy->service->timeout,
                              within);
        indent_put(graph);
        fprintf(graph->to, "r%u_%u [label=\"", graph->number, i);
        text_put(graph, proxy->service->name);
        fputc(' ', graph->to);
        text_put(graph, proxy->path);
        fprintf(graph->to, "%s\\npassed on within %s\", style=\"solid\"];\n",
                proxy->has_rest ? "/*" : "", within);
    }
}

static void route_put(struct graph *graph)
{
    const struct route *route = graph->route;
    const struct timing_call *timing = timing_of_calls(&graph->arena, route);
    bool *is_longest = arena_array(&graph->arena, bool, route->call_count);
    for (uint32_t at = timing_last(route, timing); at != UINT32_MAX; at = timing[at].behind)
        is_longest[at] = true;
    graph->is_longest = is_longest;
    proxies_put(graph);
    for (uint32_t i = 0; i < route->call_count; i++)
        node_put(graph, &route->calls[i]);
    for (uint32_t i = 0; i < route->call_count; i++)
        edges_put(graph, &route->calls[i], timing);
    if (route->call_count + route->proxy_count == 0) {
        indent_put(graph);
        fprintf(graph->to, "r%u_ [label=\"no calls\", style=\"dashed\"];\n", graph->number);
    }
}

static void label_put(struct graph *graph)
{
    indent_put(graph);
    fputs("label=\"", graph->to);
    text_put(graph, graph->route->key);
    fputs("\";\n", graph->to);
}

void explain_dot_print(const struct route *const *routes, uint32_t count, FILE *to)
{
    struct graph graph = {.to = to, .indent = count == 1 ? 2 : 4};
    arena_init(&graph.arena, NULL, DOT_MEMORY);
    fputs("digraph braid {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n", to);
    for (uint32_t i = 0; i < count; i++) {
        graph.route = routes[i];
        graph.number = i;
        if (count > 1)
            fprintf(to, "  subgraph cluster_%u {\n", i);
        label_put(&graph);
        route_put(&graph);
        if (count > 1)
            fputs("  }\n", to);
    }
    fputs("}\n", to);
    arena_done(&graph.arena);
}

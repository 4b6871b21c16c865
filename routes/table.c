/*
 * The router: all patterns as one tree, a level per segment. A request walks down it literal
 * first, then {parameter}, then `*`, so the first route that takes the method is the most
 * specific one, and only branches that fit are visited, whatever the number of routes.
 */
#include "routes/table.h"

#include "base/arena.h"

/* The routes of one pattern; they differ in methods. */
struct routes_here {
    const struct route **list;
    uint32_t count;
    uint32_t room;
};

struct table_node {
    struct str segment;           /* the literal that leads here */
    struct table_node **literals; /* sorted by segment */
    uint32_t literal_count;
    uint32_t literal_room;
    struct table_node *parameter;
    struct routes_here ends;  /* of patterns that end here */
    struct routes_here rests; /* of patterns that go on with `*` */
};

struct table {
    struct arena *arena;
    struct table_node root;
};

struct table *table_new(struct arena *arena)
{
    struct table *table = arena_new(arena, struct table);
    table->arena = arena;
    return table;
}

/* --- adding ------------------------------------------------------------------------------- */

/* The index of `segment`, or where it belongs. */
static uint32_t literal_index(const struct table_node *node, struct str segment, bool *ret_found)
{
    uint32_t low = 0;
    uint32_t high = node->literal_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = str_compare(node->literals[middle]->segment, segment);
        if (order == 0) {
            *ret_found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_found = false;
    return low;
}

static void literals_grow(struct arena *arena, struct table_node *node)
{
    uint32_t room = node->literal_room ? node->literal_room * 2 : 4;
    struct table_node **list = arena_array(arena, struct table_node *, room);
    if (node->literal_count > 0)
        memcpy(list, node->literals, node->literal_count * sizeof(struct table_node *));
    node->literals = list;
    node->literal_room = room;
}

static struct table_node *literal_child(struct arena *arena, struct table_node *node,
                                        struct str segment)
{
    bool is_there = false;
    uint32_t at = literal_index(node, segment, &is_there);
    if (is_there)
        return node->literals[at];
    if (node->literal_count == node->literal_room)
        literals_grow(arena, node);
    struct table_node *child = arena_new(arena, struct table_node);
    child->segment = segment;
    memmove(&node->literals[at + 1], &node->literals[at],
            (node->literal_count - at) * sizeof(struct table_node *));
    node->literals[at] = child;
    node->literal_count++;
    return child;
}

static struct routes_here *table_end(struct table *table, const struct pattern *pattern)
{
    struct table_node *node = &table->root;
    for (uint32_t i = 0; i < pattern->count; i++) {
        const struct pattern_segment *segment = &pattern->segments[i];
        if (segment->kind == PATTERN_REST)
            return &node->rests;
        if (segment->kind == PATTERN_LITERAL) {
            node = literal_child(table->arena, node, segment->text);
            continue;
        }
        if (!node->parameter)
            node->parameter = arena_new(table->arena, struct table_node);
        node = node->parameter;
    }
    return &node->ends;
}

/* A named method beside ANY is no clash: it wins. */
static bool routes_clash(const struct route *a, const struct route *b)
{
    return a->is_any == b->is_any && (a->methods & b->methods) != 0;
}

static void clash_report(struct diagnostics *diagnostics, const struct route *route,
                         const struct route *earlier)
{
    const struct place *there = &earlier->place;
    struct str path = there->file ? there->file->path : STR("?");
    diagnostics_error(diagnostics, route->place, STR("rename or remove one of the two"),
                      "'%.*s' takes the same requests as '%.*s' at %.*s:%u:%u",
                      STR_ARGS(route->key), STR_ARGS(earlier->key), STR_ARGS(path), there->line,
                      there->column);
    diagnostics_add(diagnostics, SEVERITY_NOTE, earlier->place, NULL, STR_NONE, "'%.*s' is here",
                    STR_ARGS(earlier->key));
}

bool table_add(struct table *table, const struct route *route, struct diagnostics *diagnostics)
{
    struct routes_here *here = table_end(table, &route->pattern);
    for (uint32_t i = 0; i < here->count; i++) {
        if (routes_clash(here->list[i], route)) {
            /* Keys that are there twice, letter for letter, were reported where they were read. */
            if (!str_equal(here->list[i]->key, route->key))
                clash_report(diagnostics, route, here->list[i]);
            return false;
        }
    }
    if (here->count == here->room) {
        uint32_t room = here->room ? here->room * 2 : 2;
        const struct route **list = arena_array(table->arena, const struct route *, room);
        if (here->count > 0)
            memcpy(list, here->list, here->count * sizeof(struct route *));
        here->list = list;
        here->room = room;
    }
    here->list[here->count++] = route;
    return true;
}

/* --- finding ------------------------------------------------------------------------------ */

struct search {
    const struct path *path;
    enum method method;
    const struct route *found;
    method_set allowed;
};

/* How near a route is to a method: named, then GET for HEAD, then ANY; 0: it does not take it. */
static int route_nearness(const struct route *route, enum method method)
{
    if (route->is_any)
        return 1;
    if (route->methods & 1u << method)
        return 3;
    return method == METHOD_HEAD && route->methods & 1u << METHOD_GET ? 2 : 0;
}

static void search_here(struct search *search, const struct routes_here *here)
{
    int nearest = 0;
    const struct route *found = NULL;
    for (uint32_t i = 0; i < here->count; i++) {
        const struct route *route = here->list[i];
        search->allowed |= route->methods | 1u << METHOD_OPTIONS;
        if (route->methods & 1u << METHOD_GET)
            search->allowed |= 1u << METHOD_HEAD;
        int nearness = route_nearness(route, search->method);
        if (nearness > nearest) {
            nearest = nearness;
            found = route;
        }
    }
    if (!search->found)
        search->found = found;
}

/* As deep as the longest pattern; goes on when a route was found, since Allow names all methods. */
static void search_node(struct search *search, const struct table_node *node, uint32_t depth)
{
    if (depth == search->path->count) {
        search_here(search, &node->ends);
    } else {
        struct str segment = search->path->segments[depth];
        bool is_there = false;
        uint32_t at = literal_index(node, segment, &is_there);
        if (is_there)
            search_node(search, node->literals[at], depth + 1);
        if (node->parameter && segment.length > 0)
            search_node(search, node->parameter, depth + 1);
    }
    search_here(search, &node->rests);
}

enum router_result table_find(const struct table *table, enum method method,
                              const struct path *path, const struct route **ret_route,
                              method_set *ret_allowed)
{
    struct search search = {.path = path, .method = method};
    search_node(&search, &table->root, 0);
    if (search.allowed == 0)
        return ROUTER_NOT_FOUND;
    *ret_allowed = search.allowed;
    if (!search.found)
        return ROUTER_METHOD_NOT_ALLOWED;
    *ret_route = search.found;
    return ROUTER_FOUND;
}

/*
 * Patterns: cut at the slashes as paths are, so that a segment of the one stands beside a segment
 * of the other. Finding the right one of many is the router's work (table.c).
 */
#include "routes/pattern.h"

#include "base/arena.h"
#include "config/scope.h"
#include "routes/spot.h"

/* What a pattern is compiled with; `text` is the part of node->text that is the pattern. */
struct pattern_source {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct node *node;
};

static bool parameter_is_new(const struct pattern *pattern, struct str name)
{
    for (uint32_t i = 0; i < pattern->parameter_count; i++) {
        if (str_equal(pattern->parameters[i], name))
            return false;
    }
    return true;
}

static bool parameter_compile(const struct pattern_source *source, struct str text,
                              struct pattern *pattern, struct pattern_segment *segment)
{
    struct str name = {text.at + 1, text.length - 2};
    struct place place = spot_of(source->node, name);
    if (!scope_check_name(source->diagnostics, name, place, "parameter"))
        return false;
    if (!parameter_is_new(pattern, name)) {
        diagnostics_error(source->diagnostics, place, STR("each parameter needs a name of its own"),
                          "the parameter '%.*s' stands twice in the pattern", STR_ARGS(name));
        return false;
    }
    pattern->parameters[pattern->parameter_count++] = name;
    segment->kind = PATTERN_PARAMETER;
    segment->text = name;
    return true;
}

static bool literal_compile(const struct pattern_source *source, struct str text,
                            struct pattern_segment *segment)
{
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.at[i];
        struct place place = spot_of(source->node, (struct str){text.at + i, 1});
        if (byte == '{' || byte == '}') {
            diagnostics_error(source->diagnostics, place, STR("write /{name}/"),
                              "a parameter is one whole segment of the pattern");
            return false;
        }
        if (byte == '*') {
            diagnostics_error(source->diagnostics, place, STR("only '/*' at the end"),
                              "'*' is the whole last segment of a pattern");
            return false;
        }
    }
    size_t at = 0;
    if (!path_encode_literal(source->arena, text, &segment->text, &at)) {
        diagnostics_error(source->diagnostics, spot_of(source->node, (struct str){text.at + at, 1}),
                          STR_NONE, "a pattern is a path: this can stand in none");
        return false;
    }
    if (path_is_dot_segment(segment->text)) {
        diagnostics_error(source->diagnostics, spot_of(source->node, text), STR_NONE,
                          "no path holds '%.*s' when it is matched", STR_ARGS(segment->text));
        return false;
    }
    segment->kind = PATTERN_LITERAL;
    return true;
}

static bool segment_compile(const struct pattern_source *source, struct str text, bool is_last,
                            struct pattern *pattern)
{
    struct pattern_segment *segment = &pattern->segments[pattern->count++];
    if (is_last && str_equal(text, STR("*"))) {
        segment->kind = PATTERN_REST;
        pattern->has_rest = true;
        return true;
    }
    bool is_parameter =
        text.length >= 2 && text.at[0] == '{' && str_find(text, '}') == text.length - 1;
    return is_parameter ? parameter_compile(source, text, pattern, segment)
                        : literal_compile(source, text, segment);
}

static uint32_t count_segments(struct str text)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.length; i++)
        count += text.at[i] == '/';
    return count;
}

bool pattern_compile(struct arena *arena, const struct node *node, size_t offset, struct str text,
                     struct diagnostics *diagnostics, struct pattern *ret_pattern)
{
    struct pattern_source source = {arena, diagnostics, node};
    struct place place = node_place(node, offset, text.length);
    if (text.length == 0 || text.at[0] != '/') {
        diagnostics_error(diagnostics, place, STR_NONE, "a pattern begins with '/'");
        return false;
    }
    uint32_t count = count_segments(text);
    if (count > PATH_SEGMENTS_MAXIMUM) {
        diagnostics_error(diagnostics, place, STR_NONE, "a pattern has at most %d segments",
                          PATH_SEGMENTS_MAXIMUM);
        return false;
    }
    struct pattern pattern = {.text = text,
                              .segments = arena_array(arena, struct pattern_segment, count),
                              .parameters = arena_array(arena, struct str, count)};
    struct str rest = {node->text.at + offset + 1, text.length - 1};
    struct str segment;
    bool is_good = true;
    while (str_cut(&rest, '/', &segment))
        is_good &= segment_compile(&source, segment, rest.at == NULL, &pattern);
    if (is_good)
        *ret_pattern = pattern;
    return is_good;
}

/* --- matching one ------------------------------------------------------------------------- */

bool pattern_takes(const struct pattern *pattern, const struct path *path)
{
    uint32_t fixed = pattern->count - (pattern->has_rest ? 1 : 0);
    if (path->count < fixed || (path->count > fixed && !pattern->has_rest))
        return false;
    for (uint32_t i = 0; i < fixed; i++) {
        const struct pattern_segment *segment = &pattern->segments[i];
        bool fits = segment->kind == PATTERN_LITERAL ? str_equal(segment->text, path->segments[i])
                                                     : path->segments[i].length > 0;
        if (!fits)
            return false;
    }
    return true;
}

void pattern_extract(struct arena *arena, const struct pattern *pattern, const struct path *path,
                     struct pattern_match *ret_match)
{
    struct pattern_match match = {
        .parameters = arena_array(arena, struct str, pattern->parameter_count), .rest = STR("")};
    uint32_t taken = 0;
    for (uint32_t i = 0; i < pattern->count; i++) {
        if (pattern->segments[i].kind == PATTERN_PARAMETER)
            match.parameters[taken++] = path->segments[i];
    }
    uint32_t fixed = pattern->count - 1;
    if (pattern->has_rest && path->count > fixed) {
        size_t slash = (size_t)(path->segments[fixed].at - path->text.at) - 1;
        match.rest = str_from(path->text, slash);
    }
    *ret_match = match;
}

/* --- which is the more specific ----------------------------------------------------------- */

/* Where one has ended and the other goes on with `*`, the one that has ended is nearer. */
enum { RANK_LITERAL, RANK_END, RANK_PARAMETER, RANK_REST };

static int segment_rank(const struct pattern *pattern, uint32_t at)
{
    static const int ranks[PATTERN_KIND_COUNT] = {
        [PATTERN_LITERAL] = RANK_LITERAL,
        [PATTERN_PARAMETER] = RANK_PARAMETER,
        [PATTERN_REST] = RANK_REST,
    };
    return at < pattern->count ? ranks[pattern->segments[at].kind] : RANK_END;
}

int pattern_compare(const struct pattern *a, const struct pattern *b)
{
    for (uint32_t i = 0; i < a->count || i < b->count; i++) {
        int rank = segment_rank(a, i);
        int order = rank - segment_rank(b, i);
        if (order == 0 && rank == RANK_LITERAL)
            order = str_compare(a->segments[i].text, b->segments[i].text);
        if (order != 0)
            return order;
    }
    return 0;
}

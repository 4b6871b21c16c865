/*
 * Any bytes as a pattern and a path ("PATTERN\nPATH"): what is normalised stays as it is, what a
 * pattern takes comes out of the path again, and no path holds what was to be refused.
 */
#include "base/arena.h"
#include "routes/pattern.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLAIM(truth)                                                                               \
    do {                                                                                           \
        if (!(truth))                                                                              \
            abort();                                                                               \
    } while (0)

static void text_try(struct str text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        CLAIM(byte > 0x20 && byte < 0x7F && byte != '\\' && byte != '#' && byte != '?');
    }
    CLAIM(str_find_text(text, STR("%00")) == text.length);
}

static void path_try(struct arena *arena, const struct path *path)
{
    struct path again;
    text_try(path->text);
    CLAIM(path_normalise(arena, path->text, &again));
    CLAIM(str_equal(again.text, path->text) && again.text.at == path->text.at);
    CLAIM(again.count == path->count && path->count <= PATH_SEGMENTS_MAXIMUM);
    size_t length = 0;
    for (uint32_t i = 0; i < path->count; i++) {
        struct str segment = path->segments[i];
        struct str value;
        CLAIM(segment.at == path->text.at + length + 1);
        CLAIM(str_find(segment, '/') == segment.length && !path_is_dot_segment(segment));
        length += 1 + segment.length;
        if (path_decode(arena, segment, &value)) {
            struct str back;
            CLAIM(path_decode(arena, path_encode(arena, value), &back));
            CLAIM(str_equal(back, value));
        }
    }
    CLAIM(length == path->text.length);
}

/* The parameters and the rest, put where the pattern has them, are the path again. */
static void match_try(struct arena *arena, const struct pattern *pattern, const struct path *path)
{
    struct pattern_match match;
    pattern_extract(arena, pattern, path, &match);
    uint32_t taken = 0;
    uint32_t fixed = pattern->count - (pattern->has_rest ? 1 : 0);
    for (uint32_t i = 0; i < fixed; i++) {
        bool is_parameter = pattern->segments[i].kind == PATTERN_PARAMETER;
        struct str part = is_parameter ? match.parameters[taken++] : pattern->segments[i].text;
        CLAIM(str_equal(part, path->segments[i]));
        CLAIM(!is_parameter || part.length > 0);
    }
    CLAIM(taken == pattern->parameter_count);
    CLAIM(pattern->has_rest || match.rest.length == 0);
    CLAIM(str_ends_with(path->text, match.rest));
    CLAIM(match.rest.length == 0 || match.rest.at[0] == '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size};
    struct str pattern_text;
    struct arena arena;
    struct diagnostics diagnostics;
    struct pattern pattern;
    struct path path;
    if (!str_cut(&rest, '\n', &pattern_text) || !rest.at)
        return 0;
    arena_init(&arena, NULL, 16 << 20);
    diagnostics_init(&diagnostics, &arena);
    struct node node = {.kind = NODE_TEXT, .text = pattern_text};
    bool has_pattern = pattern_compile(&arena, &node, 0, pattern_text, &diagnostics, &pattern);
    CLAIM(has_pattern != diagnostics_has_errors(&diagnostics));
    bool has_path = path_normalise(&arena, rest, &path);
    if (has_path)
        path_try(&arena, &path);
    if (has_pattern)
        CLAIM(pattern_compare(&pattern, &pattern) == 0);
    if (has_pattern && has_path && pattern_takes(&pattern, &path))
        match_try(&arena, &pattern, &path);
    arena_done(&arena);
    return 0;
}

/*
 * The longest common subsequence by the table of all pairs, behind and before what is equal at both
 * ends. Texts that would need a large table are shown as two blocks.
 */
#include "gateway/rehearsal/line_diff.h"

#include "base/arena.h"

#define CONTEXT_LINES 3
#define TABLE_MAXIMUM ((size_t)4 * 1024 * 1024)

struct lines {
    struct str *list;
    size_t count;
};

struct line_diff {
    struct lines first;
    struct lines second;
    const char *indent;
    FILE *to;
    struct str held[CONTEXT_LINES]; /* equal lines that may become context */
    size_t held_count;
    size_t context_left; /* equal lines that still belong to what was printed */
    bool has_skipped;
    bool has_printed;
};

static struct lines lines_of(struct arena *arena, struct str text)
{
    struct lines lines = {.list = NULL};
    struct str rest = text, line;
    size_t room = 1;
    if (str_ends_with(text, STR("\n")))
        text.length--;
    for (size_t i = 0; i < text.length; i++)
        room += text.at[i] == '\n';
    lines.list = arena_array(arena, struct str, room);
    rest = text;
    while (str_cut(&rest, '\n', &line))
        lines.list[lines.count++] = line;
    return lines;
}

static void line_print(struct line_diff *diff, char mark, struct str line)
{
    fprintf(diff->to, "%s%c %.*s\n", diff->indent, mark, STR_ARGS(line));
}

static void line_is_equal(struct line_diff *diff, struct str line)
{
    if (diff->context_left > 0) {
        diff->context_left--;
        line_print(diff, ' ', line);
        return;
    }
    if (diff->held_count == CONTEXT_LINES) {
        memmove(diff->held, diff->held + 1, (CONTEXT_LINES - 1) * sizeof(*diff->held));
        diff->held_count--;
        diff->has_skipped = true;
    }
    diff->held[diff->held_count++] = line;
}

static void line_is_changed(struct line_diff *diff, char mark, struct str line)
{
    if (diff->has_skipped)
        fprintf(diff->to, "%s  …\n", diff->indent);
    for (size_t i = 0; i < diff->held_count; i++)
        line_print(diff, ' ', diff->held[i]);
    diff->held_count = 0;
    diff->has_skipped = false;
    diff->context_left = CONTEXT_LINES;
    line_print(diff, mark, line);
}

static size_t common_head(const struct lines *first, const struct lines *second)
{
    size_t head = 0;
    while (head < first->count && head < second->count &&
           str_equal(first->list[head], second->list[head]))
        head++;
    return head;
}

static size_t common_tail(const struct lines *first, const struct lines *second, size_t head)
{
    size_t tail = 0;
    while (head + tail < first->count && head + tail < second->count &&
           str_equal(first->list[first->count - 1 - tail], second->list[second->count - 1 - tail]))
        tail++;
    return tail;
}

/* table[i][j]: how many lines the rests from i and from j have in common. */
static uint32_t *common_table(struct arena *arena, const struct str *first, size_t n,
                              const struct str *second, size_t m)
{
    uint32_t *table = arena_array(arena, uint32_t, (n + 1) * (m + 1));
    size_t row = m + 1;
    for (size_t i = n; i-- > 0;) {
        for (size_t j = m; j-- > 0;) {
            uint32_t down = table[(i + 1) * row + j], right = table[i * row + j + 1];
            table[i * row + j] = str_equal(first[i], second[j]) ? table[(i + 1) * row + j + 1] + 1
                                 : down > right                 ? down
                                                                : right;
        }
    }
    return table;
}

static void middle_print(struct line_diff *diff, struct arena *arena, const struct str *first,
                         size_t n, const struct str *second, size_t m)
{
    size_t i = 0, j = 0;
    bool has_table = (n + 1) * (m + 1) <= TABLE_MAXIMUM;
    const uint32_t *table = has_table ? common_table(arena, first, n, second, m) : NULL;
    while (i < n || j < m) {
        if (has_table && i < n && j < m && str_equal(first[i], second[j])) {
            line_is_equal(diff, first[i++]);
            j++;
        } else if (i < n && (!has_table || j == m ||
                             table[(i + 1) * (m + 1) + j] >= table[i * (m + 1) + j + 1])) {
            line_is_changed(diff, '-', first[i++]);
        } else {
            line_is_changed(diff, '+', second[j++]);
        }
    }
}

void line_diff_print(struct arena *arena, struct str first, struct str second, const char *indent,
                     FILE *to)
{
    struct line_diff diff = {.first = lines_of(arena, first),
                             .second = lines_of(arena, second),
                             .indent = indent,
                             .to = to};
    size_t head = common_head(&diff.first, &diff.second);
    size_t tail = common_tail(&diff.first, &diff.second, head);
    for (size_t i = 0; i < head; i++)
        line_is_equal(&diff, diff.first.list[i]);
    middle_print(&diff, arena, diff.first.list + head, diff.first.count - head - tail,
                 diff.second.list + head, diff.second.count - head - tail);
    size_t shown = tail < diff.context_left ? tail : diff.context_left;
    for (size_t i = 0; i < shown; i++)
        line_print(&diff, ' ', diff.first.list[diff.first.count - tail + i]);
    if (shown < tail)
        fprintf(to, "%s  …\n", indent);
}

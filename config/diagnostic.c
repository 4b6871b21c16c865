/*
 * Mistakes are collected while a file is read and printed once, at the end, in the order of the
 * file. What is shown of a file is made harmless first: it may hold anything.
 *
 * Not here: deciding what is a mistake.
 */
#include "config/diagnostic.h"

#include "base/arena.h"
#include "base/json/json.h"

#include <stdarg.h>
#include <stdlib.h>

#define KEPT        1000 /* diagnostics; nobody reads more */
#define LINE_SHOWN  120  /* characters of a line */
#define LINE_BEFORE 60   /* of these before the caret, where the line is cut */

static const char *const severity_names[SEVERITY_COUNT] = {
    [SEVERITY_ERROR] = "error",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_NOTE] = "note",
};

const char *severity_name(enum severity severity)
{
    return severity_names[severity];
}

void diagnostics_init(struct diagnostics *diagnostics, struct arena *arena)
{
    *diagnostics = (struct diagnostics){.arena = arena};
}

static bool place_equal(struct place a, struct place b)
{
    return a.file == b.file && a.line == b.line && a.column == b.column;
}

static bool diagnostics_hold(const struct diagnostics *diagnostics, struct place place,
                             struct str message)
{
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct diagnostic *there = &diagnostics->list[i];
        if (place_equal(there->place, place) && str_equal(there->message, message))
            return true;
    }
    return false;
}

static void diagnostics_grow(struct diagnostics *diagnostics)
{
    size_t room = diagnostics->room ? diagnostics->room * 2 : 16;
    struct diagnostic *list = arena_array(diagnostics->arena, struct diagnostic, room);
    if (diagnostics->count > 0)
        memcpy(list, diagnostics->list, diagnostics->count * sizeof(*list));
    diagnostics->list = list;
    diagnostics->room = room;
}

static struct str message_format(struct arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        return STR_NONE;
    char *text = arena_bytes(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return (struct str){text, (size_t)length};
}

static void diagnostics_take(struct diagnostics *diagnostics, const struct diagnostic *diagnostic)
{
    if (diagnostics_hold(diagnostics, diagnostic->place, diagnostic->message))
        return;
    diagnostics->counts[diagnostic->severity]++;
    if (diagnostics->count == KEPT)
        return;
    if (diagnostics->count == diagnostics->room)
        diagnostics_grow(diagnostics);
    diagnostics->list[diagnostics->count++] = *diagnostic;
}

void diagnostics_merge(struct diagnostics *diagnostics, const struct diagnostics *from)
{
    for (size_t i = 0; i < from->count; i++)
        diagnostics_take(diagnostics, &from->list[i]);
}

void diagnostics_add(struct diagnostics *diagnostics, enum severity severity, struct place place,
                     const char *name, struct str hint, const char *format, ...)
{
    if (diagnostics->count == KEPT) {
        diagnostics->counts[severity]++;
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    struct str message = message_format(diagnostics->arena, format, arguments);
    va_end(arguments);
    struct diagnostic diagnostic = {.severity = severity,
                                    .place = place,
                                    .name = name,
                                    .message = message,
                                    .hint = str_copy(diagnostics->arena, hint)};
    diagnostics_take(diagnostics, &diagnostic);
}

struct place place_within(struct place place, size_t offset, size_t length)
{
    place.column += (uint32_t)offset;
    place.length = length > 0 ? (uint32_t)length : 1;
    return place;
}

/* --- what is shown ------------------------------------------------------------------------ */

/* Characters that are drawn as nothing, or turn the order of what stands beside them. */
static bool glyph_is_hostile(struct str glyph)
{
    const unsigned char *at = (const unsigned char *)glyph.at;
    if (glyph.length == 1)
        return at[0] < 0x20 || at[0] == 0x7F;
    if (glyph.length == 2)
        return at[0] == 0xC2 && at[1] < 0xA0;
    if (glyph.length == 3 && at[0] == 0xE2 && at[1] == 0x80)
        return (at[2] >= 0x8B && at[2] <= 0x8F) || (at[2] >= 0xA8 && at[2] <= 0xAE);
    if (glyph.length == 3 && at[0] == 0xE2 && at[1] == 0x81)
        return at[2] >= 0xA0 && at[2] <= 0xAF;
    return str_equal(glyph, STR("\xEF\xBB\xBF"));
}

/* Takes one character off: how it is shown in *ret_shown, one column wide. */
static struct str glyph_next(struct str rest, struct str *ret_shown)
{
    unsigned char lead = (unsigned char)rest.at[0];
    size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    struct str glyph = {rest.at, length};
    if (length > rest.length || !json_is_utf8(glyph)) {
        glyph.length = 1;
        *ret_shown = STR("?");
    } else if (lead == '\t') {
        *ret_shown = STR(" ");
    } else {
        *ret_shown = glyph_is_hostile(glyph) ? STR("?") : glyph;
    }
    return str_from(rest, glyph.length);
}

static size_t glyph_count(struct str text)
{
    size_t count = 0;
    struct str shown;
    for (; !str_is_empty(text); count++)
        text = glyph_next(text, &shown);
    return count;
}

/* `count` characters from `from`; a count beyond the end shows all. */
static void glyphs_print(struct str text, size_t from, size_t count, FILE *to)
{
    for (size_t i = 0; !str_is_empty(text) && i < from + count; i++) {
        struct str shown;
        text = glyph_next(text, &shown);
        if (i >= from)
            fwrite(shown.at, 1, shown.length, to);
    }
}

static void text_print(struct str text, FILE *to)
{
    glyphs_print(text, 0, text.length, to);
}

/* The bytes of a line without its end; false where the file has no such line. */
static bool source_line(const struct source_file *file, uint32_t line, struct str *ret_line)
{
    struct str rest = file->text;
    for (uint32_t i = 1; i < line; i++) {
        size_t end = str_find(rest, '\n');
        if (end == rest.length)
            return false;
        rest = str_from(rest, end + 1);
    }
    rest.length = str_find(rest, '\n');
    if (rest.length > 0 && rest.at[rest.length - 1] == '\r')
        rest.length--;
    *ret_line = rest;
    return true;
}

static void caret_print(size_t blanks, size_t length, struct str hint, FILE *to)
{
    fprintf(to, "      | %*s^", (int)blanks, "");
    for (size_t i = 1; i < length; i++)
        fputc('~', to);
    if (!str_is_empty(hint)) {
        fputc(' ', to);
        text_print(hint, to);
    }
    fputc('\n', to);
}

static void line_print(const struct diagnostic *diagnostic, struct str line, FILE *to)
{
    size_t at = diagnostic->place.column > 0 ? diagnostic->place.column - 1 : 0;
    if (at > line.length)
        at = line.length;
    size_t length = diagnostic->place.length;
    if (length > line.length - at)
        length = line.length - at;
    size_t caret = glyph_count((struct str){line.at, at});
    size_t underlined = glyph_count((struct str){line.at + at, length});
    size_t total = glyph_count(line);
    size_t from = total > LINE_SHOWN && caret > LINE_BEFORE ? caret - LINE_BEFORE : 0;
    if (underlined > from + LINE_SHOWN - caret)
        underlined = from + LINE_SHOWN - caret;
    fprintf(to, "%5u | %s", diagnostic->place.line, from > 0 ? "..." : "");
    glyphs_print(line, from, LINE_SHOWN, to);
    fputs(total > from + LINE_SHOWN ? "...\n" : "\n", to);
    caret_print(caret - from + (from > 0 ? 3 : 0), underlined, diagnostic->hint, to);
}

static void diagnostic_print(const struct diagnostic *diagnostic, FILE *to)
{
    const struct place *place = &diagnostic->place;
    if (place->file == NULL)
        fputs("braid", to);
    else
        text_print(place->file->path, to);
    if (place->file != NULL && place->line > 0)
        fprintf(to, ":%u:%u", place->line, place->column);
    fprintf(to, ": %s: ", severity_names[diagnostic->severity]);
    text_print(diagnostic->message, to);
    if (diagnostic->name != NULL)
        fprintf(to, " [%s]", diagnostic->name);
    struct str line;
    if (place->file != NULL && place->line > 0 && source_line(place->file, place->line, &line)) {
        fputc('\n', to);
        line_print(diagnostic, line, to);
        return;
    }
    if (!str_is_empty(diagnostic->hint)) {
        fputs("; ", to);
        text_print(diagnostic->hint, to);
    }
    fputc('\n', to);
}

/* --- all of them -------------------------------------------------------------------------- */

static int diagnostic_order(const void *a, const void *b)
{
    const struct diagnostic *first = *(const struct diagnostic *const *)a;
    const struct diagnostic *second = *(const struct diagnostic *const *)b;
    struct str path = first->place.file ? first->place.file->path : STR_NONE;
    struct str other = second->place.file ? second->place.file->path : STR_NONE;
    int order = str_compare(path, other);
    if (order != 0)
        return order;
    if (first->place.line != second->place.line)
        return first->place.line < second->place.line ? -1 : 1;
    if (first->place.column != second->place.column)
        return first->place.column < second->place.column ? -1 : 1;
    return first < second ? -1 : first > second;
}

const struct diagnostic *const *diagnostics_sorted(struct diagnostics *diagnostics)
{
    size_t count = diagnostics->count;
    const struct diagnostic **sorted = arena_allocate(diagnostics->arena, count * sizeof(*sorted));
    for (size_t i = 0; i < count; i++)
        sorted[i] = &diagnostics->list[i];
    if (count > 1)
        qsort(sorted, count, sizeof(*sorted), diagnostic_order);
    return sorted;
}

void diagnostics_print(struct diagnostics *diagnostics, FILE *to)
{
    size_t count = diagnostics->count;
    const struct diagnostic *const *sorted = diagnostics_sorted(diagnostics);
    for (size_t i = 0; i < count; i++)
        diagnostic_print(sorted[i], to);
    size_t all = 0;
    for (size_t i = 0; i < SEVERITY_COUNT; i++)
        all += diagnostics->counts[i];
    if (all > count)
        fprintf(to, "braid: note: %zu more are not shown\n", all - count);
}

struct str diagnostic_did_you_mean(struct arena *arena, struct str word, const struct str *names,
                                   size_t count)
{
    unsigned limit = (unsigned)(word.length / 3);
    unsigned best = limit + 1;
    const struct str *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        unsigned distance = str_distance(word, names[i], limit);
        if (distance < best && !str_equal(word, names[i])) {
            best = distance;
            nearest = &names[i];
        }
    }
    if (nearest == NULL)
        return STR_NONE;
    return str_format(arena, "did you mean '%.*s'?", STR_ARGS(*nearest));
}

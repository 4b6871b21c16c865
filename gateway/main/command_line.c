/*
 * The line is put together again from its words; those with blanks in them get their quotes back.
 */
#include "gateway/main/command_line.h"

#include "base/arena.h"
#include "base/slices.h"
#include "config/diagnostic.h"

/* What a shell would have cut in two. */
static bool needs_quotes(const char *word)
{
    return word[0] == '\0' || strpbrk(word, " \t\"$`\\|&;<>(){}*?") != NULL;
}

/* One line whatever was typed. */
static struct str word_shown(struct arena *arena, const char *word)
{
    struct str shown = str_copy(arena, str_of(word));
    for (char *at = (char *)(uintptr_t)shown.at; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ')
            *at = ' ';
    }
    return shown;
}

void command_line_refuse(struct arena *arena, int count, char **arguments,
                         const struct options_mistake *mistake)
{
    struct source_file line = {.path = STR("command line")};
    struct place place = {.file = &line, .line = 1, .length = (uint32_t)mistake->length};
    struct diagnostics diagnostics;
    struct slices text;
    slices_init(&text, arena);
    slices_copy(&text, STR("braid"));
    for (int i = 1; i < count; i++) {
        bool is_quoted = needs_quotes(arguments[i]);
        struct str quote = is_quoted ? STR("'") : STR("");
        slices_copy(&text, STR(" "));
        slices_copy(&text, quote);
        if (i == mistake->argument)
            place.column = (uint32_t)(text.bytes + mistake->offset + 1);
        slices_copy(&text, word_shown(arena, arguments[i]));
        slices_copy(&text, quote);
    }
    line.text = slices_join(&text);
    if (place.length == 0)
        place.length = 1;
    diagnostics_init(&diagnostics, arena);
    diagnostics_error(&diagnostics, place, mistake->hint, "%.*s", STR_ARGS(mistake->message));
    diagnostics_print(&diagnostics, stderr);
}

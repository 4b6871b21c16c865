/*
 * One pass over the arguments; the table says what each means.
 */
#include "base/options.h"

#include "base/arena.h"

#include <assert.h>

#define HELP_COLUMN 28 /* where the clauses of help begin */

static unsigned table_size(const struct option *table)
{
    unsigned count = 0;
    while (table != NULL && table[count].name != NULL)
        count++;
    assert(count <= OPTIONS_MAXIMUM);
    return count;
}

static bool option_is_switch(const struct option *option)
{
    return option->choices == NULL && option->argument == NULL;
}

/* --- mistakes ----------------------------------------------------------------------------- */

/* "did you mean 'text'?" where one is near: at most a third of its letters wrong. */
static struct str nearest_text(struct arena *arena, struct str word, const char *prefix,
                               const char *const *names)
{
    unsigned best = (unsigned)(word.length / 3) + 1;
    const char *nearest = NULL;
    for (; *names != NULL; names++) {
        unsigned distance = str_distance(word, str_of(*names), best);
        if (distance < best) {
            best = distance;
            nearest = *names;
        }
    }
    return nearest == NULL ? STR("") : str_format(arena, "did you mean '%s%s'?", prefix, nearest);
}

static struct str choices_text(struct arena *arena, const struct option *option)
{
    struct str all = STR("");
    for (unsigned i = 0; option->choices[i] != NULL; i++) {
        const char *between = i == 0 ? "" : option->choices[i + 1] == NULL ? " or " : ", ";
        all = str_format(arena, "%.*s%s%s", STR_ARGS(all), between, option->choices[i]);
    }
    return all;
}

static struct str nearest_option(struct arena *arena, const struct option *table, struct str name)
{
    const char *names[OPTIONS_MAXIMUM + 2] = {0};
    unsigned count = table_size(table);
    for (unsigned i = 0; i < count; i++)
        names[i] = table[i].name;
    names[count] = "help";
    return nearest_text(arena, name, "--", names);
}

static struct str no_value_text(struct arena *arena, const struct option *option)
{
    struct str wanted =
        option->choices != NULL ? choices_text(arena, option) : str_of(option->argument);
    return str_format(arena, "--%s needs a value: %.*s", option->name, STR_ARGS(wanted));
}

/* --- reading ------------------------------------------------------------------------------ */

struct parsing {
    struct arena *arena;
    char **arguments;
    int count;
    int at; /* the argument that is read */
    struct options options;
    struct options_mistake mistake;
};

/* Always false. `part` is of the argument that is read. */
static bool refuse(struct parsing *parsing, struct str part, struct str message, struct str hint)
{
    size_t offset = (size_t)(part.at - parsing->arguments[parsing->at]);
    parsing->mistake = (struct options_mistake){message, hint, parsing->at, offset, part.length};
    return false;
}

static bool value_take(struct parsing *parsing, unsigned index, const char *value)
{
    struct options *options = &parsing->options;
    const struct option *option = &options->table[index];
    options->is_given[index] = true;
    options->texts[index] = value;
    if (option->choices == NULL)
        return true;
    for (unsigned i = 0; option->choices[i] != NULL; i++) {
        if (strcmp(option->choices[i], value) == 0) {
            options->choices[index] = i;
            return true;
        }
    }
    struct str all = choices_text(parsing->arena, option);
    return refuse(
        parsing, str_of(value),
        str_format(parsing->arena, "--%s takes %.*s, not '%s'", option->name, STR_ARGS(all), value),
        nearest_text(parsing->arena, str_of(value), "", option->choices));
}

/* `text` is behind the two dashes; where the next argument is the value, that is read too. */
static bool option_take(struct parsing *parsing, const char *text)
{
    struct options *options = &parsing->options;
    struct str name = {text, str_find(str_of(text), '=')};
    struct str whole = {text - 2, name.length + 2};
    const char *value = text[name.length] == '=' ? text + name.length + 1 : NULL;
    unsigned index = 0;
    unsigned size = table_size(options->table);
    while (index < size && !str_equal(name, str_of(options->table[index].name)))
        index++;
    if (index == size)
        return refuse(parsing, whole,
                      str_format(parsing->arena, "unknown option '--%.*s'", STR_ARGS(name)),
                      nearest_option(parsing->arena, options->table, name));
    const struct option *option = &options->table[index];
    if (option_is_switch(option)) {
        options->is_given[index] = true;
        if (value == NULL)
            return true;
        return refuse(parsing, str_of(whole.at),
                      str_format(parsing->arena, "--%s takes no value", option->name), STR(""));
    }
    if (value == NULL && parsing->at + 1 < parsing->count &&
        parsing->arguments[parsing->at + 1][0] != '-')
        value = parsing->arguments[++parsing->at];
    if (value == NULL || value[0] == '\0') {
        struct str part = value == NULL ? whole : str_of(value);
        return refuse(parsing, part, no_value_text(parsing->arena, option), STR(""));
    }
    return value_take(parsing, index, value);
}

static bool asks_for_help(int count, char **arguments)
{
    for (int i = 0; i < count && strcmp(arguments[i], "--") != 0; i++) {
        if (strcmp(arguments[i], "--help") == 0 || strcmp(arguments[i], "-h") == 0)
            return true;
    }
    return false;
}

/* All up to `--` or the end; `at` is left behind what was read. */
static bool arguments_take(struct parsing *parsing)
{
    struct options *options = &parsing->options;
    for (; parsing->at < parsing->count; parsing->at++) {
        const char *text = parsing->arguments[parsing->at];
        if (text[0] != '-' || text[1] == '\0') {
            options->words[options->word_count++] = text;
        } else if (strcmp(text, "--") == 0) {
            parsing->at++;
            return true;
        } else if (text[1] != '-') {
            return refuse(parsing, str_of(text),
                          str_format(parsing->arena, "unknown option '%s'", text), STR(""));
        } else if (!option_take(parsing, text + 2)) {
            return false;
        }
    }
    return true;
}

bool options_parse(struct arena *arena, const struct option *table, int count, char **arguments,
                   struct options *ret_options, struct options_mistake *ret_mistake)
{
    struct parsing parsing = {
        .arena = arena, .arguments = arguments, .count = count, .options = {.table = table}};
    struct options *options = &parsing.options;
    if (asks_for_help(count, arguments)) {
        options->wants_help = true;
        *ret_options = *options;
        return true;
    }
    options->words = arena_array(arena, const char *, (size_t)count);
    if (!arguments_take(&parsing)) {
        *ret_mistake = parsing.mistake;
        return false;
    }
    while (parsing.at < count)
        options->words[options->word_count++] = arguments[parsing.at++];
    *ret_options = *options;
    return true;
}

/* --- asking ------------------------------------------------------------------------------- */

static unsigned index_of(const struct options *options, const char *name)
{
    unsigned index = 0;
    while (options->table[index].name != NULL && strcmp(options->table[index].name, name) != 0)
        index++;
    assert(options->table[index].name != NULL); /* the command asks for what its table has */
    return index;
}

bool options_has(const struct options *options, const char *name)
{
    return options->is_given[index_of(options, name)];
}

unsigned options_choice(const struct options *options, const char *name)
{
    return options->choices[index_of(options, name)];
}

const char *options_text(const struct options *options, const char *name)
{
    return options->texts[index_of(options, name)];
}

void options_describe(const struct option *table, FILE *to)
{
    for (unsigned i = 0; i < table_size(table); i++) {
        const struct option *option = &table[i];
        int width = fprintf(to, "  --%s", option->name);
        if (option->argument != NULL)
            width += fprintf(to, " %s", option->argument);
        for (unsigned j = 0; option->choices != NULL && option->choices[j] != NULL; j++)
            width += fprintf(to, "%s%s", j == 0 ? " " : "|", option->choices[j]);
        fprintf(to, "%*s%s\n", width < HELP_COLUMN ? HELP_COLUMN - width : 2, "", option->says);
    }
}

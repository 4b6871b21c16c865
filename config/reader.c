/*
 * From a node to a number, a duration, a word. Text is first made whole (its constants put in),
 * then read; a constant's value is never shown in a message, since it may be a secret.
 */
#include "config/reader.h"

#include "base/arena.h"
#include "config/braces.h"
#include "config/environment.h"
#include "config/scope.h"
#include "config/text.h"
#include "config/units.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void reader_refuse(const struct reader *reader, const struct node *node, const char *hint,
                   const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    diagnostics_error(reader->diagnostics, node->place, str_of(hint), "%s", message);
}

static bool node_has_expression(const struct node *node)
{
    return str_find_text(node->text, STR("${")) < node->text.length;
}

/* How a value is named in a message: itself, unless constants made it. */
static struct str value_shown(const struct reader *reader, const struct node *node)
{
    int length = node->text.length > 60 ? 60 : (int)node->text.length;
    if (node_has_expression(node))
        return STR("the value");
    return str_format(reader->arena, "'%.*s'%s", length, node->text.at,
                      node->text.length > 60 ? "…" : "");
}

static bool constant_text(const struct reader *reader, const struct node *node,
                          struct str *ret_text)
{
    if (reader->scope == NULL) {
        reader_refuse(reader, node, "", "no ${…} can stand here");
        return false;
    }
    struct text text;
    if (!text_compile(reader->arena, node, reader->scope, &text))
        return false;
    struct jmespath_frame frame = {.arena = reader->arena, .steps_left = JMESPATH_STEPS_DEFAULT};
    struct json value;
    if (!text_is_constant(&text) || !text_evaluate(&text, &frame, &value) ||
        !text_insert(reader->arena, value, ret_text)) {
        reader_refuse(reader, node, "env.NAME or file('…') alone are constants of the load",
                      "only constants can stand in a setting");
        return false;
    }
    return true;
}

bool reader_text(const struct reader *reader, const struct node *node, const char *wanted,
                 struct str *ret_text)
{
    if (node_is_missing(node))
        return false;
    if (node->kind != NODE_TEXT || node_is_null(node)) {
        reader_refuse(reader, node, "", "%s is expected, not %s", wanted,
                      node->kind == NODE_TEXT ? "null" : node_kind_name(node));
        return false;
    }
    if (node_has_expression(node))
        return constant_text(reader, node, ret_text);
    *ret_text = node->text;
    return true;
}

bool reader_texts(const struct reader *reader, const struct node *node, struct str **ret_texts,
                  uint32_t *ret_count)
{
    if (node_is_missing(node))
        return false;
    if (node->kind != NODE_LIST) {
        struct str hint = node->kind == NODE_TEXT
                              ? str_format(reader->arena, "write [%.*s]", STR_ARGS(node->text))
                              : STR_NONE;
        diagnostics_error(reader->diagnostics, node->place, hint, "a list is expected, not %s",
                          node_kind_name(node));
        return false;
    }
    struct str *texts = arena_array(reader->arena, struct str, node->count);
    bool is_fine = true;
    for (uint32_t i = 0; i < node->count; i++)
        is_fine = reader_text(reader, node->entries[i].value, "text", &texts[i]) && is_fine;
    if (!is_fine)
        return false;
    *ret_texts = texts;
    *ret_count = node->count;
    return true;
}

bool reader_duration(const struct reader *reader, const struct node *node, int64_t minimum,
                     int64_t maximum, usec *ret_duration)
{
    struct str text;
    if (!reader_text(reader, node, "a duration", &text))
        return false;
    struct str shown = value_shown(reader, node);
    usec duration;
    const char *why = units_duration(text, &duration);
    if (why != NULL) {
        reader_refuse(reader, node, UNITS_DURATION_HINT, "%.*s %s", STR_ARGS(shown), why);
        return false;
    }
    char bound[UNITS_TEXT_SIZE];
    bool is_short = duration < minimum;
    if (is_short || (maximum != 0 && duration > maximum)) {
        units_format_duration(is_short ? minimum : maximum, bound);
        reader_refuse(reader, node, "", "%.*s is %s than %s", STR_ARGS(shown),
                      is_short ? "shorter" : "longer", bound);
        return false;
    }
    *ret_duration = duration;
    return true;
}

bool reader_size(const struct reader *reader, const struct node *node, int64_t minimum,
                 int64_t maximum, uint64_t *ret_size)
{
    struct str text;
    if (!reader_text(reader, node, "a size", &text))
        return false;
    struct str shown = value_shown(reader, node);
    uint64_t size;
    const char *why = units_size(text, &size);
    if (why != NULL) {
        reader_refuse(reader, node, UNITS_SIZE_HINT, "%.*s %s", STR_ARGS(shown), why);
        return false;
    }
    char bound[UNITS_TEXT_SIZE];
    bool is_small = size < (uint64_t)minimum;
    if (is_small || (maximum != 0 && size > (uint64_t)maximum)) {
        units_format_size((uint64_t)(is_small ? minimum : maximum), bound);
        reader_refuse(reader, node, "", "%.*s is %s than %s", STR_ARGS(shown),
                      is_small ? "smaller" : "larger", bound);
        return false;
    }
    *ret_size = size;
    return true;
}

bool reader_share(const struct reader *reader, const struct node *node, double *ret_share)
{
    struct str text;
    if (!reader_text(reader, node, "a share", &text))
        return false;
    struct str shown = value_shown(reader, node);
    const char *why = units_share(text, ret_share);
    if (why != NULL)
        reader_refuse(reader, node, UNITS_SHARE_HINT, "%.*s %s", STR_ARGS(shown), why);
    return why == NULL;
}

bool reader_count(const struct reader *reader, const struct node *node, int64_t minimum,
                  int64_t maximum, uint32_t *ret_count)
{
    struct str text;
    if (!reader_text(reader, node, "a whole number", &text))
        return false;
    struct str shown = value_shown(reader, node);
    uint64_t number;
    if (!str_to_unsigned(text, UINT32_MAX, &number)) {
        reader_refuse(reader, node, "", "%.*s is no whole number", STR_ARGS(shown));
        return false;
    }
    if (number < (uint64_t)minimum || (maximum != 0 && number > (uint64_t)maximum)) {
        bool is_small = number < (uint64_t)minimum;
        reader_refuse(reader, node, "", "%.*s is %s than %lld", STR_ARGS(shown),
                      is_small ? "less" : "more", (long long)(is_small ? minimum : maximum));
        return false;
    }
    *ret_count = (uint32_t)number;
    return true;
}

bool reader_is_off(const struct node *node)
{
    return node->kind == NODE_TEXT && !node->is_quoted &&
           (str_equal(node->text, STR("off")) || str_equal(node->text, STR("false")));
}

bool reader_switch(const struct reader *reader, const struct node *node, bool *ret_is_on)
{
    struct str text;
    if (!reader_text(reader, node, "on or off", &text))
        return false;
    bool is_on = str_equal(text, STR("on")) || str_equal(text, STR("true"));
    if (!is_on && !str_equal(text, STR("off")) && !str_equal(text, STR("false"))) {
        struct str shown = value_shown(reader, node);
        reader_refuse(reader, node, "write on or off", "%.*s is neither on nor off",
                      STR_ARGS(shown));
        return false;
    }
    *ret_is_on = is_on;
    return true;
}

/* "did you mean 'json'?", otherwise all there are. */
static struct str choice_hint(const struct reader *reader, struct str text,
                              const char *const *choices)
{
    struct str names[32];
    size_t count = 0;
    struct str all = STR_NONE;
    for (; choices[count] != NULL && count < 32; count++) {
        names[count] = str_of(choices[count]);
        all = count == 0 ? names[0]
                         : str_format(reader->arena, "%.*s, %s", STR_ARGS(all), choices[count]);
    }
    struct str hint = diagnostic_did_you_mean(reader->arena, text, names, count);
    return str_is_empty(hint) ? str_format(reader->arena, "one of %.*s", STR_ARGS(all)) : hint;
}

bool reader_choice(const struct reader *reader, const struct node *node, const char *const *choices,
                   int *ret_choice)
{
    struct str text;
    if (!reader_text(reader, node, "a word", &text))
        return false;
    for (int i = 0; choices[i] != NULL; i++) {
        if (str_equal(text, str_of(choices[i]))) {
            *ret_choice = i;
            return true;
        }
    }
    struct str shown = value_shown(reader, node);
    diagnostics_error(reader->diagnostics, node->place, choice_hint(reader, text, choices),
                      "%.*s is not known here", STR_ARGS(shown));
    return false;
}

bool reader_file(struct reader *reader, const struct node *node, void *into)
{
    struct str name;
    if (!reader_text(reader, node, "the name of a file", &name))
        return false;
    struct str path = path_beside(reader->arena, node->place.file, name);
    if (access(path.at, R_OK) != 0) {
        reader_refuse(reader, node, "", "the file '%.*s' cannot be read", STR_ARGS(name));
        return false;
    }
    *(struct str *)into = path;
    return true;
}

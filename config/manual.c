/*
 * roff reads a line that begins with a dot or a quote as a request, and a backslash as an escape;
 * some characters it would print as finer ones that nobody can copy into a file.
 */
#include "config/manual.h"

#include <stdlib.h>

static void byte_print(char byte, bool is_code, FILE *to)
{
    switch (byte) {
    case '\\':
        fputs("\\e", to);
        break;
    case '-':
        fputs(is_code ? "\\-" : "-", to);
        break;
    case '\'':
        fputs("\\(aq", to);
        break;
    case '^':
        fputs("\\(ha", to);
        break;
    case '~':
        fputs("\\(ti", to);
        break;
    default:
        fputc(byte, to);
    }
}

static bool starts_request(const char *at, const char *text)
{
    return *at == '.' && (at == text || at[-1] == '\n');
}

void manual_print_text(const char *text, FILE *to)
{
    bool is_code = false;
    for (const char *at = text; *at != '\0'; at++) {
        if (starts_request(at, text))
            fputs("\\&", to);
        if (*at != '`') {
            byte_print(*at, is_code, to);
            continue;
        }
        is_code = !is_code;
        fputs(is_code ? "\\fB" : "\\fR", to);
    }
    if (!str_ends_with(str_of(text), STR("\n")))
        fputc('\n', to);
}

void manual_print_verbatim(const char *text, FILE *to)
{
    fputs(".EX\n", to);
    for (const char *at = text; *at != '\0'; at++) {
        if (starts_request(at, text))
            fputs("\\&", to);
        byte_print(*at, true, to);
    }
    fputs("\n.EE\n", to);
}

/* "size, at least 1KiB; 16KiB by default": the line that stands above what a key says. */
static void key_print_kind(const struct key *key, FILE *to)
{
    char *kind = NULL;
    size_t length = 0;
    FILE *into = open_memstream(&kind, &length);
    if (into == NULL)
        abort();
    schema_print_type(key, into);
    if (key->is_required)
        fprintf(into, "%srequired", ftell(into) > 0 ? "; " : "");
    else if (key->default_text != NULL)
        fprintf(into, "%s`%s` by default", ftell(into) > 0 ? "; " : "", key->default_text);
    fclose(into);
    if (length > 0) {
        manual_print_text(kind, to);
        fputs(".br\n", to);
    }
    free(kind);
}

static void keys_print(const struct schema *schema, const char *prefix, FILE *to)
{
    for (size_t i = 0; i < schema->count; i++) {
        const struct key *key = &schema->keys[i];
        fprintf(to, ".TP\n.B %s%s\n", prefix, key->name);
        key_print_kind(key, to);
        manual_print_text(key->says, to);
        if (key->has_no_effect)
            fputs("No effect yet.\n", to);
        if (key->example != NULL)
            manual_print_verbatim(key->example, to);
        if (key->group == NULL)
            continue;
        char inner[128];
        snprintf(inner, sizeof inner, "%s%s.", prefix, key->name);
        keys_print(key->group, inner, to);
    }
}

void manual_print_sections(const struct reference_section *sections, FILE *to)
{
    for (; sections->title != NULL; sections++) {
        fputs(".SH \"", to);
        for (const char *at = sections->title; *at != '\0'; at++)
            fputc(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at, to);
        fputs("\"\n", to);
        if (sections->says[0] != '\0')
            manual_print_text(sections->says, to);
        keys_print(sections->schema, "", to);
    }
}

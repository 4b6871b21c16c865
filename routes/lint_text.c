/*
 * Expressions read as words, not as a tree: a comparison is an operand, an operator, an operand.
 *
 * - `path` and `query` hold text, so they never equal a number (number-comparison);
 * - "open" is a member's name in JMESPath, not a text (quoted-comparand);
 * - env and file are secrets more often than not (secret-in-response).
 */
#include "routes/lint_text.h"

#include "config/braces.h"
#include "config/warning.h"

#include <ctype.h>

enum operand {
    OPERAND_NONE,
    OPERAND_OTHER,
    OPERAND_CLIENT, /* path.… or query.… */
    OPERAND_NUMBER,
    OPERAND_QUOTED, /* "…" alone */
};

struct text_lint {
    struct diagnostics *diagnostics;
    bool allows_numbers;
    bool allows_quotes;
    bool allows_secrets;
    bool is_in_response;
};

/* One expression under the eye. */
struct reading {
    const struct text_lint *lint;
    const struct node *node;
    size_t at; /* in node->text */
    size_t end;
    enum operand left;
    struct str left_text;
    bool has_operator; /* a comparison waits for its right side */
    bool is_equality;
};

static struct place reading_place(const struct reading *reading, struct str word)
{
    return node_place(reading->node, (size_t)(word.at - reading->node->text.at), word.length);
}

static char reading_byte(const struct reading *reading, size_t at)
{
    return at < reading->end ? reading->node->text.at[at] : '\0';
}

static bool is_plain_name(struct str quoted)
{
    bool is_plain = quoted.length > 2;
    for (size_t i = 1; i + 1 < quoted.length; i++) {
        unsigned char byte = (unsigned char)quoted.at[i];
        is_plain = is_plain && byte < 0x80 && (isalnum(byte) || byte == '_');
    }
    return is_plain;
}

/* --- warnings ----------------------------------------------------------------------------- */

static void quoted_check(const struct reading *reading, struct str quoted, bool is_right)
{
    if (reading->lint->allows_quotes || !(is_right || is_plain_name(quoted)))
        return;
    struct str inside = {quoted.at + 1, quoted.length - 2};
    struct str hint = str_format(reading->lint->diagnostics->arena, "write '%.*s' for the text",
                                 STR_ARGS(inside));
    warning_add(reading->lint->diagnostics, WARNING_QUOTED_COMPARAND,
                reading_place(reading, quoted), hint, "to JMESPath %.*s is the name of a member",
                STR_ARGS(quoted));
}

static void number_check(const struct reading *reading, struct str client)
{
    if (reading->lint->allows_numbers)
        return;
    struct str hint =
        str_format(reading->lint->diagnostics->arena, "write to_number(%.*s)", STR_ARGS(client));
    warning_add(reading->lint->diagnostics, WARNING_NUMBER_COMPARISON,
                reading_place(reading, client), hint,
                "'%.*s' is text and is compared with a number", STR_ARGS(client));
}

static void secret_check(const struct reading *reading, struct str word)
{
    const struct text_lint *lint = reading->lint;
    bool is_secret = str_starts_with(word, STR("env.")) ||
                     (str_equal(word, STR("file")) && reading_byte(reading, reading->at) == '(');
    if (!is_secret || !lint->is_in_response || lint->allows_secrets)
        return;
    warning_add(lint->diagnostics, WARNING_SECRET_IN_RESPONSE, reading_place(reading, word),
                STR("allow: [secret-in-response] if it is none"),
                "'%.*s' would be told to every client", STR_ARGS(word));
}

/* --- words -------------------------------------------------------------------------------- */

static void reading_operand(struct reading *reading, enum operand kind, struct str text)
{
    if (reading->has_operator) {
        if (reading->left == OPERAND_CLIENT && kind == OPERAND_NUMBER)
            number_check(reading, reading->left_text);
        if (reading->left == OPERAND_NUMBER && kind == OPERAND_CLIENT)
            number_check(reading, text);
        if (reading->is_equality && reading->left == OPERAND_QUOTED)
            quoted_check(reading, reading->left_text, false);
        if (reading->is_equality && kind == OPERAND_QUOTED)
            quoted_check(reading, text, true);
    }
    reading->has_operator = false;
    reading->left = kind;
    reading->left_text = text;
}

/* The word from `from` to where reading has come. */
static struct str reading_word(const struct reading *reading, size_t from)
{
    return (struct str){reading->node->text.at + from, reading->at - from};
}

static void read_name(struct reading *reading)
{
    size_t from = reading->at;
    char byte = reading_byte(reading, reading->at);
    while (isalnum((unsigned char)byte) || byte == '_' || byte == '.')
        byte = reading_byte(reading, ++reading->at);
    struct str word = reading_word(reading, from);
    bool is_client = str_starts_with(word, STR("path.")) || str_starts_with(word, STR("query."));
    secret_check(reading, word);
    reading_operand(reading, is_client ? OPERAND_CLIENT : OPERAND_OTHER, word);
}

static void read_quoted(struct reading *reading, char quote)
{
    size_t from = reading->at++;
    bool is_part = from > 0 && reading->node->text.at[from - 1] == '.';
    while (reading->at < reading->end && reading_byte(reading, reading->at) != quote)
        reading->at += reading_byte(reading, reading->at) == '\\' ? 2 : 1;
    reading->at = reading->at < reading->end ? reading->at + 1 : reading->end;
    struct str word = reading_word(reading, from);
    char first = word.length > 1 ? word.at[1] : '\0';
    enum operand kind = OPERAND_OTHER;
    if (quote == '`' && (isdigit((unsigned char)first) || first == '-'))
        kind = OPERAND_NUMBER;
    else if (quote == '"' && !is_part && reading_byte(reading, reading->at) != '.' &&
             reading_byte(reading, reading->at) != '[')
        kind = OPERAND_QUOTED;
    reading_operand(reading, kind, word);
}

static bool read_operator(struct reading *reading)
{
    char first = reading_byte(reading, reading->at);
    bool has_equals = reading_byte(reading, reading->at + 1) == '=';
    bool is_comparison =
        first == '<' || first == '>' || ((first == '=' || first == '!') && has_equals);
    if (!is_comparison)
        return false;
    reading->is_equality = first == '=' || first == '!';
    reading->has_operator = true;
    reading->at += has_equals ? 2 : 1;
    return true;
}

static void read_expression(struct reading *reading)
{
    while (reading->at < reading->end) {
        char byte = reading_byte(reading, reading->at);
        if (isalpha((unsigned char)byte) || byte == '_') {
            read_name(reading);
        } else if (byte == '"' || byte == '\'' || byte == '`') {
            read_quoted(reading, byte);
        } else if (isspace((unsigned char)byte)) {
            reading->at++;
        } else if (!read_operator(reading)) {
            /* A bracket ends what stands left of it as an operand of its own. */
            reading->left = OPERAND_NONE;
            reading->has_operator = false;
            reading->at++;
        }
    }
}

/* --- the walk ----------------------------------------------------------------------------- */

static void lint_text(const struct text_lint *lint, const struct node *node)
{
    size_t at = braces_find(node->text, 0);
    while (at < node->text.length) {
        size_t end = braces_end(node->text, at);
        if (end == 0)
            return;
        struct reading reading = {.lint = lint, .node = node, .at = at + 2, .end = end - 1};
        read_expression(&reading);
        at = braces_find(node->text, end);
    }
}

/* As deep as the document, which is bounded. */
static void lint_node(const struct text_lint *outer, const struct node *node)
{
    struct text_lint lint = *outer;
    if (node->kind == NODE_TEXT) {
        lint_text(&lint, node);
        return;
    }
    lint.allows_numbers |= warning_is_allowed(node, WARNING_NUMBER_COMPARISON);
    lint.allows_quotes |= warning_is_allowed(node, WARNING_QUOTED_COMPARAND);
    lint.allows_secrets |= warning_is_allowed(node, WARNING_SECRET_IN_RESPONSE);
    for (uint32_t i = 0; i < node->count; i++)
        lint_node(&lint, node->entries[i].value);
}

void lint_texts(const struct route *route, struct diagnostics *diagnostics)
{
    struct text_lint lint = {.diagnostics = diagnostics};
    const struct node *response = node_member(route->node, STR("response"));
    lint.allows_secrets = warning_is_allowed(route->node, WARNING_SECRET_IN_RESPONSE);
    lint.allows_numbers = warning_is_allowed(route->node, WARNING_NUMBER_COMPARISON);
    lint.allows_quotes = warning_is_allowed(route->node, WARNING_QUOTED_COMPARAND);
    for (uint32_t i = 0; i < route->node->count; i++) {
        const struct node *value = route->node->entries[i].value;
        lint.is_in_response = value == response;
        lint_node(&lint, value);
    }
}

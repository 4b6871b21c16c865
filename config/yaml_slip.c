/*
 * The commonest slips, one function each: it recognises its own case in what libyaml said and in
 * the line, names the character, and says where quotes belong. Nothing here decides whether a
 * file is valid: libyaml has, or the tree looks odd.
 */
#include "config/yaml_slip.h"

#include "base/arena.h"
#include "config/braces.h"
#include "config/node.h"
#include "config/yaml_quote.h"

struct slip {
    struct yaml_text *yaml;
    const struct yaml_stop *stop;
    struct diagnostics *diagnostics;
    struct str line;
    size_t begin; /* of the line, in the file */
    size_t at;    /* in the line */
};

static void slip_init(struct slip *slip, struct yaml_text *yaml, const struct yaml_stop *stop,
                      struct diagnostics *diagnostics, size_t at)
{
    *slip = (struct slip){.yaml = yaml, .stop = stop, .diagnostics = diagnostics};
    slip->line = yaml_text_line(yaml, at, &slip->begin);
    slip->at = at - slip->begin;
    if (slip->at > slip->line.length)
        slip->at = slip->line.length;
}

/* The byte of the line; '\0' at its end. */
static char slip_byte(const struct slip *slip, size_t at)
{
    return at < slip->line.length ? slip->line.at[at] : '\0';
}

static bool words_hold(const char *words, const char *part)
{
    return words != NULL && strstr(words, part) != NULL;
}

/*
 * Reports `message` with the text from `from` in quotes. true when the quotes were also put into
 * the text.
 */
static bool slip_report(struct slip *slip, size_t from, const char *message)
{
    struct yaml_quotes quotes = {.line = slip->line, .begin = slip->begin};
    size_t to =
        slip->stop->is_flow ? yaml_quotes_flow(&quotes, from) : yaml_quotes_block(&quotes, from);
    struct place place =
        yaml_text_place(slip->yaml, slip->begin + from, slip->begin + (to > 0 ? to : from + 1));
    struct str hint =
        to > 0 ? yaml_quotes_show(&quotes, slip->yaml->arena) : STR("quote the whole text");
    diagnostics_error(slip->diagnostics, place, hint, "%s", message);
    return to > 0 && !yaml_quotes_are_there(&quotes, slip->yaml) &&
           yaml_text_correct(slip->yaml, quotes.list, quotes.count);
}

/* --- what libyaml stopped at -------------------------------------------------------------- */

enum answer { ANSWER_NOT_MINE, ANSWER_SAID, ANSWER_CORRECTED };

static enum answer answer_of(bool is_corrected)
{
    return is_corrected ? ANSWER_CORRECTED : ANSWER_SAID;
}

/* A tab where blanks indent. */
static enum answer slip_tab(struct slip *slip)
{
    size_t blanks = 0;
    while (slip_byte(slip, blanks) == ' ')
        blanks++;
    bool is_indent = slip_byte(slip, blanks) == '\t' && blanks <= slip->at;
    if (!is_indent || (slip->at != blanks && !words_hold(slip->stop->problem, "tab character")))
        return ANSWER_NOT_MINE;
    struct place place = yaml_text_place(slip->yaml, slip->begin + blanks, 0);
    diagnostics_error(slip->diagnostics, place, STR("indent with blanks"),
                      "a tab cannot indent in YAML");
    return ANSWER_SAID;
}

/* { id: ${order.id} }, [ a[0] ], { a: b: c }: unquoted text inside { } ends at such a byte. */
static enum answer slip_flow(struct slip *slip)
{
    char byte = slip_byte(slip, slip->at);
    if (!slip->stop->is_flow || !words_hold(slip->stop->problem, "did not find expected ','") ||
        (byte != '{' && byte != '[' && byte != ':'))
        return ANSWER_NOT_MINE;
    size_t from = yaml_quotes_flow_begin(slip->line, slip->at);
    bool begins_line = str_is_empty(str_trim((struct str){slip->line.at, from}));
    if (from == slip->at || (byte == ':' && begins_line))
        return ANSWER_NOT_MINE;
    if (byte == '{' && slip->line.at[slip->at - 1] == '$')
        return answer_of(slip_report(
            slip, from, "'{' ends unquoted text inside { } and [ ]: a ${ must be quoted there"));
    if (byte == ':')
        return answer_of(
            slip_report(slip, from, "': ' in unquoted text: YAML reads a key before it"));
    return answer_of(slip_report(slip, from,
                                 byte == '{' ? "'{' ends unquoted text inside { } and [ ]"
                                             : "'[' ends unquoted text inside { } and [ ]"));
}

/* c: ${order.{id: id}} */
static enum answer slip_colon(struct slip *slip)
{
    if (!words_hold(slip->stop->problem, "mapping values are not allowed"))
        return ANSWER_NOT_MINE;
    size_t from = yaml_quotes_block_begin(slip->line);
    if (!slip->stop->is_flow && from < slip->at)
        return answer_of(
            slip_report(slip, from, "': ' in unquoted text: YAML reads a key before it"));
    struct place place = yaml_text_place(slip->yaml, slip->begin + slip->at, 0);
    diagnostics_error(slip->diagnostics, place,
                      STR("is the line indented as meant? text that goes on here wants quotes"),
                      "':' cannot stand here: the line above already has a value");
    return ANSWER_SAID;
}

struct beginning {
    char byte;
    const char *context; /* libyaml's words where it stops, or NULL */
    const char *problem;
    const char *message;
};

static const struct beginning beginnings[] = {
    {'*', "scanning an alias", NULL, "'*' begins an alias in YAML"},
    {'&', "scanning an anchor", NULL, "'&' begins an anchor in YAML"},
    {'!', "scanning a tag", NULL, "'!' begins a tag in YAML"},
    {'!', "parsing a node", "tag handle", "'!' begins a tag in YAML"},
    {'|', "scanning a block scalar", NULL, "'|' begins a block of text in YAML"},
    {'>', "scanning a block scalar", NULL, "'>' begins a block of text in YAML"},
    {'@', NULL, "cannot start any token", "'@' cannot begin unquoted text in YAML"},
    {'`', NULL, "cannot start any token", "'`' cannot begin unquoted text in YAML"},
    {'%', "scanning a directive", NULL, "'%' begins a directive in YAML"},
    {'%', NULL, "cannot start any token", "'%' cannot begin unquoted text in YAML"},
    {'-', NULL, "block sequence entries", "'- ' begins a list in YAML"},
    {'-', NULL, "node content", "'- ' begins a list in YAML"},
    {'?', NULL, "mapping keys are not", "'? ' begins a key in YAML"},
    {',', "parsing a block node", NULL, "',' cannot begin unquoted text in YAML"},
    {'}', "parsing a block node", NULL, "'}' cannot begin unquoted text in YAML"},
    {']', "parsing a block node", NULL, "']' cannot begin unquoted text in YAML"},
};

/* e: *.example.com */
static enum answer slip_beginning(struct slip *slip)
{
    const struct yaml_stop *stop = slip->stop;
    size_t at = slip->at;
    if (stop->context != NULL && stop->context_at >= slip->begin &&
        stop->context_at < slip->begin + at)
        at = stop->context_at - slip->begin;
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++) {
        const struct beginning *beginning = &beginnings[i];
        if (slip_byte(slip, at) == beginning->byte &&
            (beginning->context == NULL || words_hold(stop->context, beginning->context)) &&
            (beginning->problem == NULL || words_hold(stop->problem, beginning->problem)))
            return answer_of(slip_report(slip, at, beginning->message));
    }
    return ANSWER_NOT_MINE;
}

/* e: [a]/b, e: "a" b: a value that is whole, and more behind it. */
static enum answer slip_rest(struct slip *slip)
{
    static const struct beginning wholes[] = {
        {'{', NULL, NULL, "'{' begins a mapping in YAML, and text stands behind its end"},
        {'[', NULL, NULL, "'[' begins a list in YAML, and text stands behind its end"},
        {'"', NULL, NULL, "'\"' begins quoted text, and more stands behind its end"},
        {'\'', NULL, NULL, "''' begins quoted text, and more stands behind its end"},
        {'*', NULL, NULL, "'*' begins an alias in YAML, and text stands behind it"},
    };
    if (slip->stop->is_flow || !(words_hold(slip->stop->problem, "did not find expected key") ||
                                 words_hold(slip->stop->problem, "expected '-' indicator")))
        return ANSWER_NOT_MINE;
    size_t from = yaml_quotes_block_begin(slip->line);
    for (size_t i = 0; from < slip->at && i < sizeof(wholes) / sizeof(*wholes); i++) {
        if (slip_byte(slip, from) == wholes[i].byte)
            return answer_of(slip_report(slip, from, wholes[i].message));
    }
    return ANSWER_NOT_MINE;
}

/* A quote, { or [ that is never closed: the end of the file tells nobody where. */
static enum answer slip_open(struct slip *slip)
{
    const struct yaml_stop *stop = slip->stop;
    bool is_at_end = stop->at >= slip->yaml->file->text.length;
    if (!words_hold(stop->context, "quoted scalar") && !(stop->is_flow && is_at_end))
        return ANSWER_NOT_MINE;
    if (stop->context == NULL || words_hold(stop->problem, "escape"))
        return ANSWER_NOT_MINE;
    struct place place = yaml_text_place(slip->yaml, stop->context_at, 0);
    if (stop->context_at < slip->yaml->file->text.length)
        diagnostics_error(slip->diagnostics, place, STR_NONE,
                          "the %c that begins here is never closed",
                          slip->yaml->file->text.at[stop->context_at]);
    else
        diagnostics_error(slip->diagnostics, place, STR_NONE,
                          "the file ends here, and a { or [ was never closed");
    return ANSWER_SAID;
}

/* Whatever else: libyaml's own words. */
static enum answer slip_other(struct slip *slip)
{
    const struct yaml_stop *stop = slip->stop;
    struct str hint = STR_NONE;
    struct place context = yaml_text_place(slip->yaml, stop->context_at, 0);
    struct place place = yaml_text_place(slip->yaml, stop->at, 0);
    if (stop->context != NULL && context.line != place.line)
        hint =
            str_format(slip->yaml->arena, "%s that begins on line %u", stop->context, context.line);
    else if (stop->context != NULL)
        hint = str_of(stop->context);
    diagnostics_error(slip->diagnostics, place, hint, "not YAML: %s", stop->problem);
    return ANSWER_SAID;
}

bool yaml_slip_explain(struct yaml_text *yaml, const struct yaml_stop *stop,
                       struct diagnostics *diagnostics)
{
    static enum answer (*const slips[])(struct slip *) = {
        slip_tab, slip_flow, slip_colon, slip_beginning, slip_rest, slip_open, slip_other,
    };
    struct slip slip;
    slip_init(&slip, yaml, stop, diagnostics, stop->at);
    enum answer answer = ANSWER_NOT_MINE;
    for (size_t i = 0; answer == ANSWER_NOT_MINE; i++)
        answer = slips[i](&slip);
    return answer == ANSWER_CORRECTED;
}

/* --- what libyaml let pass ---------------------------------------------------------------- */

static bool text_is_cut(struct str text)
{
    size_t at = braces_find(text, 0);
    while (at < text.length) {
        size_t end = braces_end(text, at);
        if (end == 0)
            return true;
        at = braces_find(text, end);
    }
    return false;
}

static void report_quoted(struct yaml_text *yaml, struct place place,
                          struct diagnostics *diagnostics, const char *message)
{
    diagnostics_error(diagnostics, place, yaml_slip_quoted(yaml, yaml_text_at(yaml, place), false),
                      "%s", message);
}

bool yaml_slip_check_key(struct yaml_text *yaml, const struct node *key,
                         struct diagnostics *diagnostics)
{
    if (braces_find(key->text, 0) == key->text.length)
        return true;
    if (!key->is_quoted && text_is_cut(key->text))
        report_quoted(yaml, key->place, diagnostics,
                      "': ' in unquoted text: YAML reads a key before it");
    else
        diagnostics_error(diagnostics, key->place, STR("write $${ for a literal ${"),
                          "a key holds no ${…}");
    return false;
}

bool yaml_slip_check_value(struct yaml_text *yaml, const struct node *value,
                           struct diagnostics *diagnostics)
{
    if (value->is_quoted || !text_is_cut(value->text))
        return true;
    size_t end = yaml_text_at(yaml, value->place) + value->place.length;
    struct str rest = str_from(yaml->file->text, end);
    size_t blanks = 0;
    while (blanks < rest.length && (rest.at[blanks] == ' ' || rest.at[blanks] == '\t'))
        blanks++;
    if (blanks == 0 || blanks == rest.length || rest.at[blanks] != '#')
        return true;
    report_quoted(yaml, value->place, diagnostics,
                  "' #' in unquoted text: YAML reads a comment behind it");
    return false;
}

struct str yaml_slip_quoted(struct yaml_text *yaml, size_t at, bool is_flow)
{
    size_t begin;
    struct yaml_quotes quotes = {.line = yaml_text_line(yaml, at, &begin)};
    quotes.begin = begin;
    size_t from = at - begin < quotes.line.length ? at - begin : quotes.line.length;
    size_t to = is_flow ? yaml_quotes_flow(&quotes, from) : yaml_quotes_block(&quotes, from);
    return to > 0 ? yaml_quotes_show(&quotes, yaml->arena) : STR("quote the whole text");
}

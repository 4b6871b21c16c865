/*
 * Loops: a name, the word `in`, one expression.
 */
#include "routes/loop.h"

#include "routes/spot.h"

static bool name_is_free(struct str name, struct place place, const struct scope *scope)
{
    for (uint32_t i = 0; i < scope->call_count; i++) {
        if (str_equal(scope->calls[i], name)) {
            diagnostics_error(scope->diagnostics, place, STR("choose another name"),
                              "the loop variable '%.*s' would hide the call '%.*s'", STR_ARGS(name),
                              STR_ARGS(name));
            return false;
        }
    }
    for (const struct scope_loop *loop = scope->loops; loop; loop = loop->outer) {
        if (str_equal(loop->name, name)) {
            diagnostics_error(scope->diagnostics, place, STR("choose another name"),
                              "the loop variable '%.*s' would hide the one of the loop around it",
                              STR_ARGS(name));
            return false;
        }
    }
    return scope_check_name(scope->diagnostics, name, place, "loop variable");
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n';
}

static struct str take_word(struct str *rest)
{
    size_t begin = 0;
    while (begin < rest->length && is_blank(rest->at[begin]))
        begin++;
    size_t end = begin;
    while (end < rest->length && !is_blank(rest->at[end]))
        end++;
    struct str word = {rest->at + begin, end - begin};
    while (end < rest->length && is_blank(rest->at[end]))
        end++;
    *rest = str_from(*rest, end);
    return word;
}

static bool form_report(const struct node *node, const char *key, const struct scope *scope)
{
    diagnostics_error(scope->diagnostics, node->place, STR("write: item in ${order.items}"),
                      "'%s' is a name, 'in' and one ${…}", key);
    return false;
}

bool loop_compile(struct arena *arena, const struct node *node, const char *key,
                  struct scope *scope, struct loop *ret_loop)
{
    if (node_is_missing(node))
        return false;
    if (node->kind != NODE_TEXT)
        return form_report(node, key, scope);
    struct str rest = node->text;
    struct str name = take_word(&rest);
    struct str in = take_word(&rest);
    while (rest.length > 0 && is_blank(rest.at[rest.length - 1]))
        rest.length--;
    if (!str_equal(in, STR("in")) || !str_starts_with(rest, STR("${")))
        return form_report(node, key, scope);
    struct loop loop = {.name = name};
    bool is_good = name_is_free(name, spot_of(node, name), scope);
    size_t offset = (size_t)(rest.at - node->text.at);
    if (!text_compile_part(arena, node, offset, rest.length, scope, &loop.source))
        return false;
    if (!loop.source.is_value)
        return form_report(node, key, scope);
    if (is_good)
        *ret_loop = loop;
    return is_good;
}

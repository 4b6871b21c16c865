/*
 * A reader of chains, not of expressions: it need not be right about everything, but it must find
 * the names behind the dots. Loop variables are read first, so that it does not matter where in
 * the file they are used. All depths are bounded.
 */
#include "gateway/rehearsal/sketch.h"

#include "base/arena.h"
#include "base/json/build.h"
#include "config/braces.h"

#define DEPTH_MAXIMUM   32 /* members within members */
#define BRACKET_MAXIMUM 8  /* brackets within brackets that are looked into */

struct chain {
    struct sketch_member *member; /* where it ended */
    size_t end;
    bool has_list; /* a […] was on the way */
};

static void members_scan(struct sketch *sketch, struct str text, struct sketch_member *member,
                         unsigned depth);

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t name_end(struct str text, size_t at)
{
    while (at < text.length &&
           (is_name_start(text.at[at]) || (text.at[at] >= '0' && text.at[at] <= '9')))
        at++;
    return at;
}

/* Behind the quoted piece that begins at `at`. */
static size_t quote_end(struct str text, size_t at)
{
    char quote = text.at[at++];
    while (at < text.length && text.at[at] != quote)
        at += text.at[at] == '\\' ? 2 : 1;
    return at < text.length ? at + 1 : text.length;
}

static bool is_quote(char c)
{
    return c == '\'' || c == '"' || c == '`';
}

/* Behind the bracket that closes the one at `at`. */
static size_t bracket_end(struct str text, size_t at)
{
    int open = 0;
    while (at < text.length) {
        char c = text.at[at];
        if (is_quote(c)) {
            at = quote_end(text, at);
            continue;
        }
        open += (c == '[' || c == '(' || c == '{') - (c == ']' || c == ')' || c == '}');
        at++;
        if (open == 0)
            return at;
    }
    return text.length;
}

static size_t blanks_end(struct str text, size_t at)
{
    while (at < text.length && strchr(" \t\r\n", text.at[at]) != NULL)
        at++;
    return at;
}

static struct str part_of(struct str text, size_t from, size_t to)
{
    return (struct str){text.at + from, to > from ? to - from : 0};
}

static struct sketch_member *member_child(struct sketch *sketch, struct sketch_member *member,
                                          struct str name)
{
    struct sketch_member **link = &member->first;
    if (member->depth == DEPTH_MAXIMUM)
        return member;
    for (; *link != NULL; link = &(*link)->next) {
        if (str_equal((*link)->name, name))
            return *link;
    }
    struct sketch_member *child = sketch_member_new(sketch);
    child->name = name;
    child->depth = member->depth + 1;
    *link = child;
    return child;
}

/* `[]`, `[*]`, `[0]`, `[?…]` lead into a list; anything else in brackets ends the chain. */
static bool bracket_read(struct sketch *sketch, struct str inside, struct chain *chain,
                         unsigned depth)
{
    if (inside.length > 0 && strchr("?*-:0123456789", inside.at[0]) == NULL)
        return false;
    chain->member->is_list = true;
    chain->has_list = true;
    if (inside.length > 0 && inside.at[0] == '?')
        members_scan(sketch, str_from(inside, 1), chain->member, depth + 1);
    return true;
}

/* What follows a name: `.name`, `.{…}`, `[…]`. */
static struct chain chain_read(struct sketch *sketch, struct str text, size_t at,
                               struct sketch_member *member, unsigned depth)
{
    struct chain chain = {.member = member, .end = at};
    while (chain.end < text.length) {
        size_t begin = chain.end;
        char next = begin + 1 < text.length ? text.at[begin + 1] : '\0';
        if (text.at[begin] == '[') {
            size_t end = bracket_end(text, begin);
            if (!bracket_read(sketch, part_of(text, begin + 1, end - 1), &chain, depth))
                break;
            chain.end = end;
        } else if (text.at[begin] == '.' && is_name_start(next)) {
            chain.end = name_end(text, begin + 1);
            chain.member = member_child(sketch, chain.member, part_of(text, begin + 1, chain.end));
        } else if (text.at[begin] == '.' && next == '"') {
            chain.end = quote_end(text, begin + 1);
            chain.member =
                member_child(sketch, chain.member, part_of(text, begin + 2, chain.end - 1));
        } else {
            if (text.at[begin] == '.' && next == '{') {
                chain.end = bracket_end(text, begin + 1);
                members_scan(sketch, part_of(text, begin + 2, chain.end - 1), chain.member,
                             depth + 1);
            }
            break;
        }
    }
    return chain;
}

/* Names inside brackets are members of the element, but for keys and functions. */
static void members_scan(struct sketch *sketch, struct str text, struct sketch_member *member,
                         unsigned depth)
{
    size_t at = 0;
    if (depth > BRACKET_MAXIMUM)
        return;
    while (at < text.length) {
        if (is_quote(text.at[at])) {
            at = quote_end(text, at);
        } else if (is_name_start(text.at[at])) {
            size_t end = name_end(text, at);
            size_t behind = blanks_end(text, end);
            bool is_other =
                behind < text.length && (text.at[behind] == '(' || text.at[behind] == ':');
            if (!is_other)
                end = chain_read(sketch, text, end,
                                 member_child(sketch, member, part_of(text, at, end)), depth)
                          .end;
            at = end;
        } else {
            at++;
        }
    }
}

/* Each root of the name goes the same way; the last one that was found is told. */
static bool root_read(struct sketch *sketch, struct str text, size_t at, struct chain *ret_chain)
{
    size_t end = name_end(text, at);
    struct str name = part_of(text, at, end);
    bool is_found = false;
    for (struct sketch_root *root = sketch->roots; root != NULL; root = root->next) {
        if (!str_equal(root->name, name))
            continue;
        *ret_chain = chain_read(sketch, text, end, root->member, 0);
        is_found = true;
    }
    return is_found;
}

/* Functions whose first argument is a list, and whose result is that list or an element of it. */
static bool is_list_function(struct str name)
{
    static const char *const names[] = {"lookup", "lookup_all", "sort_by", "max_by", "min_by",
                                        "unique", "sort",       "reverse", "sum",    "avg"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_equal(name, str_of(names[i])))
            return true;
    }
    return false;
}

/*
 * lookup(products, 'id', …).name, sort_by(items, &price)[0].sku: the list, what its elements have
 * by the second argument, and what is read of the result. Gives where to read on.
 */
static size_t list_function_read(struct sketch *sketch, struct str text, size_t parenthesis,
                                 struct chain *ret_chain)
{
    struct chain chain;
    size_t at = blanks_end(text, parenthesis + 1);
    if (at == text.length || !is_name_start(text.at[at]) || !root_read(sketch, text, at, &chain))
        return 0;
    if (!chain.has_list)
        chain.member->is_list = true;
    chain.has_list = true;
    *ret_chain = chain;
    at = blanks_end(text, chain.end);
    if (at < text.length && text.at[at] == ',')
        at = blanks_end(text, at + 1);
    if (at < text.length && text.at[at] == '\'') {
        size_t end = quote_end(text, at);
        member_child(sketch, chain.member, part_of(text, at + 1, end - 1));
        at = end;
    } else if (at + 1 < text.length && text.at[at] == '&' && is_name_start(text.at[at + 1])) {
        size_t end = name_end(text, at + 1);
        struct str name = part_of(text, at + 1, end);
        at = chain_read(sketch, text, end, member_child(sketch, chain.member, name), 0).end;
    }
    chain_read(sketch, text, bracket_end(text, parenthesis), chain.member, 0);
    return at;
}

static bool is_root_position(struct str text, size_t at)
{
    if (at == 0)
        return true;
    char before = text.at[at - 1];
    return before != '.' && (before != '&' || (at > 1 && text.at[at - 2] == '&'));
}

/* The first chain of the expression is told, where there is one. */
static bool expression_read(struct sketch *sketch, struct str text, struct chain *ret_first)
{
    bool is_found = false;
    size_t at = 0;
    while (at < text.length) {
        struct chain chain;
        if (is_quote(text.at[at])) {
            at = quote_end(text, at);
            continue;
        }
        if (!is_name_start(text.at[at])) {
            at++;
            continue;
        }
        size_t end = name_end(text, at);
        struct str name = part_of(text, at, end);
        bool is_function = end < text.length && text.at[end] == '(';
        size_t behind = 0;
        if (is_function && is_list_function(name))
            behind = list_function_read(sketch, text, end, &chain);
        else if (!is_function && is_root_position(text, at) && root_read(sketch, text, at, &chain))
            behind = chain.end;
        if (behind > 0 && !is_found)
            *ret_first = chain;
        is_found = is_found || behind > 0;
        at = behind > at ? behind : end;
    }
    return is_found;
}

static void text_read(struct sketch *sketch, struct str text)
{
    struct chain chain;
    for (size_t at = braces_find(text, 0); at < text.length; at = braces_find(text, at)) {
        size_t end = braces_end(text, at);
        if (end == 0)
            return;
        expression_read(sketch, part_of(text, at + 2, end - 1), &chain);
        at = end;
    }
}

/* "item in ${order.items}": `item` is an element. A chain without […] is itself the list. */
static void loop_read(struct sketch *sketch, struct str text)
{
    struct chain chain;
    size_t at = braces_find(text, 0);
    size_t end = at < text.length ? braces_end(text, at) : 0;
    if (end == 0 || !expression_read(sketch, part_of(text, at + 2, end - 1), &chain))
        return;
    if (!chain.has_list)
        chain.member->is_list = true;
    sketch_add_root(sketch, part_of(text, 0, name_end(text, 0)), chain.member);
}

/* The document bounds how deep nodes lie within each other. */
static void nodes_read(struct sketch *sketch, const struct node *node, bool reads_loops)
{
    if (node->kind == NODE_TEXT && !reads_loops)
        text_read(sketch, node->text);
    for (uint32_t i = 0; node->kind != NODE_TEXT && i < node->count; i++) {
        const struct node *key = node->entries[i].key, *value = node->entries[i].value;
        bool is_loop = key != NULL && value->kind == NODE_TEXT &&
                       (str_equal(key->text, STR("each")) || str_equal(key->text, STR("$each")));
        if (is_loop && reads_loops)
            loop_read(sketch, value->text);
        nodes_read(sketch, value, reads_loops);
    }
}

void sketch_add_root(struct sketch *sketch, struct str name, struct sketch_member *member)
{
    struct sketch_root *root = arena_new(sketch->arena, struct sketch_root);
    *root = (struct sketch_root){sketch->roots, name, member};
    sketch->roots = root;
}

struct sketch_member *sketch_member_new(struct sketch *sketch)
{
    return arena_new(sketch->arena, struct sketch_member);
}

void sketch_read(struct sketch *sketch, const struct node *node)
{
    nodes_read(sketch, node, true);
    nodes_read(sketch, node, false);
}

struct json sketch_json(struct sketch *sketch, const struct sketch_member *member, bool is_root)
{
    struct json value = json_from_integer(sketch->arena, 1);
    if (member->first != NULL || (is_root && !member->is_list)) {
        struct json_builder object = json_builder_in(sketch->arena);
        for (const struct sketch_member *child = member->first; child; child = child->next)
            json_builder_set_named(&object, child->name, sketch_json(sketch, child, false));
        value = json_builder_object(&object);
    }
    if (!member->is_list)
        return value;
    struct json_builder list = json_builder_in(sketch->arena);
    json_builder_add(&list, value);
    return json_builder_array(&list);
}

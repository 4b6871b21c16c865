/*
 * From a first name to a slot or a constant. One table says which names there are, what they need
 * behind them, and which slot they become; calls, loops, env and file are asked for by hand.
 */
#include "config/scope.h"

#include "base/arena.h"
#include "base/json/make.h"
#include "base/list.h"
#include "config/environment.h"

#include <ctype.h>

struct first_name {
    const char *name;
    enum slot_kind kind;
    bool takes_name; /* `query.page` is a slot of its own */
};

static const struct first_name first_names[] = {
    {"path", SLOT_PATH, true},        {"query", SLOT_QUERY, true},
    {"queries", SLOT_QUERIES, true},  {"headers", SLOT_HEADER, true},
    {"cookies", SLOT_COOKIE, true},   {"body", SLOT_BODY, false},
    {"request", SLOT_REQUEST, false},
};

#define FIRST_NAME_COUNT (sizeof(first_names) / sizeof(*first_names))

static const char *const reserved[] = {
    "path",    "query", "queries", "headers",  "cookies", "body",
    "request", "meta",  "env",     "response", "file",
};

static const char *const request_members[] = {"method", "path", "query", "id", "remote_address"};

#define COUNT_OF(table) (sizeof(table) / sizeof(*(table)))

/* --- slots -------------------------------------------------------------------------------- */

static uint32_t slot_table_add(struct slot_table *slots, struct slot slot)
{
    if (slots->count == slots->room) {
        uint32_t room = slots->room ? slots->room * 2 : 8;
        struct slot *list = arena_array(slots->arena, struct slot, room);
        if (slots->count > 0)
            memcpy(list, slots->list, slots->count * sizeof(*list));
        slots->list = list;
        slots->room = room;
    }
    slot.name = str_copy(slots->arena, slot.name);
    slots->list[slots->count] = slot;
    return slots->count++;
}

uint32_t slot_table_slot(struct slot_table *slots, enum slot_kind kind, struct str name,
                         uint32_t index)
{
    for (uint32_t i = 0; i < slots->count; i++) {
        const struct slot *slot = &slots->list[i];
        if (slot->kind == kind && slot->index == index && str_equal(slot->name, name))
            return i;
    }
    return slot_table_add(slots, (struct slot){.kind = kind, .name = name, .index = index});
}

uint32_t slot_table_add_loop(struct slot_table *slots, struct str name)
{
    return slot_table_add(slots, (struct slot){.kind = SLOT_LOOP, .name = name});
}

/* --- mistakes ----------------------------------------------------------------------------- */

/* Everything a name could have meant here. */
static struct str name_hint(const struct scope *scope, struct arena *arena, struct str name)
{
    struct str names[256];
    size_t count = 0;
    for (uint32_t i = 0; i < scope->call_count && count < COUNT_OF(names); i++)
        names[count++] = scope->calls[i];
    for (const struct scope_loop *loop = scope->loops; loop != NULL && count < COUNT_OF(names);
         loop = loop->outer)
        names[count++] = loop->name;
    for (size_t i = 0; i < COUNT_OF(reserved) && count < COUNT_OF(names); i++) {
        if (strcmp(reserved[i], "response") != 0)
            names[count++] = str_of(reserved[i]);
    }
    return diagnostic_did_you_mean(arena, name, names, count);
}

static bool refuse(struct jmespath_error *ret_error, size_t at, struct str name, struct str message,
                   struct str hint)
{
    *ret_error =
        (struct jmespath_error){.at = at, .length = name.length, .message = message, .hint = hint};
    return false;
}

/* `customer` is known, but not in this place of the file. */
static bool refuse_here(const struct scope *scope, size_t at, struct str name,
                        struct jmespath_error *ret_error)
{
    struct arena *arena = scope->slots->arena;
    struct str message = str_format(arena, "'%.*s' cannot stand %s", STR_ARGS(name),
                                    scope->purpose != NULL ? scope->purpose : "here");
    struct str hint = scope->allowed == SCOPE_NONE ? STR("only env.NAME and file('…') are known")
                      : (scope->allowed & SCOPE_CALLS) == 0
                          ? STR("only what the client sent is known there")
                          : STR_NONE;
    return refuse(ret_error, at, name, message, hint);
}

static bool is_allowed(const struct scope *scope, enum slot_kind kind)
{
    return (scope->allowed & 1u << kind) != 0;
}

/* --- names -------------------------------------------------------------------------------- */

static bool bind_slot(struct scope *scope, enum slot_kind kind, struct str name, uint32_t index,
                      unsigned names, struct jmespath_binding *ret_binding)
{
    *ret_binding = (struct jmespath_binding){
        .names = names, .slot = slot_table_slot(scope->slots, kind, name, index)};
    return true;
}

static bool index_of(const struct str *list, uint32_t count, struct str name, uint32_t *ret_index)
{
    for (uint32_t i = 0; i < count; i++) {
        if (str_equal(list[i], name)) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

static bool bind_parameter(struct scope *scope, struct str name, size_t at,
                           struct jmespath_binding *ret_binding, struct jmespath_error *ret_error)
{
    struct arena *arena = scope->slots->arena;
    uint32_t index;
    if (index_of(scope->parameters, scope->parameter_count, name, &index))
        return bind_slot(scope, SLOT_PATH, name, index, 2, ret_binding);
    struct str hint =
        diagnostic_did_you_mean(arena, name, scope->parameters, scope->parameter_count);
    if (str_is_empty(hint) && scope->parameter_count > 0)
        hint = str_format(arena, "it has {%.*s}", STR_ARGS(scope->parameters[0]));
    return refuse(ret_error, at, name,
                  str_format(arena, "the pattern has no parameter '%.*s'", STR_ARGS(name)), hint);
}

static bool check_request_member(struct scope *scope, struct str name, size_t at,
                                 struct jmespath_error *ret_error)
{
    struct str names[COUNT_OF(request_members)];
    for (size_t i = 0; i < COUNT_OF(request_members); i++) {
        names[i] = str_of(request_members[i]);
        if (str_equal(name, names[i]))
            return true;
    }
    struct arena *arena = scope->slots->arena;
    struct str hint = diagnostic_did_you_mean(arena, name, names, COUNT_OF(request_members));
    if (str_is_empty(hint))
        hint = STR("it has method, path, query, id, remote_address");
    return refuse(ret_error, at, name, str_format(arena, "'request' has no '%.*s'", STR_ARGS(name)),
                  hint);
}

/* headers.accept_language and headers."accept-language" are the field accept-language. */
static struct str header_name(struct arena *arena, struct str name)
{
    char *text = arena_bytes(arena, name.length + 1);
    for (size_t i = 0; i < name.length; i++)
        text[i] = name.at[i] == '_' ? '-' : (char)tolower((unsigned char)name.at[i]);
    text[name.length] = '\0';
    return (struct str){text, name.length};
}

/* Where names[1] begins: behind names[0] and its dot. Exact where nobody put blanks between. */
static size_t second_at(const struct str *names, size_t at)
{
    return at + names[0].length + 1;
}

static bool bind_first_name(struct scope *scope, const struct first_name *first,
                            const struct str *names, unsigned count, size_t at,
                            struct jmespath_binding *ret_binding, struct jmespath_error *ret_error)
{
    if (!is_allowed(scope, first->kind))
        return refuse_here(scope, at, names[0], ret_error);
    if (first->kind == SLOT_REQUEST && count == 2 &&
        !check_request_member(scope, names[1], second_at(names, at), ret_error))
        return false;
    if (!first->takes_name || count < 2)
        return bind_slot(scope, first->kind, STR_NONE, 0, 1, ret_binding);
    if (first->kind == SLOT_PATH)
        return bind_parameter(scope, names[1], second_at(names, at), ret_binding, ret_error);
    struct str name =
        first->kind == SLOT_HEADER ? header_name(scope->slots->arena, names[1]) : names[1];
    return bind_slot(scope, first->kind, name, 0, 2, ret_binding);
}

static bool bind_meta(struct scope *scope, const struct str *names, unsigned count, size_t at,
                      struct jmespath_binding *ret_binding, struct jmespath_error *ret_error)
{
    struct arena *arena = scope->slots->arena;
    if (!is_allowed(scope, SLOT_META))
        return refuse_here(scope, at, names[0], ret_error);
    if (count < 2)
        return refuse(ret_error, at, names[0], STR("'meta' wants the name of a call behind it"),
                      STR("write meta.CALL.status"));
    uint32_t index;
    if (index_of(scope->calls, scope->call_count, names[1], &index))
        return bind_slot(scope, SLOT_META, names[1], index, 2, ret_binding);
    return refuse(ret_error, second_at(names, at), names[1],
                  str_format(arena, "there is no call '%.*s'", STR_ARGS(names[1])),
                  diagnostic_did_you_mean(arena, names[1], scope->calls, scope->call_count));
}

static bool bind_env(struct scope *scope, const struct str *names, unsigned count, size_t at,
                     struct jmespath_binding *ret_binding, struct jmespath_error *ret_error)
{
    struct arena *arena = scope->slots->arena;
    if (count < 2)
        return refuse(ret_error, at, names[0], STR("'env' wants a name behind it"),
                      STR("write env.NAME"));
    struct str value;
    const char *why = environment_variable(scope->environment, names[1], &value);
    if (why != NULL)
        return refuse(
            ret_error, second_at(names, at), names[1],
            str_format(arena, "the environment variable '%.*s' %s", STR_ARGS(names[1]), why),
            STR_NONE);
    *ret_binding =
        (struct jmespath_binding){.names = 2, .is_constant = true, .constant = json_decoded(value)};
    return true;
}

static const struct scope_loop *loop_find(const struct scope *scope, struct str name)
{
    const struct scope_loop *loop = scope->loops;
    while (loop != NULL && !str_equal(loop->name, name))
        loop = loop->outer;
    return loop;
}

static bool scope_resolve(struct jmespath_resolver *resolver, const struct str *names,
                          unsigned count, size_t at, struct jmespath_binding *ret_binding,
                          struct jmespath_error *ret_error)
{
    struct scope *scope = container_of(resolver, struct scope, resolver);
    for (size_t i = 0; i < FIRST_NAME_COUNT; i++) {
        if (str_equal(names[0], str_of(first_names[i].name)))
            return bind_first_name(scope, &first_names[i], names, count, at, ret_binding,
                                   ret_error);
    }
    if (str_equal(names[0], STR("meta")))
        return bind_meta(scope, names, count, at, ret_binding, ret_error);
    if (str_equal(names[0], STR("env")))
        return bind_env(scope, names, count, at, ret_binding, ret_error);
    if (str_equal(names[0], STR("file")))
        return refuse(ret_error, at, names[0], STR("'file' wants the name of a file"),
                      STR("write file('key.txt')"));
    const struct scope_loop *loop = loop_find(scope, names[0]);
    if (loop != NULL) {
        *ret_binding =
            (struct jmespath_binding){.names = 1, .slot = loop->slot, .varies = loop->varies};
        return true;
    }
    uint32_t index;
    if (!index_of(scope->calls, scope->call_count, names[0], &index)) {
        struct arena *arena = scope->slots->arena;
        return refuse(ret_error, at, names[0],
                      str_format(arena, "unknown name '%.*s'", STR_ARGS(names[0])),
                      name_hint(scope, arena, names[0]));
    }
    if (!is_allowed(scope, SLOT_CALL))
        return refuse_here(scope, at, names[0], ret_error);
    return bind_slot(scope, SLOT_CALL, names[0], index, 1, ret_binding);
}

static bool scope_constant_call(struct jmespath_resolver *resolver, struct str function,
                                struct str argument, size_t at, struct json *ret_value,
                                struct jmespath_error *ret_error, bool *ret_failed)
{
    struct scope *scope = container_of(resolver, struct scope, resolver);
    if (!str_equal(function, STR("file")))
        return false;
    struct str text;
    const char *why = environment_file(scope->environment, scope->file, argument, &text);
    if (why != NULL) {
        struct str message =
            str_format(scope->slots->arena, "the file '%.*s' %s", STR_ARGS(argument), why);
        refuse(ret_error, at, function, message, STR_NONE);
        *ret_failed = true;
        return false;
    }
    *ret_value = json_decoded(text);
    return true;
}

void scope_init(struct scope *scope, struct slot_table *slots, struct environment *environment,
                struct diagnostics *diagnostics, unsigned allowed)
{
    *scope =
        (struct scope){.resolver = {.resolve = scope_resolve, .constant_call = scope_constant_call},
                       .slots = slots,
                       .environment = environment,
                       .diagnostics = diagnostics,
                       .allowed = allowed};
}

/* --- what may be a name ------------------------------------------------------------------- */

static bool name_is_spelt(struct str name)
{
    for (size_t i = 0; i < name.length; i++) {
        unsigned char byte = (unsigned char)name.at[i];
        bool is_fit = byte < 0x80 && (isalpha(byte) || (i > 0 && (isdigit(byte) || byte == '_')));
        if (!is_fit)
            return false;
    }
    return !str_is_empty(name);
}

/* The name with `_` for each dash; empty where that does not help. */
static struct str name_with_underscores(struct arena *arena, struct str name)
{
    char *text = arena_bytes(arena, name.length + 1);
    for (size_t i = 0; i < name.length; i++)
        text[i] = name.at[i] == '-' ? '_' : name.at[i];
    struct str spelt = {text, name.length};
    return name_is_spelt(spelt) ? spelt : STR_NONE;
}

bool scope_check_name(struct diagnostics *diagnostics, struct str name, struct place place,
                      const char *noun)
{
    if (!name_is_spelt(name)) {
        struct str spelt = name_with_underscores(diagnostics->arena, name);
        struct str hint = STR("a name is letters, digits and _, and begins with a letter");
        if (!str_is_empty(spelt))
            hint = str_format(diagnostics->arena, "write '%.*s'", STR_ARGS(spelt));
        diagnostics_error(diagnostics, place, hint, "'%.*s' cannot be the name of a %s",
                          STR_ARGS(name), noun);
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(reserved); i++) {
        if (str_equal(name, str_of(reserved[i]))) {
            diagnostics_error(diagnostics, place, STR("expressions begin with it"),
                              "'%.*s' is reserved and cannot be the name of a %s", STR_ARGS(name),
                              noun);
            return false;
        }
    }
    return true;
}

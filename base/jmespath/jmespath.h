/*
 * JMESPath (jmespath.org, the whole public specification), compiled once, evaluated often.
 *
 * Beyond the specification there are six functions (lookup, lookup_all, unique, split, replace,
 * now) and *binding*: the names that an expression begins with may be resolved, at compile time,
 * to numbered slots of a frame. `order.items[?id == x]` then reads slot 3, never a member named
 * "order" of some root; names behind a `.`, inside `[?…]`, in `&…` and after `|` look inside the
 * current element and are not bound.
 */
#ifndef BRAID_BASE_JMESPATH_JMESPATH_H
#define BRAID_BASE_JMESPATH_JMESPATH_H

#include "base/clock.h"
#include "base/json/json.h"

struct arena;
struct ast;
struct jmespath; /* a compiled expression; const, in arena */

/* What is wrong and where, in bytes from the beginning of the expression; length 0 at its end. */
struct jmespath_error {
    size_t at;
    size_t length;
    struct str message; /* in arena; one clause, lower case, no full stop */
    struct str hint;    /* in arena; what to write instead; empty where there is nothing to say */
};

/*
 * Compiles without binding: names are members of the root. Text is kept. NULL and *ret_error when
 * it is no JMESPath; unknown functions and wrong numbers of arguments are found here.
 */
struct jmespath *jmespath_compile(struct arena *arena, struct str text,
                                  struct jmespath_error *ret_error);

/* --- binding ------------------------------------------------------------------------------ */

struct jmespath_binding {
    unsigned names;   /* how many of the offered names it stands for: 1 or 2 */
    bool is_constant; /* then `constant` replaces them, otherwise `slot` */
    bool varies;      /* the slot changes while a template is written (a loop variable) */
    uint32_t slot;
    struct json constant;
};

/* Embedded by who knows the names; found back with container_of. */
struct jmespath_resolver {
    /*
     * Called for each name at the beginning of an expression. names[0] is that name, names[1]
     * (where count is 2) the name behind its first dot; `at` is the place of names[0] in the text.
     * false and *ret_error where the name means nothing here.
     */
    bool (*resolve)(struct jmespath_resolver *resolver, const struct str *names, unsigned count,
                    size_t at, struct jmespath_binding *ret_binding,
                    struct jmespath_error *ret_error);

    /*
     * A function call whose first name is `function` and whose only argument is a literal text,
     * e.g. file('ca.pem'); true when it was resolved to a constant. May be NULL.
     */
    bool (*constant_call)(struct jmespath_resolver *resolver, struct str function,
                          struct str argument, size_t at, struct json *ret_value,
                          struct jmespath_error *ret_error, bool *ret_failed);

    /* In a loop: what mentions no varying slot is computed once per frame and kept in a memo. */
    bool is_in_loop;
    uint32_t memo_count; /* raised by each memo that an expression needs */
};

/*
 * Compiles and binds. Beyond jmespath_compile it is an error to begin with `@`, `*` or `[`
 * (except a multi-select list whose expressions begin with names).
 */
struct jmespath *jmespath_compile_bound(struct arena *arena, struct str text,
                                        struct jmespath_resolver *resolver,
                                        struct jmespath_error *ret_error);

/* The expression is nothing but one slot: its value is passed on as it is. */
bool jmespath_is_slot(const struct jmespath *expression, uint32_t *ret_slot);

/* The expression is nothing but a constant. */
bool jmespath_is_constant(const struct jmespath *expression, struct json *ret_value);

/* The whole tree (base/jmespath/ast.h), for who thinks about expressions without a value. */
const struct ast *jmespath_tree(const struct jmespath *expression);

/* The slots that are read, each once, in order of appearance. */
const uint32_t *jmespath_slots(const struct jmespath *expression, size_t *ret_count);

/*
 * The names that are looked up inside the current element though a reader may mean a first name
 * (fields in [?…], &…, after | and within .[…], .{…}, .f(…), but not directly behind a `.`), for
 * warnings. Only of bound expressions.
 */
struct jmespath_inner_name {
    struct str name;
    size_t at;
    bool is_quoted_comparand; /* "name" on the right of a comparator: perhaps 'name' is meant */
};
const struct jmespath_inner_name *jmespath_inner_names(const struct jmespath *expression,
                                                       size_t *ret_count);

/* --- evaluating --------------------------------------------------------------------------- */

struct jmespath_frame {
    struct arena *arena;            /* results; bounded: an evaluation that exceeds it fails */
    struct json root;               /* for unbound expressions */
    const struct json *slots;       /* for bound ones; read with an index where they are entered */
    struct json *memos;             /* memo_count of them, or NULL; JMESPATH_MEMO_NONE at first */
    struct jmespath_index *indexes; /* of lookup(); NULL at first, in arena */
    uint64_t steps_left;            /* work an evaluation may do; runs out = it fails */
    usec wall;                      /* what now() answers */
};

/* Not computed yet. A computation that failed is kept with the same type and another form. */
#define JMESPATH_MEMO_NONE ((struct json){.type = JSON_TYPE_COUNT})

#define JMESPATH_STEPS_DEFAULT ((uint64_t)20 * 1000 * 1000)

/*
 * false when it cannot be evaluated (a type error of a function, a bound exceeded): *ret_value is
 * then null, and *ret_why (may be NULL) a static word: "invalid-type", "invalid-value", "limit".
 */
bool jmespath_evaluate(const struct jmespath *expression, struct jmespath_frame *frame,
                       struct json *ret_value, const char **ret_why);

/* JMESPath's truth: null, false, "", [] and {} are false. */
bool jmespath_truth(struct json value);

#endif

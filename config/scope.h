/*
 * Which names an expression may begin with, in one place of the file, and what they become.
 *
 * Every name that is used gets a numbered slot in the table of its route, so at run time there
 * are no names, only an array of values. `env.NAME` and `file('…')` become constants here.
 */
#ifndef BRAID_CONFIG_SCOPE_H
#define BRAID_CONFIG_SCOPE_H

#include "base/jmespath/jmespath.h"
#include "config/diagnostic.h"
#include "config/environment.h"

/* What must be put into a slot at run time. */
enum slot_kind {
    SLOT_PATH,    /* a parameter of the pattern, decoded; no name: an object of all */
    SLOT_QUERY,   /* the first value of a parameter; no name: an object of all */
    SLOT_QUERIES, /* all values of a parameter as an array; no name: an object of all */
    SLOT_HEADER,  /* a field of the client's request; no name: an object of all */
    SLOT_COOKIE,  /* a cookie; no name: an object of all */
    SLOT_BODY,    /* the client's JSON body */
    SLOT_REQUEST, /* {method, path, query, id, remote_address} */
    SLOT_CALL,    /* the value of call `index` */
    SLOT_META,    /* {status, source, age, headers, reason} of call `index` */
    SLOT_LOOP,    /* a loop variable; whoever loops sets it */
    SLOT_KIND_COUNT
};

struct slot {
    enum slot_kind kind;
    struct str name; /* header names in lower case with `-` */
    uint32_t index;  /* SLOT_CALL, SLOT_META: of the call; SLOT_PATH: of the parameter */
    bool is_entered; /* some expression looks inside it (otherwise only whole copies) */
};

/* One per route. The frame of an exchange has `count` slots and `memo_count` memos. */
struct slot_table {
    struct arena *arena;
    struct slot *list;
    uint32_t count;
    uint32_t room;
    uint32_t memo_count;
};

struct scope_loop {
    struct str name;
    uint32_t slot;
    bool varies; /* a `$each` of a template: set many times for one frame */
    const struct scope_loop *outer;
};

struct scope {
    struct jmespath_resolver resolver; /* set by scope_init */
    struct slot_table *slots;
    struct environment *environment;
    struct diagnostics *diagnostics;
    unsigned allowed;        /* 1u << SLOT_…: what may be mentioned here */
    const struct str *calls; /* names of the route's calls, in the file's order */
    uint32_t call_count;
    const struct str *parameters; /* names of the pattern's parameters */
    uint32_t parameter_count;
    const struct scope_loop *loops; /* innermost first, or NULL */
    const char *purpose;            /* for messages: "in `when` of an alternative" */
    const struct source_file *file; /* `file('…')` is relative to it; set by text_compile */
};

#define SCOPE_CLIENT                                                                               \
    (1u << SLOT_PATH | 1u << SLOT_QUERY | 1u << SLOT_QUERIES | 1u << SLOT_HEADER |                 \
     1u << SLOT_COOKIE | 1u << SLOT_BODY | 1u << SLOT_REQUEST)
#define SCOPE_CALLS (1u << SLOT_CALL | 1u << SLOT_META)
#define SCOPE_ALL   (SCOPE_CLIENT | SCOPE_CALLS)
#define SCOPE_NONE  0u /* constants only */

/* Keeps all that is pointed at. No calls, parameters or loops yet: the caller sets them. */
void scope_init(struct scope *scope, struct slot_table *slots, struct environment *environment,
                struct diagnostics *diagnostics, unsigned allowed);

/* The slot for (kind, name, index): the one that is there, or a new one. */
uint32_t slot_table_slot(struct slot_table *slots, enum slot_kind kind, struct str name,
                         uint32_t index);

/* A slot of its own for a loop variable. */
uint32_t slot_table_add_loop(struct slot_table *slots, struct str name);

/*
 * A name of a call, parameter or loop variable: [A-Za-z][A-Za-z0-9_]*, not reserved. Otherwise an
 * error at `place` (a dash is answered with the name spelt with `_`) and false. `noun` is "call",
 * "parameter", "loop variable".
 */
bool scope_check_name(struct diagnostics *diagnostics, struct str name, struct place place,
                      const char *noun);

#endif

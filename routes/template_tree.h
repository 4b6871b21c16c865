/*
 * What a template is compiled to: private to those who build, write and lint templates.
 *
 * Whatever is known at load is text already: a run of constant members or elements is one piece,
 * with its leading comma; the key of a member is `,"name":`. Writing drops the comma of the first.
 */
#ifndef BRAID_ROUTES_TEMPLATE_TREE_H
#define BRAID_ROUTES_TEMPLATE_TREE_H

#include "routes/template.h"

enum template_kind {
    TEMPLATE_CONSTANT,
    TEMPLATE_SLOT, /* exactly one slot: its value goes on as it is */
    TEMPLATE_TEXT,
    TEMPLATE_OBJECT,
    TEMPLATE_ARRAY,
    TEMPLATE_EACH,
    TEMPLATE_KIND_COUNT
};

enum piece_kind {
    PIECE_CONSTANT, /* `lead` is all of it */
    PIECE_VALUE,
    PIECE_OPTIONAL, /* left out when null */
    PIECE_SPREAD,
    PIECE_KIND_COUNT
};

struct template_piece {
    enum piece_kind kind;
    struct str lead;
    const struct template *value;
    uint32_t spread; /* which of the mapping's spreads */
};

#define TEMPLATE_SPREADS_MAXIMUM 16 /* of one mapping; all are evaluated before one is written */

struct template
{
    enum template_kind kind;
    struct place place;
    struct str constant;            /* TEMPLATE_CONSTANT: its JSON */
    struct json value;              /* the same, indexed */
    struct text text;               /* TEMPLATE_SLOT, TEMPLATE_TEXT; TEMPLATE_EACH: the array */
    uint32_t slot;                  /* TEMPLATE_SLOT; TEMPLATE_EACH: of the loop variable */
    const struct template *element; /* TEMPLATE_EACH */
    struct template_piece *pieces;  /* TEMPLATE_OBJECT, TEMPLATE_ARRAY */
    uint32_t piece_count;
    uint32_t spread_count;
    struct str *names; /* of the members written beside a spread, which win over it */
    uint32_t name_count;
    uint64_t name_lengths; /* bit n: a name of n bytes (63: or more) */
};

static inline uint64_t template_length_bit(struct str name)
{
    return 1ull << (name.length < 63 ? name.length : 63);
}

#endif

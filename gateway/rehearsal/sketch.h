/*
 * What a route reads of the values it is given, as a tree of members: `order.items[].sku` makes
 * `order` an object whose `items` are a list of objects that have a `sku`. Taken from the texts of
 * the file: chains of names, `[…]`, the lookups, the loop variables of `each` and `$each`.
 */
#ifndef BRAID_GATEWAY_REHEARSAL_SKETCH_H
#define BRAID_GATEWAY_REHEARSAL_SKETCH_H

#include "base/json/json.h"
#include "config/node.h"

struct sketch_member {
    struct sketch_member *next; /* beside it */
    struct sketch_member *first;
    struct str name;
    bool is_list; /* the children are those of its elements */
    unsigned depth;
};

/* A name that an expression can begin with, and what it stands for. */
struct sketch_root {
    struct sketch_root *next;
    struct str name;
    struct sketch_member *member;
};

struct sketch {
    struct arena *arena;
    struct sketch_root *roots;
};

/* A root of that name; several may have one name, and share it then. */
void sketch_add_root(struct sketch *sketch, struct str name, struct sketch_member *member);

struct sketch_member *sketch_member_new(struct sketch *sketch);

/* Everything below the node. */
void sketch_read(struct sketch *sketch, const struct node *node);

/* The member as a value, in arena: 1 where nothing is below it, but an object at the root. */
struct json sketch_json(struct sketch *sketch, const struct sketch_member *member, bool is_root);

#endif

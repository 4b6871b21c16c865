/*
 * A piece of the file as JSON: for showing what it says, not for reading it.
 */
#ifndef BRAID_CONFIG_NODE_JSON_H
#define BRAID_CONFIG_NODE_JSON_H

#include "config/node.h"

struct arena;

/* Scalars as node_scalar() has them, a `${…}` as its text. In arena; the node's texts are kept. */
struct json node_json(struct arena *arena, const struct node *node);

#endif

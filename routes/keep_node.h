/*
 * Keys of the file that are read later, with a scope: their nodes are kept.
 */
#ifndef BRAID_ROUTES_KEEP_NODE_H
#define BRAID_ROUTES_KEEP_NODE_H

#include "config/schema.h"

/* A reader for KEY_CUSTOM: a const struct node *. */
static inline bool keep_node(struct reader *reader, const struct node *node, void *into)
{
    (void)reader;
    *(const struct node **)into = node;
    return true;
}

#endif

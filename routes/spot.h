/*
 * The place of a piece that was cut out of a node's text, for messages.
 */
#ifndef BRAID_ROUTES_SPOT_H
#define BRAID_ROUTES_SPOT_H

#include "config/node.h"

/* `piece` points into node->text. */
static inline struct place spot_of(const struct node *node, struct str piece)
{
    return node_place(node, (size_t)(piece.at - node->text.at), piece.length);
}

#endif

/*
 * `expose`: what an answer tells its client of how it was made.
 */
#ifndef BRAID_CONFIG_EXPOSE_H
#define BRAID_CONFIG_EXPOSE_H

#include "config/reader.h"

#define EXPOSE_SERVER_TIMING (1u << 0)
#define EXPOSE_CACHE_STATUS  (1u << 1)

/* A reader for KEY_CUSTOM: a list of words into an unsigned, EXPOSE_… or-ed together. */
bool expose_read(struct reader *reader, const struct node *node, void *into);

#endif

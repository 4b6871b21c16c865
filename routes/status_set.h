/*
 * Lists of statuses in the file: `accept: [200, 422]`.
 */
#ifndef BRAID_ROUTES_STATUS_SET_H
#define BRAID_ROUTES_STATUS_SET_H

#include "config/schema.h"

/* A reader for KEY_CUSTOM: a struct status_set, from a list of statuses from 200 to 599. */
bool status_set_read(struct reader *reader, const struct node *node, void *into);

#endif

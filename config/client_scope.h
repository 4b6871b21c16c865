/*
 * The scope for what a service says of every request: what the client sent, and constants. It is
 * for checking only: its slots belong to no route.
 */
#ifndef BRAID_CONFIG_CLIENT_SCOPE_H
#define BRAID_CONFIG_CLIENT_SCOPE_H

#include "config/reader.h"
#include "config/scope.h"

/* Everything is in the reader's arena. `purpose` is kept. */
void client_scope_init(struct scope *scope, const struct reader *reader, const char *purpose);

#endif

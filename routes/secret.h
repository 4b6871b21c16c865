/*
 * What `env` and `file` gave is never shown to people, wherever it went.
 */
#ifndef BRAID_ROUTES_SECRET_H
#define BRAID_ROUTES_SECRET_H

#include "config/config.h"

/* Some constant of the environment or a file stands in the text. */
bool secret_is_in(const struct config *config, struct str text);

#endif

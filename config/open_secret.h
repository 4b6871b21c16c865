/*
 * Secrets that are written out in the file, where everybody reads them who reads the file.
 */
#ifndef BRAID_CONFIG_OPEN_SECRET_H
#define BRAID_CONFIG_OPEN_SECRET_H

#include "config/node.h"

/* The name is one of a secret: authorization, x-api-key, clientSecret. */
bool open_secret_is_name(struct str name);

/*
 * Warns (`secret-in-file`) where `name` is one of a secret (authorization, x-api-key, clientSecret)
 * and `value` is a text without any `${…}`.
 */
void open_secret_check(struct str name, const struct node *value, struct diagnostics *diagnostics);

#endif

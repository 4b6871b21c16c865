/*
 * Where a `${…}` ends: at the `}` that closes it. Braces are counted; those inside '…', "…" and
 * `…` are not, and there a backslash takes the next byte with it.
 */
#ifndef BRAID_CONFIG_BRACES_H
#define BRAID_CONFIG_BRACES_H

#include "base/str.h"

/* The index of the next `${` at or after `from` that is no `$${`; text.length: none. */
size_t braces_find(struct str text, size_t from);

/* A `${` begins at `at`. */
bool braces_are_at(struct str text, size_t at);

/* The index behind the `}` that closes the `${` at `at`; 0 where nothing closes it. */
size_t braces_end(struct str text, size_t at);

#endif

/*
 * Which header fields a file may set or forward by name. Those that belong to one connection, that
 * frame a message, or that the gateway writes itself are not for the file.
 */
#ifndef BRAID_CONFIG_HEADER_NAME_H
#define BRAID_CONFIG_HEADER_NAME_H

#include "config/node.h"

/* false, and *ret_why one clause, for no token, hop-by-hop fields (RFC 9110 7.6.1), host,
   content-length, forwarded and x-forwarded-*. */
bool header_is_settable(struct str name, const char **ret_why);

/* The same for a key or an element of the file: the mistake is reported there. */
bool header_name_check(struct diagnostics *diagnostics, const struct node *node);

#endif

/*
 * Reading the JSON of a running braid's admin listener, for the commands that look at one.
 */
#ifndef BRAID_GATEWAY_MAIN_ADMIN_CLIENT_H
#define BRAID_GATEWAY_MAIN_ADMIN_CLIENT_H

#include "base/json/json.h"

#define ADMIN_ADDRESS "127.0.0.1:9901"
#define ADMIN_ANSWER  ((size_t)64 * 1024 * 1024) /* bytes; what is longer is refused */

struct admin_client;

/*
 * `address`: host:port, [::1]:port or unix:/path. NULL: one line about it was printed to stderr.
 * The caller owns it.
 */
struct admin_client *admin_client_new(const char *address);
void admin_client_free(struct admin_client *client);

/*
 * The document at `path` and its status, all in arena; 404 is no mistake, its document is a problem
 * document. false: *ret_why is one clause for people, in arena.
 */
bool admin_client_get(struct admin_client *client, struct arena *arena, struct str path,
                      struct json *ret_document, int *ret_status, struct str *ret_why);

/* --- members of what was read, which may be missing --------------------------------------- */

/* A member as text, "" where there is none; control characters are blanks. In arena. */
struct str admin_text(struct arena *arena, struct json object, const char *name);
/* 0 where there is none; -1 where it is null. */
double admin_number(struct json object, const char *name);
/* An empty array where there is none. */
struct json admin_list(struct json object, const char *name);

#endif

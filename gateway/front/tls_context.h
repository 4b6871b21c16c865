/*
 * What TLS clients of one listener are met with: certificates, protocol versions, ciphers, keys of
 * tickets. Made once of the files, never changed, shared by all workers; when the files change,
 * another one is made (tls_identity.h).
 */
#ifndef BRAID_GATEWAY_FRONT_TLS_CONTEXT_H
#define BRAID_GATEWAY_FRONT_TLS_CONTEXT_H

#include "config/address.h"

struct ssl_st;
struct tls_context;

struct tls_mistake {
    struct place place; /* of the file's name */
    char text[512];     /* one clause */
};

/*
 * Reads the files; borrows `files`. NULL, and what is wrong, where they are no certificates or the
 * key is another one's.
 */
struct tls_context *tls_context_new(const struct listener_tls *files,
                                    struct tls_mistake *ret_mistake);

/* Any thread. */
struct tls_context *tls_context_ref(struct tls_context *context);
void tls_context_unref(struct tls_context *context);

/* A session of a client, the caller's (SSL_free); the context must live as long. Any thread. */
struct ssl_st *tls_context_session(struct tls_context *context);

/* Which certificate a client is shown that asks for the name; 0 where none holds it. */
uint32_t tls_context_choose(const struct tls_context *context, const char *name);

#endif

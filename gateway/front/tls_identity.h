/*
 * The TLS context of a listener as time goes by: when its files change, or its tickets' keys are
 * old, another one takes its place for connections that come then. Those that are there go on.
 */
#ifndef BRAID_GATEWAY_FRONT_TLS_IDENTITY_H
#define BRAID_GATEWAY_FRONT_TLS_IDENTITY_H

#include "base/clock.h"
#include "gateway/front/tls_context.h"

struct tls_identity;

/* How often tls_identity_look() is worth calling. */
#define TLS_IDENTITY_LOOK SECOND

/* Keeps `files`. NULL, and what is wrong, where they cannot be used. */
struct tls_identity *tls_identity_new(const struct listener_tls *files,
                                      struct tls_mistake *ret_mistake);
void tls_identity_free(struct tls_identity *identity);

/* The context of now, with a reference for the caller. Any thread. */
struct tls_context *tls_identity_context(struct tls_identity *identity);

/*
 * Looks whether the files are others. What has changed is taken when it has been the same for two
 * looks, since certificate and key are written one after the other; what cannot be used is said in
 * the log, and what was there stays. One thread; `now` of any clock that goes on.
 */
void tls_identity_look(struct tls_identity *identity, usec now);

#endif

/*
 * Names of services: looks each one up, tells the guards of all services that use it, and looks
 * again when the answer's time is over. One worker does it for all of them. An answer that fails
 * takes nothing away: what was found last stays in use. Nobody waits for a look-up but calls that
 * come before the first answer (guard.h).
 */
#ifndef BRAID_GATEWAY_RESOLVE_RESOLVER_H
#define BRAID_GATEWAY_RESOLVE_RESOLVER_H

#include <stdbool.h>

#define RESOLVER_AT_ONCE 32 /* names that are asked for at the same time; the others wait */

struct guards;
struct loop;
struct name_client_options;
struct resolver;
struct url;

/*
 * Whether the host is a name that must be asked for: not an address in any spelling, a Unix socket
 * or `localhost`.
 */
bool resolver_wants(const struct url *url);

/*
 * Keeps loop and guards; marks each url with such a host as sought, which must be done before the
 * first call, and asks with the next turn. Aborts without memory.
 */
struct resolver *resolver_new(struct loop *loop, struct guards *guards,
                              const struct name_client_options *options);

/* NULL is a no-op. */
void resolver_free(struct resolver *resolver);

#endif

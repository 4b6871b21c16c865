/*
 * Asking services how they are (`health:`): GET their path at each of their addresses, every
 * `interval`; a 2xx within `timeout` is good. What is found goes to the guards, which all workers
 * share, so one worker asks for all of them. The checks take no place and count for nothing else.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_HEALTH_CHECKS_H
#define BRAID_GATEWAY_UPSTREAM_HEALTH_CHECKS_H

struct guards;
struct health_checks;
struct loop;
struct transports;

/* Keeps all three; the first checks start with the next turn. Aborts without memory. */
struct health_checks *health_checks_new(struct loop *loop, struct transports *transports,
                                        struct guards *guards);

/* Cancels what is on its way. NULL is a no-op. */
void health_checks_free(struct health_checks *checks);

#endif

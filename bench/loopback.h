/*
 * loopback: sockets on 127.0.0.1 for the programs that measure. They have one reader, bench/run,
 * and nothing to save: what cannot be had ends the program with a message.
 */
#ifndef BENCH_LOOPBACK_H
#define BENCH_LOOPBACK_H

#include <stdint.h>

/* The most connections of one program; more are refused by name. */
#define LOOPBACK_CONNECTIONS_MAXIMUM 65536

/* A listening socket on a free port, or on `port` beside others that listen there. Gives. */
int loopback_listen(uint16_t port, uint16_t *ret_port);

/* A blocking connection to a port, its small segments not held back. Gives. */
int loopback_connect(uint16_t port);

/* Takes what waits at a listening socket: -1 when nothing does. Nonblocking. Gives. */
int loopback_accept(int listener);

/* Lets the process have as many descriptors as it may. */
void loopback_raise_limit(void);

/* A number from the command line, between 0 and `maximum`. */
uint32_t loopback_number(const char *text, uint32_t maximum);

/* Monotonic, in nanoseconds. */
int64_t loopback_now(void);

#endif

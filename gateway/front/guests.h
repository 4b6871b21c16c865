/*
 * How many connections each address has, over all workers (`limits.per_client`). An IPv6 client has
 * a whole network of 64 bits, so those count as one; Unix sockets do not count.
 */
#ifndef BRAID_GATEWAY_FRONT_GUESTS_H
#define BRAID_GATEWAY_FRONT_GUESTS_H

#include "config/settings.h"

#include <sys/socket.h>

struct guests;

/* Who is let in, for guests_leave(). */
struct guest {
    bool is_counted;
    uint8_t address[16];
};

/* Keeps the settings, whose trusted proxies speak for many and are not counted. */
struct guests *guests_new(const struct settings *settings);
void guests_free(struct guests *guests);

/* false: the address has as many connections as it may. Any thread. */
bool guests_enter(struct guests *guests, const struct sockaddr *peer, struct guest *ret_guest);

/* Once for each that was let in. Any thread. */
void guests_leave(struct guests *guests, const struct guest *guest);

#endif

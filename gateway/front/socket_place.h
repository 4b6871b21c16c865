/*
 * Where a socket is bound, as the kernel has it: made of an address of the file, compared, and
 * written for people.
 */
#ifndef BRAID_GATEWAY_FRONT_SOCKET_PLACE_H
#define BRAID_GATEWAY_FRONT_SOCKET_PLACE_H

#include "config/address.h"

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

struct socket_place {
    union {
        struct sockaddr any;
        struct sockaddr_un path;
        struct sockaddr_storage storage;
    };
    socklen_t length;
};

/*
 * 0 or a negative errno. Names are looked up, which may take a while: once, at start; the first
 * address is taken.
 */
int socket_place_of_address(const struct address *address, struct socket_place *ret_place);

/* Same family, same address and port, or the same path. */
bool socket_place_is_same(const struct socket_place *a, const struct socket_place *b);

/* `wide` is [::] and `narrow` 0.0.0.0 with the same port: a socket for both families takes both. */
bool socket_place_covers(const struct socket_place *wide, const struct socket_place *narrow);

#define SOCKET_PLACE_TEXT_SIZE 128

/* "127.0.0.1:8080", "[::1]:8080", "unix:/run/x.sock" */
void socket_place_format(const struct socket_place *place, char to[SOCKET_PLACE_TEXT_SIZE]);

#endif

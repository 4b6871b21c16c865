/* See socket_place.h. */
#include "gateway/front/socket_place.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>

static int place_of_path(const struct address *address, struct socket_place *ret_place)
{
    struct str path = address->unix_path;
    if (path.length >= sizeof ret_place->path.sun_path)
        return -ENAMETOOLONG;
    ret_place->path.sun_family = AF_UNIX;
    memcpy(ret_place->path.sun_path, path.at, path.length);
    ret_place->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.length + 1);
    return 0;
}

int socket_place_of_address(const struct address *address, struct socket_place *ret_place)
{
    char host[256], port[8];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    memset(ret_place, 0, sizeof *ret_place);
    if (address->unix_path.length > 0)
        return place_of_path(address, ret_place);
    if (address->host.length >= sizeof host)
        return -EINVAL;
    snprintf(host, sizeof host, "%.*s", STR_ARGS(address->host));
    snprintf(port, sizeof port, "%u", (unsigned)address->port);
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -EADDRNOTAVAIL;
    memcpy(&ret_place->storage, found->ai_addr, found->ai_addrlen);
    ret_place->length = found->ai_addrlen;
    freeaddrinfo(found);
    return 0;
}

static const struct sockaddr_in *v4_of(const struct socket_place *place)
{
    return (const struct sockaddr_in *)&place->storage;
}

static const struct sockaddr_in6 *v6_of(const struct socket_place *place)
{
    return (const struct sockaddr_in6 *)&place->storage;
}

bool socket_place_is_same(const struct socket_place *a, const struct socket_place *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    switch (a->any.sa_family) {
    case AF_INET:
        return v4_of(a)->sin_port == v4_of(b)->sin_port &&
               v4_of(a)->sin_addr.s_addr == v4_of(b)->sin_addr.s_addr;
    case AF_INET6:
        return v6_of(a)->sin6_port == v6_of(b)->sin6_port &&
               memcmp(&v6_of(a)->sin6_addr, &v6_of(b)->sin6_addr, sizeof(struct in6_addr)) == 0;
    case AF_UNIX:
        return strncmp(a->path.sun_path, b->path.sun_path, sizeof a->path.sun_path) == 0;
    default:
        return false;
    }
}

bool socket_place_covers(const struct socket_place *wide, const struct socket_place *narrow)
{
    return wide->any.sa_family == AF_INET6 && narrow->any.sa_family == AF_INET &&
           IN6_IS_ADDR_UNSPECIFIED(&v6_of(wide)->sin6_addr) &&
           v4_of(narrow)->sin_addr.s_addr == htonl(INADDR_ANY) &&
           v6_of(wide)->sin6_port == v4_of(narrow)->sin_port;
}

void socket_place_format(const struct socket_place *place, char to[SOCKET_PLACE_TEXT_SIZE])
{
    char host[INET6_ADDRSTRLEN] = "?";
    switch (place->any.sa_family) {
    case AF_INET:
        inet_ntop(AF_INET, &v4_of(place)->sin_addr, host, sizeof host);
        snprintf(to, SOCKET_PLACE_TEXT_SIZE, "%s:%u", host, ntohs(v4_of(place)->sin_port));
        break;
    case AF_INET6:
        inet_ntop(AF_INET6, &v6_of(place)->sin6_addr, host, sizeof host);
        snprintf(to, SOCKET_PLACE_TEXT_SIZE, "[%s]:%u", host, ntohs(v6_of(place)->sin6_port));
        break;
    case AF_UNIX:
        snprintf(to, SOCKET_PLACE_TEXT_SIZE, "unix:%.*s", (int)sizeof place->path.sun_path,
                 place->path.sun_path);
        break;
    default:
        snprintf(to, SOCKET_PLACE_TEXT_SIZE, "an address of family %d", place->any.sa_family);
    }
}

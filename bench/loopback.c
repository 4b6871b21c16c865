/* The sockets of loopback.h. */
#include "bench/loopback.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#define BACKLOG 4096

static struct sockaddr_in loopback_address(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void loopback_option(int socket, int level, int name)
{
    int yes = 1;

    if (setsockopt(socket, level, name, &yes, sizeof yes))
        err(1, "setsockopt");
}

int loopback_listen(uint16_t port, uint16_t *ret_port)
{
    struct sockaddr_in address = loopback_address(port);
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (listener < 0)
        err(1, "socket");
    loopback_option(listener, SOL_SOCKET, SO_REUSEADDR);
    loopback_option(listener, SOL_SOCKET, SO_REUSEPORT);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, BACKLOG) ||
        getsockname(listener, (struct sockaddr *)&address, &size))
        err(1, "cannot listen on port %u", port);
    *ret_port = ntohs(address.sin_port);
    return listener;
}

int loopback_connect(uint16_t port)
{
    struct sockaddr_in address = loopback_address(port);
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (connection < 0)
        err(1, "socket");
    if (connect(connection, (struct sockaddr *)&address, sizeof address))
        err(1, "cannot connect to port %u", port);
    loopback_option(connection, IPPROTO_TCP, TCP_NODELAY);
    return connection;
}

int loopback_accept(int listener)
{
    int connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (connection < 0) {
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            err(1, "accept");
        return -1;
    }
    loopback_option(connection, IPPROTO_TCP, TCP_NODELAY);
    return connection;
}

void loopback_raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit))
        err(1, "getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit))
        err(1, "setrlimit");
}

uint32_t loopback_number(const char *text, uint32_t maximum)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);

    if (end == text || *end || errno || number > maximum)
        errx(2, "%s: not a number up to %u", text, maximum);
    return (uint32_t)number;
}

int64_t loopback_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

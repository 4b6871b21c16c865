/*
 * libcurl 7.88.1 is not a tidy keeper of descriptors: a connection that was never finished is
 * closed without CURLOPT_CLOSESOCKETFUNCTION, its CURL_POLL_REMOVE comes after the close or never,
 * and if the next socket gets the same number, the wish to watch it is not repeated. Hence: what
 * is known of a descriptor is forgotten when a socket is opened or closed under its number, a wish
 * that is still open is then carried out anew, and errors of epoll are no news.
 */
#include "gateway/upstream/curl_sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_ROOM  ((size_t)64)
#define DRAIN_BYTES 4096
#define DRAIN_STEPS 16

struct curl_socket {
    struct watch watch;
    struct curl_sockets *sockets;
    struct curl_lane *lane;
    uint32_t wanted; /* by libcurl; 0: idle or not libcurl's */
    bool is_lazy;    /* a connection: stays watched while idle */
};

void curl_sockets_init(struct curl_sockets *sockets, struct loop *loop,
                       void (*ready)(struct curl_lane *lane, curl_socket_t fd, int actions))
{
    *sockets = (struct curl_sockets){.loop = loop, .ready = ready};
}

/* Nothing is unwatched: what was not closed here may be somebody else's descriptor by now. */
void curl_sockets_done(struct curl_sockets *sockets)
{
    for (size_t i = 0; i < sockets->room; i++)
        free(sockets->list[i]);
    free(sockets->list);
    *sockets = (struct curl_sockets){0};
}

/*
 * Nobody asked, and yet there is something to read: the end of the connection, or bytes that the
 * next request would take for its answer. libcurl takes a readable connection for a living one,
 * so it is emptied and shut down; libcurl then sees its end. false: a false alarm.
 */
static bool socket_is_stray(const struct curl_socket *entry)
{
    char bytes[DRAIN_BYTES];
    for (int step = 0; step < DRAIN_STEPS; step++) {
        ssize_t count = recv(entry->watch.fd, bytes, sizeof(bytes), MSG_DONTWAIT);
        if (count > 0)
            continue;
        if (count < 0 && step == 0 && (errno == EAGAIN || errno == EINTR))
            return false;
        break;
    }
    shutdown(entry->watch.fd, SHUT_RDWR);
    return true;
}

static void socket_ready(struct watch *watch, uint32_t events)
{
    struct curl_socket *entry = container_of(watch, struct curl_socket, watch);
    if (entry->wanted == 0) {
        if (socket_is_stray(entry))
            loop_unwatch(entry->sockets->loop, watch);
        return;
    }
    /* libcurl reads the error itself when it tries what it wanted to do. */
    if (events & (EPOLLERR | EPOLLHUP))
        events |= entry->wanted;
    int actions = 0;
    if (events & EPOLLIN)
        actions |= CURL_CSELECT_IN;
    if (events & EPOLLOUT)
        actions |= CURL_CSELECT_OUT;
    entry->sockets->ready(entry->lane, watch->fd, actions);
}

static struct curl_socket *socket_new(struct curl_sockets *sockets, curl_socket_t fd)
{
    struct curl_socket *entry = calloc(1, sizeof(*entry));
    if (!entry)
        abort();
    entry->watch = (struct watch){.fd = fd, .ready = socket_ready};
    entry->sockets = sockets;
    return entry;
}

static struct curl_socket *curl_sockets_entry(struct curl_sockets *sockets, curl_socket_t fd)
{
    size_t index = (size_t)fd;
    if (index >= sockets->room) {
        size_t room = sockets->room > 0 ? sockets->room : FIRST_ROOM;
        while (room <= index)
            room *= 2;
        sockets->list = reallocarray(sockets->list, room, sizeof(*sockets->list));
        if (!sockets->list)
            abort();
        memset(sockets->list + sockets->room, 0, (room - sockets->room) * sizeof(*sockets->list));
        sockets->room = room;
    }
    if (!sockets->list[index])
        sockets->list[index] = socket_new(sockets, fd);
    return sockets->list[index];
}

static void socket_watch(struct curl_socket *entry, uint32_t events)
{
    struct loop *loop = entry->sockets->loop;
    if (entry->watch.is_watched && loop_change(loop, &entry->watch, events) == 0)
        return;
    loop_unwatch(loop, &entry->watch);
    entry->watch.events = events;
    /* Where it fails, the flight's own deadline ends the wait. */
    (void)loop_watch(loop, &entry->watch);
}

void curl_sockets_want(struct curl_sockets *sockets, struct curl_lane *lane, curl_socket_t fd,
                       int wish, bool is_resolver)
{
    struct curl_socket *entry = curl_sockets_entry(sockets, fd);
    if (wish == CURL_POLL_REMOVE) {
        entry->wanted = 0;
        if (!entry->is_lazy || entry->watch.events != EPOLLIN)
            loop_unwatch(sockets->loop, &entry->watch);
        return;
    }
    if (is_resolver && entry->is_lazy)
        loop_unwatch(sockets->loop, &entry->watch);
    entry->is_lazy = !is_resolver;
    entry->lane = lane;
    entry->wanted = (wish & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) |
                    (wish & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0);
    socket_watch(entry, entry->wanted);
}

curl_socket_t curl_sockets_open(struct curl_sockets *sockets, const struct curl_sockaddr *address)
{
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0)
        return CURL_SOCKET_BAD;
    struct curl_socket *entry = curl_sockets_entry(sockets, fd);
    loop_unwatch(sockets->loop, &entry->watch);
    entry->is_lazy = true;
    if (entry->wanted != 0)
        socket_watch(entry, entry->wanted);
    return fd;
}

void curl_sockets_forget(struct curl_sockets *sockets, curl_socket_t fd)
{
    if (fd < 0 || (size_t)fd >= sockets->room || !sockets->list[fd])
        return;
    loop_unwatch(sockets->loop, &sockets->list[fd]->watch);
    sockets->list[fd]->wanted = 0;
}

int curl_sockets_close(void *sockets, curl_socket_t fd)
{
    struct curl_socket *entry = curl_sockets_entry(sockets, fd);
    loop_unwatch(entry->sockets->loop, &entry->watch);
    entry->wanted = 0;
    return close(fd);
}

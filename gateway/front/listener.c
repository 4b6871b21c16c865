/* See listener.h. */
#include "gateway/front/listener.h"

#include "base/log.h"
#include "gateway/front/socket_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/un.h>
#include <unistd.h>

#define ACCEPT_BACKLOG  4096 /* the kernel cuts it to net.core.somaxconn */
#define ACCEPT_PER_TURN 64
#define SEND_BUFFER     (256 * 1024) /* bytes; the kernel counts its own needs on top */

/* Of a socket that several workers have: who wakes first leaves the next one to the others. */
#define ACCEPT_SHARED 1
#define PAUSE         (50 * MILLISECOND)

/* A socket file that nobody listens on is left from a process that died: it is taken away. */
static void remove_stale_path(const struct socket_place *place)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (connect(fd, &place->any, place->length) != 0 && errno == ECONNREFUSED)
        unlink(place->path.sun_path);
    close(fd);
}

static int open_socket(const struct address *address, bool is_probe)
{
    struct socket_place place;
    int one = 1, error = socket_place_of_address(address, &place);
    if (error < 0)
        return error;
    int family = place.any.sa_family;
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (family == AF_UNIX)
        remove_stale_path(&place);
    else
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (family != AF_UNIX && !is_probe)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if (bind(fd, &place.any, place.length) != 0 || (!is_probe && listen(fd, ACCEPT_BACKLOG) != 0)) {
        error = -errno;
        close(fd);
        return error;
    }
    return fd;
}

int listener_open(const struct address *address)
{
    return open_socket(address, false);
}

/*
 * Without SO_REUSEPORT, since with it a second gateway could take half of our connections; and
 * without listening, since whoever connected now would be reset.
 */
int listener_probe(const struct address *address)
{
    int fd = open_socket(address, true);
    if (fd < 0)
        return fd;
    close(fd);
    if (address->unix_path.length > 0) {
        char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
        snprintf(path, sizeof path, "%.*s", STR_ARGS(address->unix_path));
        unlink(path);
    }
    return 0;
}

/* Connections wait in the backlog meanwhile. */
static void listener_pause(struct listener *listener)
{
    loop_unwatch(listener->loop, &listener->watch);
    timer_start(&listener->loop->timers, &listener->pause, loop_now(listener->loop) + PAUSE);
}

static void listener_on_pause_over(struct timer *timer)
{
    struct listener *listener = container_of(timer, struct listener, pause);
    loop_watch(listener->loop, &listener->watch);
}

/* Waiting would help nobody: with the reserve given up, one more can be taken and told so. */
static bool listener_shed_one(struct listener *listener)
{
    if (listener->reserve >= 0)
        close(listener->reserve);
    int fd = accept4(listener->watch.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0)
        server_shed(listener->server, fd, listener->tls != NULL);
    listener->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return fd >= 0;
}

static void listener_shed(struct listener *listener)
{
    for (int i = 0; i < ACCEPT_PER_TURN && listener_shed_one(listener); i++)
        continue;
}

/* false: nothing more to accept now. */
static bool listener_accept_one(struct listener *listener)
{
    struct arrival arrival = {
        .peer = {.length = sizeof arrival.peer.storage},
        .is_admin = listener->is_admin,
        .tls = listener->tls,
    };
    int fd = accept4(listener->watch.fd, &arrival.peer.any, &arrival.peer.length,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        listener->is_short = false;
        server_add(listener->server, fd, &arrival);
        return true;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
        if (!listener->is_short)
            log_write(LOG_WARNING, "no descriptor or memory for another connection: they get 503");
        listener->is_short = true;
        listener_shed(listener);
        listener_pause(listener);
        return false;
    }
    return errno == ECONNABORTED || errno == EINTR || errno == EPROTO;
}

static void listener_on_ready(struct watch *watch, uint32_t events)
{
    struct listener *listener = container_of(watch, struct listener, watch);
    (void)events;
    int most = listener->is_shared ? ACCEPT_SHARED : ACCEPT_PER_TURN;
    for (int i = 0; i < most; i++) {
        if (!listener->is_admin && !server_has_room(listener->server)) {
            listener_pause(listener);
            return;
        }
        if (!listener_accept_one(listener))
            return;
    }
}

void listener_start(struct listener *listener, struct loop *loop, struct server *server, int fd,
                    bool is_admin, bool is_shared)
{
    const int send_buffer = SEND_BUFFER;
    *listener = (struct listener){
        .loop = loop,
        .server = server,
        .is_admin = is_admin,
        .is_shared = is_shared,
        .is_open = true,
        .reserve = open("/dev/null", O_RDONLY | O_CLOEXEC),
        .watch = {.fd = fd, .events = EPOLLIN | EPOLLEXCLUSIVE, .ready = listener_on_ready},
    };
    /* inherited by what is accepted: what a slow reader leaves in the kernel has a bound */
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
    timer_init(&listener->pause, listener_on_pause_over);
    loop_watch(loop, &listener->watch);
}

void listener_set_tls(struct listener *listener, struct tls_identity *identity)
{
    listener->tls = identity;
}

void listener_close(struct listener *listener)
{
    if (!listener->is_open)
        return;
    for (int i = 0; i < ACCEPT_BACKLOG && server_has_room(listener->server); i++)
        if (!listener_accept_one(listener))
            break;
    timer_cancel(&listener->loop->timers, &listener->pause);
    loop_unwatch(listener->loop, &listener->watch);
    close(listener->watch.fd);
    if (listener->reserve >= 0)
        close(listener->reserve);
    listener->is_open = false;
}

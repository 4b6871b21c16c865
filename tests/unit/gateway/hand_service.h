/*
 * A service that is played by hand, in the thread of the loop: the test decides when it accepts,
 * reads, speaks and leaves. Every wait turns the loop.
 */
#ifndef BRAID_TESTS_HAND_SERVICE_H
#define BRAID_TESTS_HAND_SERVICE_H

#include "tests/unit/gateway/flight_world.h"

#include <errno.h>
#include <fcntl.h>

struct hand {
    struct world *world;
    int listener;
    int fd;         /* of the last connection, -1 before */
    int buffer;     /* SO_RCVBUF, 0: as it is */
    char text[512]; /* what came since hand_read() */
    size_t length;
};

static inline void hand_bind(struct hand *hand, const struct sockaddr *address, socklen_t size,
                             int backlog)
{
    hand->listener = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_true(hand->listener >= 0);
    if (hand->buffer > 0)
        setsockopt(hand->listener, SOL_SOCKET, SO_RCVBUF, &hand->buffer, sizeof(hand->buffer));
    if (bind(hand->listener, address, size) < 0 || listen(hand->listener, backlog) < 0)
        abort();
}

static inline void hand_connect_world(struct hand *hand, const char *format, uint16_t port)
{
    struct world *world = hand->world;
    snprintf(world->authority, sizeof(world->authority), format, port);
    world->url.authority = str_of(world->authority);
    world->url.port = port;
    world_equip(world);
}

/* On a free port of 127.0.0.1. The world is prepared, its service as the test wants it. */
static inline void hand_open(struct hand *hand, struct world *world, int backlog, int buffer)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);
    *hand = (struct hand){.world = world, .fd = -1, .buffer = buffer};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    hand_bind(hand, (struct sockaddr *)&address, size, backlog);
    if (getsockname(hand->listener, (struct sockaddr *)&address, &size) < 0)
        abort();
    world->url = (struct url){.host = STR("127.0.0.1")};
    hand_connect_world(hand, "127.0.0.1:%u", ntohs(address.sin_port));
}

/* On ::1; false where there is none. */
static inline bool hand_open_v6(struct hand *hand, struct world *world, const char *host)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    socklen_t size = sizeof(address);
    *hand = (struct hand){.world = world, .fd = -1};
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    bool is_there = fd >= 0 && bind(fd, (struct sockaddr *)&address, size) == 0 &&
                    getsockname(fd, (struct sockaddr *)&address, &size) == 0;
    if (fd >= 0)
        close(fd);
    if (!is_there)
        return false;
    hand_bind(hand, (struct sockaddr *)&address, size, 16);
    world->url = (struct url){.host = str_of(host)};
    hand_connect_world(hand, strcmp(host, "::1") == 0 ? "[::1]:%u" : "localhost:%u",
                       ntohs(address.sin6_port));
    return true;
}

static inline void hand_open_unix(struct hand *hand, struct world *world, int backlog)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(world->unix_path, sizeof(world->unix_path), "/tmp/braid-hand-%d.sock", (int)getpid());
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", world->unix_path);
    *hand = (struct hand){.world = world, .fd = -1};
    hand_bind(hand, (struct sockaddr *)&address, sizeof(address), backlog);
    world->url = (struct url){.host = STR("localhost"), .unix_path = str_of(world->unix_path)};
    hand_connect_world(hand, "localhost", 80);
}

static inline void hand_close(struct hand *hand)
{
    struct world *world = hand->world;
    upstreams_free(world->upstreams);
    guards_free(world->guards);
    world->guards = NULL;
    loop_done(&world->loop);
    arena_done(&world->arena);
    close(hand->listener);
    if (hand->fd >= 0)
        close(hand->fd);
    if (world->unix_path[0])
        unlink(world->unix_path);
}

static inline void hand_turn(struct hand *hand)
{
    assert_true(loop_turn(&hand->world->loop, MILLISECOND) == 0);
}

/* The next connection; the one before stays as it is if the test keeps its number. */
static inline void hand_accept(struct hand *hand)
{
    usec patience = clock_now() + WORLD_PATIENCE;
    while ((hand->fd = accept4(hand->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) < 0) {
        assert_true(clock_now() < patience);
        hand_turn(hand);
    }
}

/* Nobody connects for a while. */
static inline void hand_expect_nobody(struct hand *hand)
{
    world_linger(hand->world, 20 * MILLISECOND);
    assert_true(accept4(hand->listener, NULL, NULL, SOCK_NONBLOCK) < 0);
}

/* Reads one head, up to its empty line and not a byte more. */
static inline void hand_read(struct hand *hand)
{
    usec patience = clock_now() + WORLD_PATIENCE;
    hand->length = 0;
    while (hand->length < 4 || memcmp(hand->text + hand->length - 4, "\r\n\r\n", 4) != 0) {
        assert_true(clock_now() < patience && hand->length < sizeof(hand->text) - 1);
        ssize_t count = recv(hand->fd, hand->text + hand->length, 1, 0);
        assert_true(count > 0 || (count < 0 && errno == EAGAIN));
        if (count > 0)
            hand->length += (size_t)count;
        else
            hand_turn(hand);
    }
    hand->text[hand->length] = '\0';
}

/* Reads so many bytes, each of which must be `byte`. */
static inline void hand_read_body(struct hand *hand, char byte, size_t length)
{
    static char some[65536];
    usec patience = clock_now() + WORLD_PATIENCE;
    while (length > 0) {
        assert_true(clock_now() < patience);
        ssize_t count = recv(hand->fd, some, length < sizeof(some) ? length : sizeof(some), 0);
        assert_true(count > 0 || (count < 0 && errno == EAGAIN));
        for (ssize_t i = 0; i < count; i++)
            assert_int_equal(some[i], byte);
        if (count > 0)
            length -= (size_t)count;
        hand_turn(hand);
    }
}

static inline void hand_say(struct hand *hand, const char *text)
{
    assert_true(fake_send(hand->fd, text, strlen(text)));
}

/* A long text, while the loop turns. */
static inline void hand_say_long(struct hand *hand, const char *text, size_t length)
{
    usec patience = clock_now() + WORLD_PATIENCE;
    while (length > 0) {
        assert_true(clock_now() < patience);
        ssize_t count = send(hand->fd, text, length, MSG_NOSIGNAL);
        assert_true(count > 0 || (count < 0 && errno == EAGAIN));
        if (count > 0) {
            text += count;
            length -= (size_t)count;
        }
        hand_turn(hand);
    }
}

static inline void hand_leave(struct hand *hand)
{
    close(hand->fd);
    hand->fd = -1;
}

static inline void hand_reset(struct hand *hand)
{
    struct linger linger = {1, 0};
    setsockopt(hand->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    hand_leave(hand);
}

/* The other side has closed the connection, whatever it sent before. */
static inline void hand_expect_end(struct hand *hand)
{
    char some[4096];
    usec patience = clock_now() + WORLD_PATIENCE;
    for (;;) {
        ssize_t count = recv(hand->fd, some, sizeof(some), 0);
        if (count == 0 || (count < 0 && errno != EAGAIN))
            break;
        assert_true(clock_now() < patience);
        if (count < 0)
            hand_turn(hand);
    }
    hand_leave(hand);
}

/* The connection is open, and nothing has come. */
static inline void hand_expect_silence(struct hand *hand)
{
    char byte;
    world_linger(hand->world, 10 * MILLISECOND);
    assert_true(recv(hand->fd, &byte, 1, 0) < 0 && errno == EAGAIN);
}

#endif

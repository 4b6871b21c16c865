/* See client.h. */
#include "gateway/front/client.h"

#include "gateway/front/desk.h"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* After an answer: by then a client that goes on at once has gone on. */
#define IDLE_TRIM      SECOND
#define TRIMS_PER_TURN 16
#define TRIM_LATER     (5 * MILLISECOND)

/* A client that reads has acknowledged something within it. */
#define SENDING_CHECK (15 * SECOND)

/*
 * The library clears a connection's pool behind each request, all of it, so every idle client would
 * hold as much memory as the largest head needs. Whole pages that hold only zeros may be given
 * back wherever they are: when they are touched again, they hold zeros.
 */
static void client_trim(struct client *client)
{
    static const char zeros[512];
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uintptr_t begin = (uintptr_t)client->gate.pool;
    uintptr_t end = (begin + client->desk->pool) & ~(page - 1);
    begin = (begin + page - 1) & ~(page - 1);
    if (client->gate.pool == NULL || begin >= end)
        return;
    for (uintptr_t at = begin; at < end; at += sizeof zeros)
        if (memcmp((const void *)at, zeros, sizeof zeros) != 0)
            return;
    (void)madvise((void *)begin, end - begin, MADV_DONTNEED);
}

/* Whether the other end has taken anything since this was asked last. */
static bool client_has_read(struct client *client)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    if (getsockopt(client->fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        return true; /* a Unix socket does not say */
    bool has_read = info.tcpi_bytes_acked != client->acknowledged;
    client->acknowledged = info.tcpi_bytes_acked;
    return has_read;
}

/* Giving back costs the kernel some time, and many clients fall idle at once. */
static bool client_may_trim(struct client *client, usec now)
{
    struct desk *desk = client->desk;
    if (desk->trim_turn != now) {
        desk->trim_turn = now;
        desk->trims = 0;
    }
    return desk->trims++ < TRIMS_PER_TURN;
}

static usec sooner(usec a, usec b)
{
    return a < b ? a : b;
}

static usec sending_check(const struct client *client)
{
    return sooner(SENDING_CHECK, client->desk->limits->idle_timeout);
}

static void client_on_clock(struct timer *timer)
{
    struct client *client = container_of(timer, struct client, clock);
    struct loop *loop = client->desk->composer->loop;
    usec end = client->clock_end, now = loop_now(loop);
    switch (now < end ? client->clock_kind : CLIENT_CLOCK_END) {
    case CLIENT_CLOCK_IDLE:
        if (!client_may_trim(client, now)) {
            timer_start(&loop->timers, timer, sooner(end, now + TRIM_LATER));
            return;
        }
        client_trim(client);
        timer_start(&loop->timers, timer, end);
        client->clock_kind = CLIENT_CLOCK_END;
        return;
    case CLIENT_CLOCK_SENDING:
        if (client_has_read(client)) {
            timer_start(&loop->timers, timer, sooner(end, now + sending_check(client)));
            return;
        }
        break;
    default:
        break;
    }
    if (client->clock_kind == CLIENT_CLOCK_SENDING)
        client_reset(client);
    else
        client->over(client);
}

/* "" for a Unix socket; an IPv4 address in IPv6 clothes is shown as what it is. */
static void client_name_peer(struct client *client, const struct sockaddr *peer)
{
    const char *text = NULL;
    if (peer->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)peer;
        text = inet_ntop(AF_INET, &v4->sin_addr, client->peer_text, sizeof client->peer_text);
    } else if (peer->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)peer;
        if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
            text = inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], client->peer_text,
                             sizeof client->peer_text);
        else
            text = inet_ntop(AF_INET6, &v6->sin6_addr, client->peer_text, sizeof client->peer_text);
    }
    client->peer = text != NULL ? str_of(text) : STR("");
}

struct client *client_new(struct desk *desk, int fd, const struct sockaddr *peer, bool is_admin,
                          const struct client_calls *calls)
{
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL)
        abort();
    client->desk = desk;
    client->fd = fd;
    client->is_admin = is_admin;
    client_name_peer(client, peer);
    timer_init(&client->clock, client_on_clock);
    list_init(&client->entry);
    client->over = calls->over;
    /* edge-triggered: told once; the bytes are the library's to read */
    client->watch = (struct watch){.fd = fd, .events = EPOLLRDHUP | EPOLLET, .ready = calls->left};
    if (!gate_open(&client->gate, fd, &desk->bounds, calls->begin, calls->refuse)) {
        free(client);
        return NULL;
    }
    if (loop_watch(desk->composer->loop, &client->watch) != 0) {
        gate_close(&client->gate);
        free(client);
        return NULL;
    }
    return client;
}

void client_free(struct client *client, struct loop *loop)
{
    list_remove(&client->entry);
    gate_close(&client->gate);
    loop_unwatch(loop, &client->watch);
    timer_cancel(&loop->timers, &client->clock);
    free(client);
}

static void clock_start(struct client *client, struct loop *loop, enum client_clock kind,
                        usec first, usec time)
{
    usec now = loop_now(loop);
    client->clock_kind = kind;
    client->clock_end = now + time;
    timer_start(&loop->timers, &client->clock, now + sooner(first, time));
}

void client_set_clock(struct client *client, struct loop *loop, usec time)
{
    clock_start(client, loop, CLIENT_CLOCK_END, time, time);
}

void client_set_idle_clock(struct client *client, struct loop *loop, usec time)
{
    clock_start(client, loop, CLIENT_CLOCK_IDLE, IDLE_TRIM, time);
}

/* The first look only notes how far it is, so a client has twice that time. */
void client_set_sending_clock(struct client *client, struct loop *loop, usec time)
{
    clock_start(client, loop, CLIENT_CLOCK_SENDING, sending_check(client), time);
}

void client_stop_clock(struct client *client, struct loop *loop)
{
    timer_cancel(&loop->timers, &client->clock);
}

void client_shut(struct client *client)
{
    shutdown(client->fd, SHUT_RDWR);
}

void client_end(struct client *client)
{
    gate_finish(client->fd);
    client_shut(client);
}

void client_reset(struct client *client)
{
    struct linger none = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    client_shut(client);
}

/* See client.h. */
#include "gateway/front/client.h"

#include "gateway/front/desk.h"

#include <arpa/inet.h>
#include <stdlib.h>

static void client_on_clock(struct timer *timer)
{
    client_shut(container_of(timer, struct client, clock));
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

struct client *client_new(const struct desk *desk, int fd, const struct sockaddr *peer,
                          bool is_admin, void (*ready)(struct watch *watch, uint32_t events))
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
    /* edge-triggered: told once per arrival, and the bytes are the library's to read */
    client->watch =
        (struct watch){.fd = fd, .events = EPOLLIN | EPOLLRDHUP | EPOLLET, .ready = ready};
    if (loop_watch(desk->composer->loop, &client->watch) != 0) {
        free(client);
        return NULL;
    }
    return client;
}

void client_free(struct client *client, struct loop *loop)
{
    list_remove(&client->entry);
    loop_unwatch(loop, &client->watch);
    timer_cancel(&loop->timers, &client->clock);
    free(client);
}

void client_set_clock(struct client *client, struct loop *loop, usec time)
{
    timer_start(&loop->timers, &client->clock, loop_now(loop) + time);
}

void client_stop_clock(struct client *client, struct loop *loop)
{
    timer_cancel(&loop->timers, &client->clock);
}

void client_shut(struct client *client)
{
    shutdown(client->fd, SHUT_RDWR);
}

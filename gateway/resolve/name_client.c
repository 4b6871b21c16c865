/*
 * c-ares says which descriptors it wants watched and how long it may be left alone; both are asked
 * again after everything that it was let do. A resolv.conf that has changed is read again when
 * nothing is under way.
 */
#include "gateway/resolve/name_client.h"

#include "base/loop.h"

#include <ares.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TRIES       2 /* of each name server */
#define RESOLV_CONF "/etc/resolv.conf"

struct name_socket {
    struct list entry;
    struct watch watch;
    struct name_client *client;
};

struct name_client {
    struct loop *loop;
    struct name_client_options options;
    ares_channel channel;    /* NULL: it could not be had */
    struct timespec read_at; /* when resolv.conf was last changed, as it was read */
    struct list sockets;
    struct timer timer;
    uint32_t asking; /* queries under way */
};

bool name_client_global_init(void)
{
    return ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
}

void name_client_global_done(void)
{
    ares_library_cleanup();
}

/* --- sockets and time --------------------------------------------------------------------- */

static void client_set_timer(struct name_client *client)
{
    struct timeval wait;
    struct loop *loop = client->loop;
    if (client->channel == NULL || ares_timeout(client->channel, NULL, &wait) == NULL)
        timer_cancel(&loop->timers, &client->timer);
    else
        timer_start(&loop->timers, &client->timer,
                    loop_now(loop) + wait.tv_sec * SECOND + wait.tv_usec + 1);
}

static void client_on_time(struct timer *timer)
{
    struct name_client *client = container_of(timer, struct name_client, timer);
    ares_process_fd(client->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    client_set_timer(client);
}

/* The socket may be gone when c-ares has worked. */
static void socket_ready(struct watch *watch, uint32_t events)
{
    struct name_client *client = container_of(watch, struct name_socket, watch)->client;
    int fd = watch->fd;
    bool may_write = (events & EPOLLOUT) != 0;
    bool may_read = (events & ~(uint32_t)EPOLLOUT) != 0;
    ares_process_fd(client->channel, may_read ? fd : ARES_SOCKET_BAD,
                    may_write ? fd : ARES_SOCKET_BAD);
    client_set_timer(client);
}

static struct name_socket *client_socket(struct name_client *client, int fd)
{
    for (struct list *at = client->sockets.next; at != &client->sockets; at = at->next) {
        struct name_socket *socket = container_of(at, struct name_socket, entry);
        if (socket->watch.fd == fd)
            return socket;
    }
    return NULL;
}

static void socket_free(struct name_socket *socket)
{
    loop_unwatch(socket->client->loop, &socket->watch);
    list_remove(&socket->entry);
    free(socket);
}

static void client_watch(struct name_client *client, int fd, uint32_t events)
{
    struct name_socket *socket = calloc(1, sizeof(*socket));
    if (socket == NULL)
        abort();
    socket->client = client;
    socket->watch = (struct watch){.fd = fd, .events = events, .ready = socket_ready};
    list_append(&client->sockets, &socket->entry);
    if (client->options.opened != NULL)
        client->options.opened(client->options.closure, fd);
    /* Where it fails, the time of the question runs out. */
    (void)loop_watch(client->loop, &socket->watch);
}

/* Neither readable nor writable: it is about to be closed. */
static void client_on_socket(void *data, ares_socket_t fd, int is_readable, int is_writable)
{
    struct name_client *client = data;
    struct name_socket *socket = client_socket(client, fd);
    uint32_t events = (is_readable ? EPOLLIN : 0u) | (is_writable ? EPOLLOUT : 0u);
    if (socket == NULL && events != 0)
        client_watch(client, fd, events);
    else if (socket != NULL && events == 0)
        socket_free(socket);
    else if (socket != NULL)
        (void)loop_change(client->loop, &socket->watch, events);
}

/* --- the channel -------------------------------------------------------------------------- */

static struct timespec changed_at(void)
{
    struct stat about;
    return stat(RESOLV_CONF, &about) == 0 ? about.st_mtim : (struct timespec){0};
}

static void client_open(struct name_client *client)
{
    struct ares_options options = {
        .timeout = (int)((client->options.timeout + MILLISECOND - 1) / MILLISECOND),
        .tries = TRIES,
        .sock_state_cb = client_on_socket,
        .sock_state_cb_data = client,
    };
    int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    client->read_at = changed_at();
    if (ares_init_options(&client->channel, &options, mask) != ARES_SUCCESS) {
        client->channel = NULL;
        return;
    }
    if (!str_is_empty(client->options.servers) &&
        ares_set_servers_ports_csv(client->channel, client->options.servers.at) != ARES_SUCCESS) {
        ares_destroy(client->channel);
        client->channel = NULL;
    }
}

static void client_close(struct name_client *client)
{
    if (client->channel != NULL)
        ares_destroy(client->channel);
    client->channel = NULL;
    while (!list_is_empty(&client->sockets))
        socket_free(container_of(client->sockets.next, struct name_socket, entry));
    timer_cancel(&client->loop->timers, &client->timer);
}

static void client_refresh(struct name_client *client)
{
    struct timespec changed = changed_at();
    if (client->channel != NULL && changed.tv_sec == client->read_at.tv_sec &&
        changed.tv_nsec == client->read_at.tv_nsec)
        return;
    client_close(client);
    client_open(client);
}

struct name_client *name_client_new(struct loop *loop, const struct name_client_options *options)
{
    struct name_client *client = calloc(1, sizeof(*client));
    if (client == NULL)
        abort();
    *client = (struct name_client){.loop = loop, .options = *options};
    list_init(&client->sockets);
    timer_init(&client->timer, client_on_time);
    client_open(client);
    return client;
}

void name_client_free(struct name_client *client)
{
    if (client == NULL)
        return;
    client_close(client);
    free(client);
}

/* --- questions ---------------------------------------------------------------------------- */

static usec shorter(usec ttl, int seconds)
{
    usec other = (seconds > 0 ? seconds : 0) * SECOND;
    return other < ttl ? other : ttl;
}

/* Copies what fits; the least TTL of all that the answer is made of. */
static void answer_collect(const struct ares_addrinfo *found, union endpoint_address *list,
                           struct name_answer *answer)
{
    for (const struct ares_addrinfo_cname *name = found->cnames; name != NULL; name = name->next)
        answer->ttl = shorter(answer->ttl, name->ttl);
    for (const struct ares_addrinfo_node *node = found->nodes; node != NULL; node = node->ai_next) {
        bool is_v4 = node->ai_family == AF_INET && node->ai_addrlen == sizeof(struct sockaddr_in);
        bool is_v6 = node->ai_family == AF_INET6 && node->ai_addrlen == sizeof(struct sockaddr_in6);
        if (answer->count == NAME_ADDRESSES || (!is_v4 && !is_v6))
            continue;
        memcpy(&list[answer->count++], node->ai_addr, (size_t)node->ai_addrlen);
        answer->ttl = shorter(answer->ttl, node->ai_ttl);
    }
}

static void client_on_answer(void *data, int status, int timeouts, struct ares_addrinfo *found)
{
    struct name_query *query = data;
    union endpoint_address list[NAME_ADDRESSES] = {0};
    struct name_answer answer = {.list = list, .ttl = USEC_NEVER, .why = ares_strerror(status)};
    (void)timeouts;
    query->client->asking--;
    if (status == ARES_SUCCESS && found != NULL)
        answer_collect(found, list, &answer);
    if (found != NULL)
        ares_freeaddrinfo(found);
    if (!query->is_begun)
        answer.ttl = USEC_NEVER;
    if (status != ARES_EDESTRUCTION)
        query->answered(query, &answer);
}

void name_client_ask(struct name_client *client, struct name_query *query)
{
    struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    query->client = client;
    query->is_begun = false;
    if (client->asking == 0)
        client_refresh(client);
    if (client->channel == NULL) {
        query->answered(query, &(struct name_answer){.why = "there is no resolver"});
        return;
    }
    client->asking++;
    uint32_t asking = client->asking;
    ares_getaddrinfo(client->channel, query->host, NULL, &hints, client_on_answer, query);
    if (client->asking == asking)
        query->is_begun = true;
    client_set_timer(client);
}

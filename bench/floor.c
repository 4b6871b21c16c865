/*
 * floor: what a page costs when nothing is done but the moving of its bytes. Every client has
 * connections of its own to the services, requests are fixed but for the id at their end, answers
 * are only searched for their length, and what goes out are slices of what came in. It has no
 * errors: what is not as expected ends the connection. So no gateway can be cheaper by much, and
 * none that is useful is as cheap.
 *
 *   floor WORKERS PORT SERVICE-PORT…
 *
 * The services are ten answering at once and three that take 10 ms. The pages are those of
 * peers/braid.yaml that need no reading: /w1/ID /w4/ID /w6/ID /w7/ID, and /user, which is passed
 * on and has no id.
 */
#include "bench/loopback.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define CALLS_MAXIMUM    10
#define SLICES_MAXIMUM   (2 * CALLS_MAXIMUM + 2)
#define PORTS            13
#define REQUEST_MAXIMUM  256
#define HEAD_MAXIMUM     2048
#define FIRST_BUFFER     16384
#define LEAST_ROOM       8192
#define BODY_MAXIMUM     (4 * 1024 * 1024)
#define EVENTS_AT_A_TIME 256
#define WORKERS_MAXIMUM  64

struct call {
    const char *before; /* what stands before the answer in the page */
    const char *target; /* up to the id of the page */
    uint32_t service;
};

struct page {
    const char *path;
    const char *after;
    size_t calls_count;
    struct call calls[CALLS_MAXIMUM];
};

#define PRODUCTS "/products?ids=200,201,202,203,204,205,206,207,208,209&page="

static const struct page pages[] = {
    {"/w1/",
     "}",
     3,
     {{"{\"user\":", "/users/", 0},
      {",\"order\":", "/orders/", 1},
      {",\"products\":", PRODUCTS, 2}}},
    {"/w4/",
     "}",
     3,
     {{"{\"user\":", "/users/", 10},
      {",\"order\":", "/orders/", 11},
      {",\"products\":", PRODUCTS, 12}}},
    {"/w6/",
     "}",
     3,
     {{"{\"user\":", "/users/", 0},
      {",\"order\":", "/orders/", 1},
      {",\"products\":", "/catalogue/", 2}}},
    {"/w7/",
     "}",
     10,
     {{"{\"s0\":", "/parts/0/", 0},
      {",\"s1\":", "/parts/1/", 1},
      {",\"s2\":", "/parts/2/", 2},
      {",\"s3\":", "/parts/3/", 3},
      {",\"s4\":", "/parts/4/", 4},
      {",\"s5\":", "/parts/5/", 5},
      {",\"s6\":", "/parts/6/", 6},
      {",\"s7\":", "/parts/7/", 7},
      {",\"s8\":", "/parts/8/", 8},
      {",\"s9\":", "/parts/9/", 9}}},
    {"/user", "", 1, {{"", "/users/7", 0}}},
};

enum kind { KIND_LISTENER, KIND_CLIENT, KIND_SERVICE };

struct answer {
    enum kind kind;
    struct client *client;
    int socket;
    size_t used, size, body, body_size; /* of the buffer; where the body begins, its length */
    char *bytes;
};

struct client {
    enum kind kind;
    int socket;
    bool has_gone;
    bool wants_room;
    const struct page *page; /* NULL before the first request */
    size_t awaited;
    size_t head_used;
    size_t slices_count, slices_sent;
    struct client *next_gone;
    struct answer answers[CALLS_MAXIMUM];
    struct iovec slices[SLICES_MAXIMUM];
    char head[HEAD_MAXIMUM];
    char answer_head[128];
};

struct worker {
    enum kind kind; /* of its listener */
    int epoll;
    int listener;
    uint16_t ports[PORTS];
    struct client *gone;
};

static void worker_watch(struct worker *worker, int operation, int socket, uint32_t events,
                         void *what)
{
    struct epoll_event event = {.events = events, .data.ptr = what};

    if (epoll_ctl(worker->epoll, operation, socket, &event))
        err(1, "epoll_ctl");
}

/* The client and its services; freed after the turn, in which events may still point to it. */
static void client_end(struct client *client, struct worker *worker)
{
    if (client->has_gone)
        return;
    client->has_gone = true;
    close(client->socket);
    for (size_t at = 0; client->page && at < client->page->calls_count; at++)
        close(client->answers[at].socket);
    client->next_gone = worker->gone;
    worker->gone = client;
}

static void worker_bury(struct worker *worker)
{
    struct client *client;

    while ((client = worker->gone)) {
        worker->gone = client->next_gone;
        for (size_t at = 0; at < CALLS_MAXIMUM; at++)
            free(client->answers[at].bytes);
        free(client);
    }
}

static void client_write(struct client *client, struct worker *worker)
{
    while (client->slices_sent < client->slices_count) {
        struct iovec *slice = &client->slices[client->slices_sent];
        ssize_t sent =
            writev(client->socket, slice, (int)(client->slices_count - client->slices_sent));
        if (sent < 0 && errno == EAGAIN) {
            if (!client->wants_room)
                worker_watch(worker, EPOLL_CTL_MOD, client->socket, EPOLLIN | EPOLLOUT, client);
            client->wants_room = true;
            return;
        }
        if (sent < 0) {
            client_end(client, worker);
            return;
        }
        for (size_t left = (size_t)sent; left;) {
            size_t step = left < slice->iov_len ? left : slice->iov_len;
            slice->iov_base = (char *)slice->iov_base + step;
            slice->iov_len -= step;
            left -= step;
            if (!slice->iov_len) {
                client->slices_sent++;
                slice++;
            }
        }
    }
    if (client->wants_room)
        worker_watch(worker, EPOLL_CTL_MOD, client->socket, EPOLLIN, client);
    client->wants_room = false;
}

static void client_add_slice(struct client *client, const char *bytes, size_t size)
{
    if (size)
        client->slices[client->slices_count++] = (struct iovec){(void *)(uintptr_t)bytes, size};
}

static void client_answer(struct client *client, struct worker *worker)
{
    const struct page *page = client->page;
    size_t size = strlen(page->after);

    for (size_t at = 0; at < page->calls_count; at++)
        size += strlen(page->calls[at].before) + client->answers[at].body_size;
    int head = snprintf(client->answer_head, sizeof client->answer_head,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                        "Content-Length: %zu\r\n\r\n",
                        size);
    client->slices_count = client->slices_sent = 0;
    client_add_slice(client, client->answer_head, (size_t)head);
    for (size_t at = 0; at < page->calls_count; at++) {
        struct answer *answer = &client->answers[at];
        client_add_slice(client, page->calls[at].before, strlen(page->calls[at].before));
        client_add_slice(client, answer->bytes + answer->body, answer->body_size);
        answer->used = answer->body = 0;
    }
    client_add_slice(client, page->after, strlen(page->after));
    client_write(client, worker);
}

/* True when the whole answer is there. */
static bool answer_is_whole(struct answer *answer)
{
    static const char name[] = "Content-Length: ";

    if (!answer->body) {
        char *end = memmem(answer->bytes, answer->used, "\r\n\r\n", 4);
        if (!end)
            return false;
        char *length = memmem(answer->bytes, (size_t)(end - answer->bytes), name, strlen(name));
        if (!length)
            errx(1, "an answer without Content-Length");
        answer->body = (size_t)(end + 4 - answer->bytes);
        answer->body_size = strtoul(length + strlen(name), NULL, 10);
    }
    return answer->used >= answer->body + answer->body_size;
}

static void answer_read(struct answer *answer, struct worker *worker)
{
    if (answer->size - answer->used < LEAST_ROOM) {
        answer->size = answer->size ? 4 * answer->size : FIRST_BUFFER;
        answer->bytes = realloc(answer->bytes, answer->size);
        if (!answer->bytes || answer->size > BODY_MAXIMUM)
            errx(1, "an answer too large");
    }
    ssize_t got = recv(answer->socket, answer->bytes + answer->used, answer->size - answer->used,
                       MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        client_end(answer->client, worker);
        return;
    }
    answer->used += (size_t)got;
    if (answer_is_whole(answer) && --answer->client->awaited == 0)
        client_answer(answer->client, worker);
}

/* The page that the first request asks for, and connections for all of its calls. */
static bool client_choose(struct client *client, struct worker *worker)
{
    const char *target = client->head + strlen("GET ");
    const struct page *page = pages;

    while (page < pages + sizeof pages / sizeof *pages &&
           strncmp(target, page->path, strlen(page->path)))
        page++;
    if (page == pages + sizeof pages / sizeof *pages)
        return false;
    client->page = page;
    for (size_t at = 0; at < page->calls_count; at++) {
        struct answer *answer = &client->answers[at];
        answer->kind = KIND_SERVICE;
        answer->client = client;
        answer->socket = loopback_connect(worker->ports[page->calls[at].service]);
        worker_watch(worker, EPOLL_CTL_ADD, answer->socket, EPOLLIN, answer);
    }
    return true;
}

static void client_read(struct client *client, struct worker *worker)
{
    ssize_t got = recv(client->socket, client->head + client->head_used,
                       HEAD_MAXIMUM - 1 - client->head_used, 0);
    if (got < 0 && errno == EAGAIN)
        return;
    client->head_used += got > 0 ? (size_t)got : 0;
    client->head[client->head_used] = '\0';
    bool is_whole =
        client->head_used >= 4 && !memcmp(client->head + client->head_used - 4, "\r\n\r\n", 4);
    if (got <= 0 || (is_whole && !client->page && !client_choose(client, worker))) {
        client_end(client, worker);
        return;
    }
    if (!is_whole)
        return;
    client->head_used = 0;
    client->awaited = client->page->calls_count;
    const char *id = client->head + strlen("GET ") + strlen(client->page->path);
    int id_size = (int)strcspn(id, " ");
    for (size_t at = 0; at < client->page->calls_count; at++) {
        char request[REQUEST_MAXIMUM];
        int size = snprintf(request, sizeof request, "GET %s%.*s HTTP/1.1\r\nHost: service\r\n\r\n",
                            client->page->calls[at].target, id_size, id);
        if (size >= REQUEST_MAXIMUM ||
            send(client->answers[at].socket, request, (size_t)size, MSG_NOSIGNAL) != size) {
            client_end(client, worker);
            return;
        }
    }
}

static void worker_accept(struct worker *worker)
{
    int socket;

    while ((socket = loopback_accept(worker->listener)) >= 0) {
        struct client *client = calloc(1, sizeof *client);
        if (!client)
            err(1, "memory");
        client->kind = KIND_CLIENT;
        client->socket = socket;
        worker_watch(worker, EPOLL_CTL_ADD, socket, EPOLLIN, client);
    }
}

static void worker_event(struct worker *worker, const struct epoll_event *event)
{
    enum kind *kind = event->data.ptr;

    if (*kind == KIND_LISTENER) {
        worker_accept(worker);
    } else if (*kind == KIND_CLIENT) {
        struct client *client = event->data.ptr;
        if (!client->has_gone && (event->events & EPOLLOUT))
            client_write(client, worker);
        if (!client->has_gone && (event->events & ~(uint32_t)EPOLLOUT))
            client_read(client, worker);
    } else {
        struct answer *answer = event->data.ptr;
        if (!answer->client->has_gone)
            answer_read(answer, worker);
    }
}

static void worker_run(struct worker *worker, uint16_t port)
{
    struct epoll_event events[EVENTS_AT_A_TIME];

    worker->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (worker->epoll < 0)
        err(1, "epoll");
    worker->listener = loopback_listen(port, &port);
    worker_watch(worker, EPOLL_CTL_ADD, worker->listener, EPOLLIN, worker);
    for (;;) {
        int ready = epoll_wait(worker->epoll, events, EVENTS_AT_A_TIME, -1);
        for (int at = 0; at < ready; at++)
            worker_event(worker, &events[at]);
        worker_bury(worker);
    }
}

int main(int count, char **arguments)
{
    struct worker worker = {.kind = KIND_LISTENER};

    if (count != 3 + PORTS)
        errx(2, "usage: floor WORKERS PORT SERVICE-PORT… (%d of them)", PORTS);
    for (int at = 0; at < PORTS; at++)
        worker.ports[at] = (uint16_t)loopback_number(arguments[3 + at], UINT16_MAX);
    signal(SIGPIPE, SIG_IGN);
    loopback_raise_limit();
    for (uint32_t more = loopback_number(arguments[1], WORKERS_MAXIMUM); more > 1; more--) {
        pid_t child = fork();
        if (child < 0)
            err(1, "fork");
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGTERM);
            break;
        }
    }
    worker_run(&worker, (uint16_t)loopback_number(arguments[2], UINT16_MAX));
}

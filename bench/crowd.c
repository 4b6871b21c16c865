/*
 * crowd: a counted number of requests over a counted number of connections, where wrk only knows
 * how long it runs. Requests go out in groups: the whole group is sent, then all of its answers
 * are awaited; so the work of the server is the same each time, which is what counting its
 * instructions needs, and 5,000 calls hang at once.
 *
 *   crowd PORT TARGET CONNECTIONS ROUNDS [GROUP [hold | MS]]
 *
 * Every connection sends one request per round; `{id}` in TARGET is a number that no other request
 * has. GROUP is as large as CONNECTIONS unless given.
 * One line of JSON at the end: how many answers came, how many of them were not 200, and the
 * milliseconds from the sending of each request to the last byte of its answer. With `hold` the
 * line comes while the connections are still open, and they stay so until stdin ends. With ROUNDS
 * 0 and `hold` all requests are sent, and stdin ends the waiting for them. With MS the sending of a
 * group is spread over so many milliseconds, in which no answer is looked at.
 */
#include "bench/loopback.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MAXIMUM     4096
#define READ_AT_A_TIME   65536
#define REQUEST_MAXIMUM  1024
#define ROUNDS_MAXIMUM   1000000
#define EVENTS_AT_A_TIME 512
#define PATIENCE_MS      60000
#define FIRST_ID         1000000
#define ID               "{id}"

struct client {
    int socket;
    bool is_awaited;
    bool has_head;
    size_t used;      /* of the head */
    uint64_t missing; /* bytes of the body */
    int64_t sent_at;
    char head[HEAD_MAXIMUM];
};

struct crowd {
    uint16_t port;
    uint32_t connections, rounds, group;
    bool holds;
    int64_t spread; /* nanoseconds */
    int epoll;
    uint32_t next_id;
    const char *target;
    struct client *clients;
    uint32_t *latencies; /* microseconds */
    size_t answers, answers_maximum, refused, awaited;
};

static void crowd_connect(struct crowd *crowd)
{
    crowd->epoll = epoll_create1(EPOLL_CLOEXEC);
    crowd->clients = calloc(crowd->connections, sizeof *crowd->clients);
    crowd->answers_maximum = (size_t)crowd->connections * (crowd->rounds ? crowd->rounds : 1);
    crowd->latencies = calloc(crowd->answers_maximum, sizeof *crowd->latencies);
    if (crowd->epoll < 0 || !crowd->clients || !crowd->latencies)
        err(1, "start");
    for (uint32_t at = 0; at < crowd->connections; at++) {
        struct client *client = &crowd->clients[at];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
        client->socket = loopback_connect(crowd->port);
        if (epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, client->socket, &event))
            err(1, "epoll_ctl");
    }
}

/* The length that a head promises. */
static uint64_t head_length(const char *head)
{
    static const char name[] = "\r\nContent-Length:";
    const char *found = strcasestr(head, name);

    if (!found)
        errx(1, "an answer without Content-Length:\n%s", head);
    return strtoull(found + strlen(name), NULL, 10);
}

/* Takes what a server has sent; true when the answer is whole. */
static bool client_take(struct client *client, const char *bytes, size_t size)
{
    if (!client->has_head) {
        size_t step = HEAD_MAXIMUM - 1 - client->used;
        step = step < size ? step : size;
        memcpy(client->head + client->used, bytes, step);
        client->used += step;
        client->head[client->used] = '\0';
        char *end = strstr(client->head, "\r\n\r\n");
        if (!end && client->used == HEAD_MAXIMUM - 1)
            errx(1, "a head of more than %d bytes", HEAD_MAXIMUM);
        if (!end)
            return false;
        size_t head_size = (size_t)(end + 4 - client->head);
        size -= head_size - (client->used - step);
        end[2] = '\0';
        client->has_head = true;
        client->missing = head_length(client->head);
    }
    if (size > client->missing)
        errx(1, "an answer longer than it says");
    client->missing -= size;
    return client->missing == 0;
}

/* The next request; its size. */
static size_t crowd_write_request(struct crowd *crowd, char request[REQUEST_MAXIMUM])
{
    const char *id = strstr(crowd->target, ID);
    size_t before = id ? (size_t)(id - crowd->target) : strlen(crowd->target);
    char number[16] = "";

    if (id)
        snprintf(number, sizeof number, "%u", FIRST_ID + crowd->next_id++);
    int size =
        snprintf(request, REQUEST_MAXIMUM, "GET %.*s%s%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
                 (int)before, crowd->target, number, id ? id + strlen(ID) : "", crowd->port);
    if (size < 0 || size >= REQUEST_MAXIMUM)
        errx(2, "a target too long");
    return (size_t)size;
}

static void crowd_send(struct crowd *crowd, struct client *client)
{
    char request[REQUEST_MAXIMUM];
    size_t size = crowd_write_request(crowd, request);

    client->used = 0;
    client->has_head = false;
    client->is_awaited = true;
    client->sent_at = loopback_now();
    if (send(client->socket, request, size, MSG_NOSIGNAL) != (ssize_t)size)
        err(1, "send");
    crowd->awaited++;
}

static void crowd_read(struct crowd *crowd, struct client *client)
{
    char bytes[READ_AT_A_TIME];
    ssize_t got = recv(client->socket, bytes, sizeof bytes, MSG_DONTWAIT);

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0 || !client->is_awaited) {
        /* A lost answer shows in the sum. */
        epoll_ctl(crowd->epoll, EPOLL_CTL_DEL, client->socket, NULL);
        crowd->awaited -= client->is_awaited;
        return;
    }
    if (!client_take(client, bytes, (size_t)got))
        return;
    client->is_awaited = false;
    crowd->awaited--;
    crowd->latencies[crowd->answers++] = (uint32_t)((loopback_now() - client->sent_at) / 1000);
    if (strncmp(client->head, "HTTP/1.1 200", strlen("HTTP/1.1 200")))
        crowd->refused++;
}

static void crowd_await(struct crowd *crowd)
{
    struct epoll_event events[EVENTS_AT_A_TIME];

    while (crowd->awaited) {
        int ready = epoll_wait(crowd->epoll, events, EVENTS_AT_A_TIME, PATIENCE_MS);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return;
        for (int at = 0; at < ready; at++)
            crowd_read(crowd, events[at].data.ptr);
    }
}

static void crowd_send_group(struct crowd *crowd, uint32_t first)
{
    int64_t begin = loopback_now();

    for (uint32_t at = 0; at < crowd->group && first + at < crowd->connections; at++) {
        int64_t due = begin + crowd->spread * at / crowd->group;
        struct timespec time = {due / 1000000000, due % 1000000000};
        if (crowd->spread)
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
        crowd_send(crowd, &crowd->clients[first + at]);
    }
}

static void crowd_play(struct crowd *crowd)
{
    for (uint32_t round = 0; round < crowd->rounds; round++) {
        for (uint32_t first = 0; first < crowd->connections; first += crowd->group) {
            crowd_send_group(crowd, first);
            crowd_await(crowd);
        }
    }
    for (uint32_t at = 0; !crowd->rounds && at < crowd->connections; at++)
        crowd_send(crowd, &crowd->clients[at]);
}

static int compare_latencies(const void *one, const void *other)
{
    uint32_t left = *(const uint32_t *)one, right = *(const uint32_t *)other;

    return (left > right) - (left < right);
}

static double crowd_percentile(const struct crowd *crowd, double part)
{
    if (!crowd->answers)
        return 0;
    return crowd->latencies[(size_t)(part * (double)(crowd->answers - 1))] / 1000.0;
}

static void crowd_report(struct crowd *crowd)
{
    qsort(crowd->latencies, crowd->answers, sizeof *crowd->latencies, compare_latencies);
    printf("{\"requests\": %zu, \"answers\": %zu, \"not_200\": %zu, \"first_ms\": %.3f, "
           "\"p50_ms\": %.3f, \"p99_ms\": %.3f, \"last_ms\": %.3f}\n",
           crowd->answers_maximum, crowd->answers, crowd->refused, crowd_percentile(crowd, 0),
           crowd_percentile(crowd, 0.5), crowd_percentile(crowd, 0.99), crowd_percentile(crowd, 1));
    fflush(stdout);
}

int main(int count, char **arguments)
{
    struct crowd crowd = {0};

    if (count < 5 || count > 7)
        errx(2, "usage: crowd PORT TARGET CONNECTIONS ROUNDS [GROUP [hold | MS]]");
    signal(SIGPIPE, SIG_IGN);
    loopback_raise_limit();
    crowd.port = (uint16_t)loopback_number(arguments[1], UINT16_MAX);
    crowd.connections = loopback_number(arguments[3], LOOPBACK_CONNECTIONS_MAXIMUM);
    crowd.rounds = loopback_number(arguments[4], ROUNDS_MAXIMUM);
    crowd.group =
        count > 5 ? loopback_number(arguments[5], LOOPBACK_CONNECTIONS_MAXIMUM) : crowd.connections;
    crowd.holds = count > 6 && !strcmp(arguments[6], "hold");
    if (count > 6 && !crowd.holds)
        crowd.spread = (int64_t)loopback_number(arguments[6], PATIENCE_MS) * 1000000;
    crowd.target = arguments[2];
    if (!crowd.group || !crowd.connections)
        errx(2, "nothing to do");
    crowd_connect(&crowd);
    crowd_play(&crowd);
    crowd_report(&crowd);
    if (crowd.holds)
        while (getchar() != EOF)
            ;
    return crowd.rounds && crowd.answers != crowd.answers_maximum;
}

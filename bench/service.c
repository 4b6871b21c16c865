/*
 * service: what every peer of the measurements composes from. One thread, answers made at the
 * start, HTTP/1.1 with connections kept. Every argument opens a port: the milliseconds after
 * which answers on it leave, or `never` for one that takes requests and stays silent. The ports
 * are printed in the order of the arguments.
 *
 *   service 0 0 10 never
 *   listening on 40001 40002 40003 40004
 *
 *   /users/…      0.4 KB   a customer
 *   /orders/…     2 KB     an order of ten lines
 *   /products…    4 KB     ten products
 *   /catalogue…   256 KB   six hundred of them
 *   /parts/N      1 KB     N from 0 to 9
 *
 * It trusts its clients: requests have no body, and a head that is longer than the buffer ends
 * the connection.
 */
#include "bench/loopback.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MAXIMUM       4096
#define PLACES_MAXIMUM     64
#define SILENT_LISTENERS   4
#define PARTS              10
#define LINES              10
#define PRODUCTS           10
#define CATALOGUE_BYTES    (256 * 1024)
#define DELAY_MAXIMUM      60000
#define EVENTS_AT_A_TIME   256
#define SILENT             UINT32_MAX
#define NANOSECONDS_PER_MS 1000000

struct answer {
    char *bytes;
    size_t size;
};

struct connection {
    TAILQ_ENTRY(connection) waiting;
    struct place *place;
    const struct answer *answer; /* NULL: none is owed */
    size_t sent;
    int64_t due;
    int socket;
    bool is_waiting;
    bool wants_room;
    size_t used;
    char head[HEAD_MAXIMUM];
};

/* A port; its connections owe their answers in the order in which they were asked. */
struct place {
    TAILQ_HEAD(, connection) waiting;
    int listener;
    uint32_t delay; /* ms, or SILENT */
};

struct service {
    int epoll;
    size_t places_count;
    struct place places[PLACES_MAXIMUM];
    struct answer user, order, products, catalogue, missing, parts[PARTS];
};

static void write_user(FILE *out, int number)
{
    (void)number;
    fputs("{\"id\":7,\"name\":\"Grace Hopper\",\"login\":\"grace\",\"email\":\"grace@example.org\","
          "\"phone\":\"+1 202 555 0143\",\"verified\":true,\"credit\":981.25,\"home\":{\"street\":"
          "\"1 Harbour Lane\",\"city\":\"Arlington\",\"code\":\"22201\",\"country\":\"US\"},"
          "\"groups\":[\"customer\",\"early\",\"letter\"],\"since\":\"2021-09-30T10:20:30Z\","
          "\"seen\":\"2025-11-12T13:14:15Z\",\"language\":\"en-US\"}",
          out);
}

static void write_order(FILE *out, int number)
{
    (void)number;
    fputs("{\"id\":42,\"user_id\":7,\"state\":\"sent\",\"currency\":\"EUR\",\"total\":617.40,"
          "\"placed\":\"2025-11-11T08:09:10Z\",\"parcel\":{\"carrier\":\"Post\",\"speed\":"
          "\"express\",\"number\":\"RR123456785NL\",\"expected\":\"2025-11-14\"},\"items\":[",
          out);
    for (int line = 0; line < LINES; line++)
        fprintf(out,
                "%s{\"line\":%d,\"product_id\":%d,\"code\":\"ART-%06d-M\",\"count\":%d,\"price\":"
                "%d.%02d,\"rebate\":0.05,\"tax\":0.21,\"present\":false,\"store\":\"rtm-%02d\","
                "\"remark\":null}",
                line ? "," : "", line + 1, 200 + line, 200 + line, 1 + line % 4, 12 + line * 5,
                line * 8, line % 3);
    fputs("]}", out);
}

static void write_product(FILE *out, int number)
{
    fprintf(out,
            "{\"id\":%d,\"code\":\"ART-%06d-M\",\"name\":\"Article %d, brushed aluminium\","
            "\"text\":\"Made to be used every day, tested for ten years of it \\u2013 and the "
            "spare parts are kept in store.\",\"price\":%d.%02d,\"currency\":\"EUR\",\"stock\":%d,"
            "\"stars\":4.%d,\"words\":[\"home\",\"metal\",\"offer\"],\"size\":{\"w\":%d,\"h\":%d,"
            "\"d\":%d},\"picture\":\"https://img.example.org/a/%d.webp\"}",
            200 + number, 200 + number, number, 12 + number % 80, number % 100, number * 11,
            number % 10, 11 + number % 60, 21, 31, 200 + number);
}

static void write_products(FILE *out, int number)
{
    (void)number;
    for (int product = 0; product < PRODUCTS; product++) {
        fputc(product ? ',' : '[', out);
        write_product(out, product);
    }
    fputc(']', out);
}

static void write_catalogue(FILE *out, int number)
{
    (void)number;
    for (int product = 0; ftell(out) < CATALOGUE_BYTES - 500; product++) {
        fputc(product ? ',' : '[', out);
        write_product(out, product);
        fflush(out);
    }
    fputc(']', out);
}

static void write_part(FILE *out, int number)
{
    fprintf(out, "{\"part\":%d,\"rows\":[", number);
    for (int row = 0; row < 9; row++)
        fprintf(out,
                "%s{\"key\":\"r%03d\",\"value\":%d.%d,\"on\":true,\"label\":\"row %d of part %d\","
                "\"more\":{\"a\":1,\"b\":null,\"c\":\"text\"}}",
                row ? "," : "", row, row * 19, row % 10, row, number);
    fputs("]}", out);
}

static void write_missing(FILE *out, int number)
{
    (void)number;
    fputs("{\"error\":\"there is no such thing\"}", out);
}

static struct answer answer_new(const char *status, void (*write)(FILE *, int), int number)
{
    char *body = NULL, *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&body, &size);

    if (!out)
        err(1, "memory");
    write(out, number);
    if (fclose(out))
        err(1, "memory");
    int whole = asprintf(&bytes,
                         "HTTP/1.1 %s\r\nServer: service\r\nContent-Type: application/json\r\n"
                         "Content-Length: %zu\r\n\r\n%s",
                         status, size, body);
    if (whole < 0)
        err(1, "memory");
    free(body);
    return (struct answer){bytes, (size_t)whole};
}

static void service_make_answers(struct service *service)
{
    service->user = answer_new("200 OK", write_user, 0);
    service->order = answer_new("200 OK", write_order, 0);
    service->products = answer_new("200 OK", write_products, 0);
    service->catalogue = answer_new("200 OK", write_catalogue, 0);
    service->missing = answer_new("404 Not Found", write_missing, 0);
    for (int part = 0; part < PARTS; part++)
        service->parts[part] = answer_new("200 OK", write_part, part);
}

static const struct answer *service_answer(const struct service *service, const char *target)
{
    static const char parts[] = "/parts/";

    if (!strncmp(target, "/users/", strlen("/users/")))
        return &service->user;
    if (!strncmp(target, "/orders/", strlen("/orders/")))
        return &service->order;
    if (!strncmp(target, "/products", strlen("/products")))
        return &service->products;
    if (!strncmp(target, "/catalogue", strlen("/catalogue")))
        return &service->catalogue;
    if (!strncmp(target, parts, strlen(parts)) && target[strlen(parts)] >= '0' &&
        target[strlen(parts)] <= '9')
        return &service->parts[target[strlen(parts)] - '0'];
    return &service->missing;
}

static void connection_watch(struct connection *connection, int epoll, int operation)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};

    if (connection->wants_room)
        event.events |= EPOLLOUT;
    if (epoll_ctl(epoll, operation, connection->socket, &event))
        err(1, "epoll_ctl");
}

static void connection_free(struct connection *connection)
{
    if (connection->is_waiting)
        TAILQ_REMOVE(&connection->place->waiting, connection, waiting);
    close(connection->socket);
    free(connection);
}

/* False: the client has gone, and the connection with it. */
static bool connection_send(struct connection *connection, int epoll)
{
    while (connection->answer) {
        const struct answer *answer = connection->answer;
        ssize_t sent = send(connection->socket, answer->bytes + connection->sent,
                            answer->size - connection->sent, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            if (!connection->wants_room) {
                connection->wants_room = true;
                connection_watch(connection, epoll, EPOLL_CTL_MOD);
            }
            return true;
        }
        if (sent < 0) {
            connection_free(connection);
            return false;
        }
        connection->sent += (size_t)sent;
        if (connection->sent == answer->size)
            connection->answer = NULL;
    }
    if (connection->wants_room) {
        connection->wants_room = false;
        connection_watch(connection, epoll, EPOLL_CTL_MOD);
    }
    return true;
}

/* Answers the requests that are there, one after the other. */
static void connection_serve(struct connection *connection, struct service *service)
{
    static const char end[] = "\r\n\r\n";

    while (!connection->answer && connection->used) {
        char *head = connection->head;
        char *last = memmem(head, connection->used, end, strlen(end));
        char *target = memchr(head, ' ', connection->used);
        if (!last) {
            if (connection->used == HEAD_MAXIMUM)
                connection_free(connection);
            return;
        }
        *last = '\0';
        connection->answer = service_answer(service, target && target < last ? target + 1 : "");
        connection->sent = 0;
        connection->used -= (size_t)(last + strlen(end) - head);
        memmove(head, last + strlen(end), connection->used);
        if (connection->place->delay == SILENT)
            return;
        if (connection->place->delay) {
            connection->due =
                loopback_now() + (int64_t)connection->place->delay * NANOSECONDS_PER_MS;
            connection->is_waiting = true;
            TAILQ_INSERT_TAIL(&connection->place->waiting, connection, waiting);
            return;
        }
        if (!connection_send(connection, service->epoll))
            return;
    }
}

static void connection_event(struct connection *connection, uint32_t events,
                             struct service *service)
{
    if ((events & EPOLLOUT) && !connection_send(connection, service->epoll))
        return;
    if (events & ~(uint32_t)EPOLLOUT) {
        ssize_t got = recv(connection->socket, connection->head + connection->used,
                           HEAD_MAXIMUM - connection->used, 0);
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0) {
            connection_free(connection);
            return;
        }
        connection->used += (size_t)got;
    }
    connection_serve(connection, service);
}

static void place_accept(struct place *place, int epoll)
{
    int socket;

    while ((socket = loopback_accept(place->listener)) >= 0) {
        struct connection *connection = malloc(sizeof *connection);
        if (!connection)
            err(1, "memory");
        memset(connection, 0, offsetof(struct connection, head));
        connection->socket = socket;
        connection->place = place;
        connection_watch(connection, epoll, EPOLL_CTL_ADD);
    }
}

static void place_send_due(struct place *place, int64_t now, struct service *service)
{
    struct connection *connection;

    while ((connection = TAILQ_FIRST(&place->waiting)) && connection->due <= now) {
        TAILQ_REMOVE(&place->waiting, connection, waiting);
        connection->is_waiting = false;
        if (connection_send(connection, service->epoll))
            connection_serve(connection, service);
    }
}

/* Sends what is due; how long nothing else will be, in nanoseconds, -1 for ever. */
static int64_t service_send_due(struct service *service)
{
    int64_t now = 0, next = -1;

    for (size_t at = 0; at < service->places_count; at++) {
        struct place *place = &service->places[at];
        if (TAILQ_EMPTY(&place->waiting))
            continue;
        if (!now)
            now = loopback_now();
        place_send_due(place, now, service);
        struct connection *first = TAILQ_FIRST(&place->waiting);
        if (first && (next < 0 || first->due - now < next))
            next = first->due - now;
    }
    return next;
}

/* One more port, or one more listener of a port. */
static void service_add_place(struct service *service, uint16_t *port, uint32_t delay)
{
    struct place *place = &service->places[service->places_count++];
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = place};

    if (service->places_count > PLACES_MAXIMUM)
        errx(2, "more than %d ports", PLACES_MAXIMUM);
    TAILQ_INIT(&place->waiting);
    place->delay = delay;
    place->listener = loopback_listen(*port, port);
    if (epoll_ctl(service->epoll, EPOLL_CTL_ADD, place->listener, &event))
        err(1, "epoll_ctl");
}

static void service_open(struct service *service, char **delays)
{
    service->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (service->epoll < 0)
        err(1, "epoll");
    printf("listening on");
    for (; *delays; delays++) {
        bool is_silent = !strcmp(*delays, "never");
        uint16_t port = 0;
        service_add_place(service, &port,
                          is_silent ? SILENT : loopback_number(*delays, DELAY_MAXIMUM));
        /* The kernel's queue of one listener is too short for all who come at once. */
        for (int more = 1; is_silent && more < SILENT_LISTENERS; more++)
            service_add_place(service, &port, SILENT);
        printf(" %u", port);
    }
    putchar('\n');
    fflush(stdout);
}

int main(int count, char **arguments)
{
    struct service service = {0};
    struct epoll_event events[EVENTS_AT_A_TIME];

    if (count < 2)
        errx(2, "usage: service DELAY…, each in ms or `never`");
    signal(SIGPIPE, SIG_IGN);
    loopback_raise_limit();
    service_make_answers(&service);
    service_open(&service, arguments + 1);
    for (;;) {
        int64_t wait = service_send_due(&service);
        struct timespec timeout = {wait / 1000000000, wait % 1000000000};
        int ready =
            epoll_pwait2(service.epoll, events, EVENTS_AT_A_TIME, wait < 0 ? NULL : &timeout, NULL);
        for (int at = 0; at < ready; at++) {
            struct place *place = events[at].data.ptr;
            if (place >= service.places && place < service.places + service.places_count)
                place_accept(place, service.epoll);
            else
                connection_event(events[at].data.ptr, events[at].events, &service);
        }
    }
}

/*
 * The life of a connection. Each event is at most one sending and one receiving; what is left is
 * told again by the next turn, since watches are level-triggered. A connection may be freed or
 * reused by whoever is told that it has finished, so telling is always the last thing that is done.
 */
#include "gateway/upstream/lean_connection.h"

#include "config/service.h"
#include "gateway/upstream/attempt.h"
#include "gateway/upstream/lean_service.h"
#include "gateway/upstream/request_rules.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#define QUIET   ((uint32_t)EPOLLIN | EPOLLRDHUP)
#define SENDING ((uint32_t)EPOLLIN | EPOLLRDHUP | EPOLLOUT)

#define QUEUE_PAUSE (5 * MILLISECOND) /* before a full queue of a Unix socket is tried again */

static void connection_ready(struct watch *watch, uint32_t events);
static void connection_time_is_over(struct timer *timer);

static struct loop *connection_loop(const struct lean_connection *connection)
{
    return connection->service->worker->loop;
}

struct lean_connection *lean_connection_new(struct carrier *carrier,
                                            const struct lean_service *service,
                                            void (*finished)(struct lean_connection *connection,
                                                             enum reason reason, bool is_reusable))
{
    struct lean_connection *connection = calloc(1, sizeof(*connection));
    if (!connection)
        abort();
    connection->transfer.carrier = carrier;
    connection->service = service;
    connection->finished = finished;
    connection->watch = (struct watch){.fd = -1, .ready = connection_ready};
    list_init(&connection->entry);
    timer_init(&connection->timer, connection_time_is_over);
    buffer_init(&connection->early, ANSWER_HEAD_BYTES + LEAN_SCRATCH_BYTES);
    return connection;
}

static void connection_close(struct lean_connection *connection)
{
    loop_unwatch(connection_loop(connection), &connection->watch);
    if (connection->watch.fd >= 0)
        close(connection->watch.fd);
    connection->watch.fd = -1;
}

void lean_connection_free(struct lean_connection *connection)
{
    connection_close(connection);
    timer_cancel(&connection_loop(connection)->timers, &connection->timer);
    list_remove(&connection->entry);
    buffer_done(&connection->early);
    free(connection);
}

static void connection_finish(struct lean_connection *connection, enum reason reason)
{
    timer_cancel(&connection_loop(connection)->timers, &connection->timer);
    buffer_done(&connection->early);
    bool is_reusable = reason == REASON_NONE && lean_request_is_sent(&connection->request) &&
                       answer_reader_keeps_connection(&connection->reader) &&
                       !connection->has_half_ended;
    if (reason == REASON_NONE)
        reason = answer_reader_give(&connection->reader);
    connection->finished(connection, reason, is_reusable);
}

static void connection_begin(struct lean_connection *connection, struct attempt *attempt)
{
    const struct flight_request *request = attempt->request;
    connection->attempt = attempt;
    connection->is_deaf = false;
    connection->has_half_ended = false;
    lean_request_build(&connection->request, attempt->arena, request,
                       connection->service->head_tail);
    answer_reader_reset(&connection->reader, attempt->arena, request->max_response,
                        request_is_head(request), &attempt->answer);
}

/* --- connecting --------------------------------------------------------------------------- */

static void connection_set_timer(struct lean_connection *connection, usec due)
{
    if (due > connection->connect_due)
        due = connection->connect_due;
    timer_start(&connection_loop(connection)->timers, &connection->timer, due);
}

/* A Unix socket whose queue is full neither refuses nor tells when to come again. */
static void connection_wait(struct lean_connection *connection)
{
    connection_close(connection);
    connection->state = LEAN_WAITING;
    connection_set_timer(connection, loop_now(connection_loop(connection)) + QUEUE_PAUSE);
}

/* An address that is silent leaves as much of the time to each of those behind it. */
static usec connection_share_of_time(const struct lean_connection *connection)
{
    usec now = loop_now(connection_loop(connection));
    usec left = connection->connect_due > now ? connection->connect_due - now : 0;
    return now + left / (connection->service->address_count - connection->address);
}

static bool connection_try(struct lean_connection *connection, const struct lean_address *address)
{
    struct watch *watch = &connection->watch;
    int family = address->at.ss_family;
    int on = 1;
    watch->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (watch->fd < 0)
        return false;
    connection->service->worker->opened(connection->service->worker, watch->fd);
    if (family != AF_UNIX)
        setsockopt(watch->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    watch->events = SENDING;
    int failed = connect(watch->fd, (const struct sockaddr *)&address->at, address->length) < 0;
    if (failed && errno == EAGAIN && family == AF_UNIX) {
        connection_wait(connection);
        return true;
    }
    if ((failed && errno != EINPROGRESS) || loop_watch(connection_loop(connection), watch) < 0) {
        connection_close(connection);
        return false;
    }
    connection->state = LEAN_CONNECTING;
    connection_set_timer(connection, connection_share_of_time(connection));
    return true;
}

/* Tries the addresses that are left; false: none was to be reached. */
static bool connection_try_all(struct lean_connection *connection)
{
    const struct lean_service *service = connection->service;
    for (; connection->address < service->address_count; connection->address++) {
        if (connection_try(connection, &service->addresses[connection->address]))
            return true;
    }
    return false;
}

static bool connection_dial(struct lean_connection *connection)
{
    usec now = loop_now(connection_loop(connection));
    connection->was_idle = false;
    connection->address = 0;
    connection->connect_due = now + connection->service->service->connect_timeout;
    return connection_try_all(connection);
}

bool lean_connection_open(struct lean_connection *connection, struct attempt *attempt)
{
    connection_begin(connection, attempt);
    return connection_dial(connection);
}

static void connection_time_is_over(struct timer *timer)
{
    struct lean_connection *connection = container_of(timer, struct lean_connection, timer);
    if (loop_now(connection_loop(connection)) >= connection->connect_due) {
        connection_finish(connection, REASON_TIMEOUT);
        return;
    }
    if (connection->state == LEAN_CONNECTING) {
        connection_close(connection);
        connection->address++;
    }
    if (!connection_try_all(connection))
        connection_finish(connection, REASON_CONNECT);
}

static bool connection_is_made(const struct lean_connection *connection)
{
    int error = 0;
    socklen_t size = sizeof(error);
    return getsockopt(connection->watch.fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

/* --- sending ------------------------------------------------------------------------------ */

static void connection_want(struct lean_connection *connection, uint32_t events)
{
    /* Where it fails, the flight's own deadline ends the wait. */
    (void)loop_change(connection_loop(connection), &connection->watch, events);
}

/* An answer may be there though the request is not taken any more: that is left to receiving. */
static void connection_send(struct lean_connection *connection)
{
    if (lean_request_send(&connection->request, connection->watch.fd) < 0)
        connection->is_deaf = true;
    bool is_over = connection->is_deaf || lean_request_is_sent(&connection->request);
    connection_want(connection, is_over ? QUIET : SENDING);
}

/*
 * Whether nothing has come on an idle connection, its end least of all. It is asked only where the
 * request cannot be sent again: others find out by themselves.
 */
static bool connection_is_silent(const struct lean_connection *connection)
{
    char byte;
    return recv(connection->watch.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

bool lean_connection_resume(struct lean_connection *connection, struct attempt *attempt)
{
    if (!request_may_be_repeated(attempt->request) && !connection_is_silent(connection))
        return false;
    connection_begin(connection, attempt);
    connection->state = LEAN_ACTIVE;
    connection->was_idle = true;
    if (lean_request_send(&connection->request, connection->watch.fd) < 0)
        return false;
    if (!lean_request_is_sent(&connection->request))
        connection_want(connection, SENDING);
    return true;
}

void lean_connection_rest(struct lean_connection *connection)
{
    connection->state = LEAN_IDLE;
    connection->attempt = NULL;
    connection->idle_since = loop_now(connection_loop(connection));
}

/* --- receiving ---------------------------------------------------------------------------- */

/*
 * A kept connection may have ended while the request was on its way (RFC 9112 9.3.1): not a byte
 * came, so the request is sent once more, on a new connection since any kept one may be as dead.
 */
static bool connection_may_resend(const struct lean_connection *connection)
{
    return connection->was_idle && !answer_reader_has_begun(&connection->reader) &&
           !lean_request_is_torn(&connection->request) &&
           request_may_be_repeated(connection->attempt->request);
}

static void connection_has_ended(struct lean_connection *connection, bool is_in_order)
{
    if (!connection_may_resend(connection)) {
        connection_finish(connection, answer_reader_end(&connection->reader, is_in_order));
        return;
    }
    connection_close(connection);
    connection->request.sent = 0;
    connection->is_deaf = false;
    connection->has_half_ended = false;
    if (!connection_dial(connection))
        connection_finish(connection, REASON_CONNECT);
}

/* Mostly the head is whole at once and is read where it was received. */
static enum reason connection_take_head(struct lean_connection *connection, struct str bytes)
{
    struct answer_reader *reader = &connection->reader;
    struct buffer *early = &connection->early;
    struct str text = bytes;
    if (early->length > 0) {
        buffer_append(early, bytes);
        text = buffer_text(early);
    }
    enum reason reason = answer_reader_take_head(reader, text);
    if (reason != REASON_NONE)
        return reason;
    if (answer_reader_has_head(reader))
        return answer_reader_take(reader, str_from(text, reader->head.bytes));
    if (early->length == 0)
        buffer_append(early, bytes);
    return REASON_NONE;
}

/*
 * A body of known length is received where it stays. Behind it there is always room for more, so
 * that bytes beyond the end are seen at once.
 */
static ssize_t connection_read(struct lean_connection *connection, struct str *ret_bytes)
{
    struct answer_reader *reader = &connection->reader;
    char *scratch = connection->service->worker->scratch;
    struct iovec rooms[2] = {{NULL, 0}, {scratch, LEAN_SCRATCH_BYTES}};
    char *place;
    size_t room = answer_reader_room(reader, &place);
    if (room == 0) {
        ssize_t count = recv(connection->watch.fd, scratch, LEAN_SCRATCH_BYTES, 0);
        *ret_bytes = (struct str){scratch, count > 0 ? (size_t)count : 0};
        return count;
    }
    rooms[0] = (struct iovec){place, room};
    ssize_t count = readv(connection->watch.fd, rooms, 2);
    if (count <= 0)
        return count;
    size_t put = (size_t)count < room ? (size_t)count : room;
    answer_reader_was_put(reader, put);
    *ret_bytes = (struct str){scratch, (size_t)count - put};
    return count;
}

static void connection_receive(struct lean_connection *connection)
{
    struct answer_reader *reader = &connection->reader;
    struct str bytes = STR_NONE;
    ssize_t count = connection_read(connection, &bytes);
    if (count < 0 && (errno == EAGAIN || errno == EINTR) && !connection->is_deaf)
        return;
    if (count <= 0) {
        connection_has_ended(connection, count == 0);
        return;
    }
    enum reason reason = answer_reader_has_head(reader) ? answer_reader_take(reader, bytes)
                                                        : connection_take_head(connection, bytes);
    if (reason != REASON_NONE || answer_reader_is_whole(reader))
        connection_finish(connection, reason);
}

/* --- events ------------------------------------------------------------------------------- */

static void connection_is_connected(struct lean_connection *connection)
{
    struct loop *loop = connection_loop(connection);
    if (connection_is_made(connection)) {
        timer_cancel(&loop->timers, &connection->timer);
        connection->state = LEAN_ACTIVE;
        connection_send(connection);
        if (connection->is_deaf)
            connection_receive(connection);
        return;
    }
    connection_close(connection);
    connection->address++;
    if (!connection_try_all(connection))
        connection_finish(connection, REASON_CONNECT);
}

static void connection_work(struct lean_connection *connection, uint32_t events)
{
    if (events & EPOLLOUT)
        connection_send(connection);
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        connection->has_half_ended = true;
    if ((events & ~(uint32_t)EPOLLOUT) != 0 || connection->is_deaf)
        connection_receive(connection);
}

static void connection_ready(struct watch *watch, uint32_t events)
{
    struct lean_connection *connection = container_of(watch, struct lean_connection, watch);
    switch (connection->state) {
    case LEAN_CONNECTING:
        connection_is_connected(connection);
        break;
    case LEAN_ACTIVE:
        connection_work(connection, events);
        break;
    case LEAN_IDLE:
    case LEAN_WAITING:
        lean_connection_free(connection);
        break;
    }
}

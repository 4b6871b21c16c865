/*
 * The traps of external epoll mode, each where it bites:
 * - MHD_get_timeout does not report a pending resume: without a mark of our own (is_dirty) the
 *   loop sleeps and the client hangs for ever;
 * - after a resume one MHD_run builds the head, the next one writes, a third reads EAGAIN and puts
 *   the descriptor back: so run while the timeout is 0, but not for ever;
 * - a suspended connection is not looked at: who leaves is seen by our own watch (client.c);
 * - after an error in a reply nobody shuts the socket down: NOTIFY_COMPLETED does.
 */
#include "gateway/front/server.h"

#include "gateway/compose/problem.h"
#include "gateway/front/client.h"
#include "gateway/front/desk.h"
#include "gateway/front/dismissal.h"
#include "gateway/front/farewell.h"
#include "gateway/front/handshake.h"
#include "gateway/front/head.h"
#include "gateway/front/tls_identity.h"
#include "gateway/front/visit.h"
#include "gateway/telemetry/record.h"

#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct server {
    struct desk desk;
    struct server_options *options;
    struct dismissal dismissal;
    struct handshakes handshakes;
    struct MHD_Daemon *daemon;
    struct watch watch; /* the library's own epoll descriptor */
    struct list clients;
    uint32_t client_count; /* all */
    uint32_t admin_count;
    struct client *arriving; /* between client_new and the library's call */
};

#define RUNS_PER_TURN 4

/* While draining: who has connected but not asked yet may still do so for this long. */
#define DRAIN_FIRST_REQUEST SECOND

/* Room for the reply's head where the request's is as large as it may be. */
#define REPLY_HEAD ((size_t)8 * 1024)

/* And where its cookies are many. */
#define REPLY_HEAD_LEAST ((size_t)4 * 1024)

/*
 * The pool holds the request's head, its index and the reply's head. It is cleared for every
 * request, so it is no larger than it must be.
 */
static size_t pool_size(const struct limits *limits)
{
    return (size_t)limits->head + HEAD_FIELDS_MAXIMUM * HEAD_FIELD_COST + REPLY_HEAD;
}

static void server_log(void *closure, const char *format, va_list arguments)
{
    char line[512];
    (void)closure;
    if (!log_is_on(LOG_DEBUG))
        return;
    vsnprintf(line, sizeof line, format, arguments);
    log_write(LOG_DEBUG, "http: %s", line);
}

static struct client *client_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

/* A head has begun: from its first byte on it has `head_timeout`, whatever trickles in. */
static void client_begin_head(struct client *client, const struct desk *desk)
{
    if (!client->is_idle)
        return;
    client->is_idle = false;
    client_set_clock(client, desk->composer->loop, desk->limits->head_timeout);
}

static void client_on_left(struct watch *watch, uint32_t events)
{
    struct client *client = container_of(watch, struct client, watch);
    if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) == 0)
        return;
    client->has_left = true;
    if (client->visit != NULL)
        visit_on_client_left(client->visit);
}

/* What was sent and not read is not kept for a client that has had its time. */
static void client_on_over(struct client *client)
{
    int unsent = 0;
    if (client->gate.is_shut)
        gate_drain(&client->gate);
    if (client->visit != NULL)
        visit_on_client_left(client->visit);
    (void)ioctl(client->fd, SIOCOUTQ, &unsent);
    if (unsent > 0)
        client_reset(client);
    else if (client->visit == NULL)
        client_end(client);
    else
        client_shut(client);
}

static void client_on_begin(struct gate *gate)
{
    struct client *client = container_of(gate, struct client, gate);
    client_begin_head(client, client->desk);
}

/* A message whose request line the library has not seen: it has no visit. */
static void client_refuse_unknown(struct client *client, int status)
{
    struct desk *desk = client->desk;
    struct exchange *exchange = exchange_new(desk->composer, NULL);
    struct envelope *envelope = &exchange->context.envelope;
    envelope->client = client->peer;
    envelope->id = envelope_new_id(desk->composer, &exchange->context.arena);
    problem_write(&(struct problem){.status = status, .id = envelope->id}, &exchange->reply);
    farewell_send(client->fd, &exchange->reply, desk_date(desk));
    exchange->context.request.is_admin = client->is_admin;
    count_add(&desk->composer->witness->tally->requests_begun, !client->is_admin);
    desk_record(desk, exchange, status);
    exchange_free(exchange);
}

static void client_on_refused(struct gate *gate, int status)
{
    struct client *client = container_of(gate, struct client, gate);
    gate_shut(gate);
    if (status == REQUEST_OVER)
        return; /* the library closes */
    if (client->visit != NULL)
        visit_on_refused(client->visit, status);
    else
        client_refuse_unknown(client, status);
    client_set_clock(client, client->desk->composer->loop, FAREWELL_TIME);
}

static const struct client_calls client_calls = {
    .left = client_on_left,
    .over = client_on_over,
    .begin = client_on_begin,
    .refuse = client_on_refused,
};

/* It has a place, among all and among those of its address. */
static void server_count(struct server *server, bool is_admin)
{
    atomic_fetch_add(server->options->connection_count, 1);
    server->client_count++;
    server->admin_count += is_admin;
}

static void server_forget(struct server *server, const struct guest *guest, bool is_admin)
{
    atomic_fetch_sub(server->options->connection_count, 1);
    server->client_count--;
    server->admin_count -= is_admin;
    guests_leave(server->options->guests, guest);
}

/* The library looks its connection up in here: the client that server_add has made. */
static void on_connection(void *closure, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct server *server = closure;
    struct tally *tally = server->desk.composer->witness->tally;
    (void)connection;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = server->arriving;
        count_add(&tally->connections_opened[server->arriving->is_admin], 1);
        server->arriving = NULL;
        return;
    }
    struct client *client = *context;
    if (client == NULL)
        return;
    count_add(&tally->connections_closed[client->is_admin], 1);
    server_forget(server, &client->guest, client->is_admin);
    client_free(client, server->desk.composer->loop);
    server->desk.is_dirty = true;
}

/* The next head may have begun already, behind the request that was answered. */
static void client_go_on(struct client *client)
{
    const struct limits *limits = client->desk->limits;
    struct loop *loop = client->desk->composer->loop;
    if (gate_is_within(&client->gate))
        client_begin_head(client, client->desk);
    else
        client_set_idle_clock(client, loop, limits->idle_timeout);
    gate_answered(&client->gate);
}

static void *on_request_line(void *closure, const char *uri, struct MHD_Connection *connection)
{
    struct server *server = closure;
    struct client *client = client_of(connection);
    if (client == NULL)
        return NULL;
    client->has_asked = true;
    /* one turn may begin thousands: each has its own beginning, and its own deadline */
    loop_refresh(server->desk.composer->loop);
    count_add(&server->desk.composer->witness->tally->requests_begun, !client->is_admin);
    client_begin_head(client, &server->desk);
    return visit_new(&server->desk, client, connection, uri);
}

static enum MHD_Result on_request(void *closure, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_size, void **context)
{
    (void)closure, (void)connection, (void)url;
    struct visit *visit = *context;
    return visit == NULL ? MHD_NO : visit_handle(visit, method, version, data, data_size);
}

static void on_completed(void *closure, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    struct server *server = closure;
    struct visit *visit = *context;
    (void)connection;
    if (visit == NULL)
        return;
    struct client *client = visit->client;
    bool is_ok = code == MHD_REQUEST_TERMINATED_COMPLETED_OK;
    bool is_sent = visit->state == VISIT_QUEUED && is_ok;
    bool closes = visit->exchange->reply.closes || server->desk.composer->is_draining;
    if (!visit->is_said)
        desk_record(&server->desk, visit->exchange, is_sent ? visit->exchange->reply.status : 0);
    visit_free(visit);
    *context = NULL;
    client->is_idle = true;
    if (closes)
        gate_shut(&client->gate);
    if (closes || client->gate.reader.is_over)
        gate_drain(&client->gate); /* the library closes, and bytes unread would reset */
    if (!is_ok)
        client_shut(client);
    else if (server->desk.composer->is_draining)
        client_end(client);
    else
        client_go_on(client);
}

/* The target is taken apart and decoded by us, once, from its raw bytes. */
static size_t unescape_nothing(void *closure, struct MHD_Connection *connection, char *text)
{
    (void)closure, (void)connection;
    return strlen(text);
}

static struct MHD_Daemon *daemon_start(struct server *server)
{
    const struct limits *limits = server->desk.limits;
    usec longest = limits->idle_timeout;
    if (longest < limits->head_timeout)
        longest = limits->head_timeout;
    if (longest < limits->body_timeout)
        longest = limits->body_timeout;
    /* a net below our own clocks, which are absolute */
    unsigned inactivity = (unsigned)(longest / SECOND + 60);
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO | MHD_USE_ERROR_LOG |
            MHD_USE_NO_LISTEN_SOCKET | MHD_USE_SUPPRESS_DATE_NO_CLOCK,
        0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, server_log, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, server, MHD_OPTION_URI_LOG_CALLBACK, on_request_line, server,
        MHD_OPTION_UNESCAPE_CALLBACK, unescape_nothing, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        server->desk.pool, MHD_OPTION_CONNECTION_LIMIT, limits->connections + 16u,
        MHD_OPTION_CONNECTION_TIMEOUT, inactivity, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
        MHD_OPTION_STRICT_FOR_CLIENT, 0, MHD_OPTION_END);
}

static void server_on_ready(struct watch *watch, uint32_t events)
{
    (void)events;
    container_of(watch, struct server, watch)->desk.is_dirty = true;
}

struct server *server_new(struct composer *composer, struct access *access,
                          struct server_options *options)
{
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL)
        abort();
    server->desk.composer = composer;
    server->desk.limits = options->limits;
    server->desk.pool = pool_size(options->limits);
    server->desk.access = access;
    server->desk.bounds = (struct request_bounds){
        .head = (size_t)options->limits->head,
        .pool = server->desk.pool - REPLY_HEAD_LEAST,
    };
    server->options = options;
    list_init(&server->desk.waiting);
    list_init(&server->clients);
    dismissal_init(&server->dismissal, &server->desk);
    handshakes_init(&server->handshakes, composer->loop);
    server->daemon = daemon_start(server);
    const union MHD_DaemonInfo *info =
        server->daemon != NULL ? MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)
                               : NULL;
    if (info == NULL) {
        if (server->daemon != NULL)
            MHD_stop_daemon(server->daemon);
        free(server);
        return NULL;
    }
    server->watch =
        (struct watch){.fd = info->epoll_fd, .events = EPOLLIN, .ready = server_on_ready};
    loop_watch(composer->loop, &server->watch);
    return server;
}

/* MHD_stop_daemon with suspended connections is a misuse of the library: resume them first. */
void server_free(struct server *server)
{
    if (server == NULL)
        return;
    handshakes_end(&server->handshakes);
    list_each (entry, &server->clients) {
        struct client *client = container_of(entry, struct client, entry);
        if (client->visit != NULL)
            visit_on_client_left(client->visit);
        client_shut(client);
    }
    MHD_run(server->daemon);
    loop_unwatch(server->desk.composer->loop, &server->watch);
    dismissal_done(&server->dismissal);
    MHD_stop_daemon(server->daemon);
    free(server);
}

/* Takes descriptor and session (or NULL), counted already. */
static void server_admit(struct server *server, int fd, const struct handshake *from,
                         struct tls_session *tls)
{
    struct loop *loop = server->desk.composer->loop;
    struct client *client =
        client_new(&server->desk, fd, &from->peer.any, from->is_admin, &client_calls);
    if (client == NULL) {
        tls_session_free(tls);
        server_forget(server, &from->guest, from->is_admin);
        close(fd);
        return;
    }
    gate_set_tls(&client->gate, tls);
    client->guest = from->guest;
    list_append(&server->clients, &client->entry);
    server->arriving = client;
    client_set_clock(client, loop,
                     server->desk.composer->is_draining ? DRAIN_FIRST_REQUEST
                                                        : server->desk.limits->head_timeout);
    if (MHD_add_connection(server->daemon, fd, &from->peer.any, from->peer.length) != MHD_YES &&
        server->arriving != NULL) {
        /* it never became a connection; the library has closed the descriptor */
        server->arriving = NULL;
        server_forget(server, &from->guest, from->is_admin);
        client_free(client, loop);
    }
    server->desk.is_dirty = true;
}

static void server_on_handshake(struct handshake *handshake, enum tls_step step)
{
    struct server *server = handshake->closure;
    int fd = handshake->watch.fd;
    if (step == TLS_STEP_DONE) {
        server_admit(server, fd, handshake, handshake->tls);
        return;
    }
    server_forget(server, &handshake->guest, handshake->is_admin);
    if (step == TLS_STEP_PLAIN)
        dismissal_add_plain(&server->dismissal, fd);
    else
        close(fd);
}

static void server_greet(struct server *server, int fd, struct handshake *begun,
                         struct tls_identity *identity)
{
    begun->tls = tls_session_new(tls_identity_context(identity), fd);
    begun->over = server_on_handshake;
    begun->closure = server;
    if (handshake_start(&server->handshakes, begun, fd, server->desk.limits->head_timeout))
        return;
    tls_session_free(begun->tls);
    server_forget(server, &begun->guest, begun->is_admin);
    close(fd);
}

void server_add(struct server *server, int fd, const struct arrival *arrival)
{
    struct handshake begun = {.peer = arrival->peer, .is_admin = arrival->is_admin};
    if (!arrival->is_admin &&
        !guests_enter(server->options->guests, &arrival->peer.any, &begun.guest)) {
        if (arrival->tls == NULL)
            dismissal_add(&server->dismissal, fd, false);
        else
            close(fd);
        return;
    }
    server_count(server, arrival->is_admin);
    if (arrival->tls != NULL)
        server_greet(server, fd, &begun, arrival->tls);
    else
        server_admit(server, fd, &begun, NULL);
}

void server_shed(struct server *server, int fd, bool is_tls)
{
    if (is_tls)
        close(fd);
    else
        dismissal_add(&server->dismissal, fd, true);
}

bool server_has_room(const struct server *server)
{
    return atomic_load(server->options->connection_count) < server->options->connection_limit;
}

static usec daemon_most_wait(struct server *server)
{
    MHD_UNSIGNED_LONG_LONG milliseconds;
    if (server->desk.is_dirty)
        return 0;
    if (MHD_get_timeout(server->daemon, &milliseconds) != MHD_YES)
        return USEC_NEVER;
    return (usec)milliseconds * MILLISECOND;
}

usec server_most_wait(struct server *server)
{
    return list_is_empty(&server->desk.waiting) ? daemon_most_wait(server) : 0;
}

void server_turn(struct server *server)
{
    visits_begin(&server->desk);
    for (int i = 0; i < RUNS_PER_TURN && daemon_most_wait(server) == 0; i++) {
        server->desk.is_dirty = false;
        MHD_run(server->daemon);
    }
}

void server_drain(struct server *server)
{
    handshakes_hurry(&server->handshakes, DRAIN_FIRST_REQUEST);
    list_each (entry, &server->clients) {
        struct client *client = container_of(entry, struct client, entry);
        if (client->visit != NULL || client->is_admin)
            continue;
        if (client->has_asked && !gate_has_unread(&client->gate))
            client_end(client);
        else
            client_set_clock(client, server->desk.composer->loop, DRAIN_FIRST_REQUEST);
    }
    server->desk.is_dirty = true;
}

uint32_t server_client_count(const struct server *server)
{
    return server->client_count - server->admin_count;
}

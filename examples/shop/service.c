/*
 * The life of a service: read the command line, open the database, listen, wait for a signal, stop.
 * libmicrohttpd gives each connection a thread, so an answer that waits (see fault.h) holds up
 * nobody else, and an answer is plain code from top to bottom.
 */
#include "examples/shop/service.h"

#include "examples/shop/database.h"
#include "examples/shop/fault.h"
#include "examples/shop/reply.h"
#include "examples/shop/request.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS_MAXIMUM  1024
#define IDLE_TIMEOUT_SECONDS 120
#define STACK_BYTES          ((size_t)256 * 1024)

struct server {
    const struct service *service;
    struct database *database;
    struct fault fault;
};

struct options {
    const char *data;
    const char *address;
    uint16_t port;
};

/* --- routing ------------------------------------------------------------------------------- */

enum match { MATCH_NONE, MATCH_BAD_ID, MATCH_PATH };

static enum match service_match(const char *pattern, const char *path, int64_t *ret_id)
{
    size_t literal = strcspn(pattern, "{");

    if (pattern[literal] == '\0')
        return strcmp(pattern, path) == 0 ? MATCH_PATH : MATCH_NONE;
    if (strncmp(pattern, path, literal) != 0 || path[literal] == '\0' ||
        strchr(path + literal, '/'))
        return MATCH_NONE;
    return request_read_number(path + literal, ret_id) ? MATCH_PATH : MATCH_BAD_ID;
}

/* HEAD is GET without the body, which libmicrohttpd leaves out. */
static bool service_method_is(const char *method, const char *wanted)
{
    return strcmp(method, wanted) == 0 ||
           (strcmp(method, "HEAD") == 0 && strcmp(wanted, "GET") == 0);
}

static void service_refuse(struct reply *reply, bool has_get, bool has_post)
{
    if (has_get)
        reply->allow = has_post ? "GET, HEAD, POST" : "GET, HEAD";
    else
        reply->allow = "POST";
    reply_error(reply, 405, "this path has no such method");
}

static void service_route(struct server *server, const char *method, const char *path,
                          struct request *request, struct reply *reply)
{
    bool has_get = false;
    bool has_post = false;

    for (const struct service_route *route = server->service->routes; route->method; route++) {
        enum match match = service_match(route->path, path, &request->id);

        if (match == MATCH_NONE)
            continue;
        has_get |= strcmp(route->method, "GET") == 0;
        has_post |= strcmp(route->method, "POST") == 0;
        if (!service_method_is(method, route->method))
            continue;
        if (match == MATCH_BAD_ID)
            reply_error(reply, 400, "the id is a whole number from 1");
        else
            route->answer(server->database, request, reply);
        return;
    }
    if (has_get || has_post)
        service_refuse(reply, has_get, has_post);
    else
        reply_error(reply, 404, "there is nothing at this path");
}

static void service_switch(struct server *server, const char *method, const struct request *request,
                           struct reply *reply)
{
    if (strcmp(method, "PUT") == 0) {
        fault_turn(&server->fault, request, reply);
    } else if (service_method_is(method, "GET")) {
        fault_show(&server->fault, reply);
    } else {
        reply->allow = "GET, HEAD, PUT";
        reply_error(reply, 405, "the switch is read by GET and turned by PUT");
    }
}

static void service_health(const char *method, struct reply *reply)
{
    if (service_method_is(method, "GET"))
        reply_json(reply, 200, strdup("{\"status\":\"ok\"}"));
    else
        service_refuse(reply, true, false);
}

static void service_answer(struct server *server, const char *method, const char *path,
                           struct request *request, struct reply *reply)
{
    if (request->is_too_large)
        reply_error(reply, 413, "the body is larger than 64 KiB");
    else if (strcmp(path, "/switch") == 0)
        service_switch(server, method, request, reply);
    else if (!fault_pass(&server->fault, reply))
        return;
    else if (strcmp(path, "/healthz") == 0)
        service_health(method, reply);
    else
        service_route(server, method, path, request, reply);
}

/* --- libmicrohttpd ------------------------------------------------------------------------- */

static enum MHD_Result service_send(struct MHD_Connection *connection, struct reply *reply)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(reply->body), reply->body, MHD_RESPMEM_MUST_COPY);

    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", "application/json");
    if (reply->cache)
        MHD_add_response_header(response, "Cache-Control", reply->cache);
    if (reply->location[0])
        MHD_add_response_header(response, "Location", reply->location);
    if (reply->allow)
        MHD_add_response_header(response, "Allow", reply->allow);
    enum MHD_Result result = MHD_queue_response(connection, reply->status, response);

    MHD_destroy_response(response);
    return result;
}

/* Called once with the head, once per piece of the body, and once at the end. */
static enum MHD_Result service_on_request(void *closure, struct MHD_Connection *connection,
                                          const char *url, const char *method, const char *version,
                                          const char *data, size_t *data_size, void **context)
{
    struct server *server = closure;
    struct request *request = *context;
    struct reply reply = {0};
    enum MHD_Result result = MHD_NO;

    (void)version;
    if (!request) {
        request = calloc(1, sizeof(*request));
        if (!request)
            return MHD_NO;
        request->connection = connection;
        *context = request;
        return MHD_YES;
    }
    if (*data_size > 0) {
        request_append(request, data, *data_size);
        *data_size = 0;
        return MHD_YES;
    }
    service_answer(server, method, url, request, &reply);
    if (reply.status != 0 && reply.body)
        result = service_send(connection, &reply);
    reply_done(&reply);
    return result;
}

static void service_on_completed(void *closure, struct MHD_Connection *connection, void **context,
                                 enum MHD_RequestTerminationCode code)
{
    struct request *request = *context;

    (void)closure;
    (void)connection;
    (void)code;
    if (!request)
        return;
    request_done(request);
    free(request);
    *context = NULL;
}

static struct MHD_Daemon *service_listen(struct server *server, const struct options *options)
{
    uint16_t port = options->port;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};

    if (inet_pton(AF_INET, options->address, &address.sin_addr) != 1)
        return NULL;
    return MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL_INTERNAL_THREAD, port,
                            NULL, NULL, service_on_request, server, MHD_OPTION_SOCK_ADDR, &address,
                            MHD_OPTION_NOTIFY_COMPLETED, service_on_completed, NULL,
                            MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAXIMUM,
                            MHD_OPTION_CONNECTION_TIMEOUT, IDLE_TIMEOUT_SECONDS,
                            MHD_OPTION_THREAD_STACK_SIZE, STACK_BYTES, MHD_OPTION_END);
}

/* --- the life of a service ----------------------------------------------------------------- */

static void service_help(const struct service *service, FILE *out)
{
    fprintf(out,
            "%s: %s\n\n"
            "usage: %s --port N --data FILE.db [--address IPv4]\n\n"
            "  --port N        listen on 127.0.0.1:N; 0 is any free port\n"
            "  --data FILE     its SQLite file, made and filled at the first start\n"
            "  --address IPv4  listen there instead of on 127.0.0.1\n"
            "  --help          this text\n\n"
            "PUT /switch {\"mode\": \"ok|slow|error|garbage|dead|hang\", \"delay_ms\": N} disturbs "
            "it while it runs.\n",
            service->name, service->about, service->name);
}

static bool service_read_port(const char *text, uint16_t *ret_port)
{
    int64_t number = 0;

    if (strcmp(text, "0") != 0 && (!request_read_number(text, &number) || number > UINT16_MAX))
        return false;
    *ret_port = (uint16_t)number;
    return true;
}

/* -1: go on; otherwise what main() returns. */
static int service_read_options(const struct service *service, int count, char **words,
                                struct options *ret_options)
{
    static const struct option known[] = {{"port", required_argument, NULL, 'p'},
                                          {"data", required_argument, NULL, 'd'},
                                          {"address", required_argument, NULL, 'a'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    bool has_port = false;
    int letter;

    while ((letter = getopt_long(count, words, "", known, NULL)) != -1) {
        if (letter == 'h') {
            service_help(service, stdout);
            return 0;
        }
        if (letter == 'd')
            ret_options->data = optarg;
        else if (letter == 'a')
            ret_options->address = optarg;
        else if (letter == 'p' && service_read_port(optarg, &ret_options->port))
            has_port = true;
        else
            break;
    }
    if (letter == -1 && optind == count && has_port && ret_options->data)
        return -1;
    service_help(service, stderr);
    return 2;
}

static int service_run(struct server *server, const struct options *options, sigset_t *signals)
{
    struct MHD_Daemon *daemon = service_listen(server, options);

    if (!daemon) {
        fprintf(stderr, "%s: cannot listen on %s:%u\n", server->service->name, options->address,
                (unsigned)options->port);
        return 1;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    int signal_number;

    printf("listening on %s:%u\n", options->address, (unsigned)info->port);
    fflush(stdout);
    sigwait(signals, &signal_number);
    fault_release(&server->fault);
    MHD_stop_daemon(daemon);
    return 0;
}

int service_main(const struct service *service, int count, char **words)
{
    struct server server = {.service = service};
    struct options options = {.address = "127.0.0.1"};
    sigset_t signals;
    int result = service_read_options(service, count, words, &options);

    if (result >= 0)
        return result;
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);

    server.database = database_open(options.data, service->plan);
    if (!server.database)
        return 1;
    fault_init(&server.fault);
    result = service_run(&server, &options, &signals);
    fault_done(&server.fault);
    database_close(server.database);
    return result;
}

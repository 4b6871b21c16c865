/*
 * A connection of its own on a server of its own, one request through it and its answer: both ways
 * must be ours, or what clients send would not be checked, and what they get not be encrypted.
 */
#include "gateway/front/gate_probe.h"

#include "base/list.h"
#include "gateway/front/gate.h"

#include <microhttpd.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROBE_RUNS 8

struct probe {
    struct gate gate;
    bool has_begun;
};

static void probe_on_begin(struct gate *gate)
{
    container_of(gate, struct probe, gate)->has_begun = true;
}

static void probe_on_refused(struct gate *gate, int status)
{
    (void)status;
    gate_shut(gate);
}

static enum MHD_Result probe_on_request(void *closure, struct MHD_Connection *connection,
                                        const char *url, const char *method, const char *version,
                                        const char *data, size_t *data_size, void **context)
{
    (void)closure, (void)url, (void)method, (void)version, (void)data;
    (void)data_size;
    static int mark;
    if (*context == NULL) {
        *context = &mark;
        return MHD_YES;
    }
    static char body[] = "an answer";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(sizeof body - 1, body, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    enum MHD_Result result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

/* All that came out at the other end went through the gate, and it was something. */
static bool probe_has_answered(const struct probe *probe, int other_end)
{
    char answer[1024];
    ssize_t count = recv(other_end, answer, sizeof answer, MSG_DONTWAIT);
    return count > 0 && (uint64_t)count == probe->gate.sent;
}

/* The library takes the first end. */
static bool probe_send(struct MHD_Daemon *daemon, const int ends[2])
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    static const struct request_bounds bounds = {.head = 1024, .pool = 4096};
    struct probe probe = {.has_begun = false};
    struct sockaddr peer = {.sa_family = AF_UNIX};
    if (!gate_open(&probe.gate, ends[0], &bounds, probe_on_begin, probe_on_refused)) {
        close(ends[0]);
        return false;
    }
    if (MHD_add_connection(daemon, ends[0], &peer, sizeof peer) == MHD_YES &&
        send(ends[1], request, sizeof request - 1, MSG_NOSIGNAL) > 0) {
        for (int i = 0; i < PROBE_RUNS; i++)
            MHD_run(daemon);
    }
    gate_close(&probe.gate);
    return probe.has_begun && probe_has_answered(&probe, ends[1]);
}

bool gate_probe(void)
{
    int ends[2];
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, NULL,
                                                 NULL, probe_on_request, NULL, MHD_OPTION_END);
    if (daemon == NULL)
        return false;
    bool is_good = socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0;
    if (is_good) {
        is_good = probe_send(daemon, ends);
        close(ends[1]);
    }
    MHD_stop_daemon(daemon);
    return is_good;
}

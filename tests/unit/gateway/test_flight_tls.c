/*
 * Flights over TLS to openssl's own server, which shows what it receives and sends what it is
 * told. Skipped where there is no openssl command.
 */
#include "tests/unit/gateway/flight_world.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

struct tls_server {
    char folder[64];
    char certificate[128];
    char key[128];
    char port[16];
    pid_t process;
    int to;   /* what is written here goes to the client */
    int from; /* what the client sent */
};

static bool run(char *const arguments[])
{
    pid_t process = fork();
    if (process == 0) {
        int nowhere = open("/dev/null", O_RDWR);
        dup2(nowhere, 1);
        dup2(nowhere, 2);
        execvp(arguments[0], arguments);
        _exit(127);
    }
    int status;
    return waitpid(process, &status, 0) == process && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void server_make_certificate(struct tls_server *server)
{
    strcpy(server->folder, "/tmp/braid-test-XXXXXX");
    assert_non_null(mkdtemp(server->folder));
    snprintf(server->certificate, sizeof(server->certificate), "%s/certificate", server->folder);
    snprintf(server->key, sizeof(server->key), "%s/key", server->folder);
    char *arguments[] = {"openssl",
                         "req",
                         "-x509",
                         "-newkey",
                         "ec",
                         "-pkeyopt",
                         "ec_paramgen_curve:P-256",
                         "-nodes",
                         "-keyout",
                         server->key,
                         "-out",
                         server->certificate,
                         "-days",
                         "2",
                         "-subj",
                         "/CN=shop.example",
                         "-addext",
                         "subjectAltName=DNS:shop.example",
                         NULL};
    assert_true(run(arguments));
}

static void server_run(struct tls_server *server)
{
    int in[2];
    int out[2];
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    server->process = fork();
    if (server->process == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        dup2(open("/dev/null", O_WRONLY), 2);
        execlp("openssl", "openssl", "s_server", "-quiet", "-accept", server->port, "-cert",
               server->certificate, "-key", server->key, NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    server->to = in[1];
    server->from = out[0];
}

static bool server_is_up(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool is_up = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return is_up;
}

static void server_start(struct tls_server *server, uint16_t *ret_port)
{
    server_make_certificate(server);
    int fd = fake_listen_tcp(ret_port);
    close(fd);
    snprintf(server->port, sizeof(server->port), "%u", *ret_port);
    server_run(server);
    for (int tries = 0; !server_is_up(*ret_port); tries++) {
        assert_true(tries < 200);
        fake_pause(20);
    }
}

static void server_stop(struct tls_server *server)
{
    kill(server->process, SIGKILL);
    waitpid(server->process, NULL, 0);
    close(server->to);
    close(server->from);
    unlink(server->certificate);
    unlink(server->key);
    rmdir(server->folder);
}

/* Turns the loop until the request has come, then answers. */
static void server_answer(struct tls_server *server, struct world *world, const char *expected,
                          const char *answer)
{
    char text[1024];
    size_t length = 0;
    while (fake_request_size(text, length) == 0) {
        loop_turn(&world->loop, 10 * MILLISECOND);
        struct pollfd readable = {server->from, POLLIN, 0};
        if (poll(&readable, 1, 0) <= 0)
            continue;
        ssize_t count = read(server->from, text + length, sizeof(text) - 1 - length);
        assert_true(count > 0);
        length += (size_t)count;
    }
    text[length] = '\0';
    assert_string_equal(text, expected);
    assert_int_equal(write(server->to, answer, strlen(answer)), strlen(answer));
}

static void world_reopen(struct world *world, struct tls_client tls)
{
    upstreams_free(world->upstreams);
    world->service.tls = tls;
    world_equip(world);
}

static void the_certificate_is_verified(void **state)
{
    static struct world world;
    static const struct fake_script scripts[] = {{.bytes = ""}};
    struct tls_server server;
    struct passenger passenger;
    char *version[] = {"openssl", "version", NULL};
    if (!run(version)) {
        print_message("skipped: the openssl command is not there\n");
        return;
    }
    world_prepare(&world, state);
    world_open(&world, scripts);
    server_start(&server, &world.url.port);
    snprintf(world.authority, sizeof(world.authority), "127.0.0.1:%s", server.port);
    world.url.authority = str_of(world.authority);
    world.url.is_tls = true;
    struct tls_client tls = {.ca = str_of(server.certificate), .server_name = STR("shop.example")};

    world_reopen(&world, tls);
    char expected[256];
    snprintf(expected, sizeof(expected),
             "GET /t HTTP/1.1\r\nHost: %s\r\naccept: application/json\r\n\r\n", world.authority);
    for (int i = 0; i < 2; i++) { /* the second one over the same connection */
        loop_refresh(&world.loop);
        struct flight_request request = world_request(&world, "GET", "/t");
        world_start(&world, &passenger, &request);
        server_answer(&server, &world, expected, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        world_run(&world, &passenger, 1);
        assert_int_equal(passenger.flight.reason, REASON_NONE);
        assert_str(passenger.flight.answer.body, "{}");
    }

    world_reopen(&world, (struct tls_client){.ca = tls.ca}); /* another name */
    world_get(&world, &passenger, "/t");
    assert_int_equal(passenger.flight.reason, REASON_CONNECT);
    world_reopen(&world, (struct tls_client){.server_name = tls.server_name}); /* unknown */
    world_get(&world, &passenger, "/t");
    assert_int_equal(passenger.flight.reason, REASON_CONNECT);
    server_stop(&server);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_certificate_is_verified)};
    signal(SIGPIPE, SIG_IGN);
    if (!upstreams_global_init())
        return 1;
    int failures = cmocka_run_group_tests_name("flight over TLS", tests, NULL, NULL);
    upstreams_global_done();
    return failures;
}

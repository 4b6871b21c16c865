/*
 * recv() on a descriptor with a gate: what passes, what is cut off, and when the refusal is due.
 */
#include "gateway/front/gate.h"
#include "gateway/front/gate_probe.h"

#include "base/list.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define GET "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"

static const struct request_bounds bounds = {.head = 1024, .pool = 4096};

struct door {
    struct gate gate;
    int client;
    int begun;
    int refused; /* with */
};

static void door_on_begin(struct gate *gate)
{
    container_of(gate, struct door, gate)->begun++;
}

static void door_on_refused(struct gate *gate, int status)
{
    container_of(gate, struct door, gate)->refused = status;
    gate_shut(gate);
}

static int door_open(void **state)
{
    static struct door door;
    int ends[2];
    memset(&door, 0, sizeof door);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    assert_true(gate_open(&door.gate, ends[0], &bounds, door_on_begin, door_on_refused));
    door.client = ends[1];
    *state = &door;
    return 0;
}

static int door_close(void **state)
{
    struct door *door = *state;
    gate_close(&door->gate);
    close(door->gate.fd);
    close(door->client);
    return 0;
}

static void door_send(struct door *door, struct str text)
{
    assert_int_equal(send(door->client, text.at, text.length, 0), text.length);
}

static ssize_t door_receive(struct door *door)
{
    char some[4096];
    return recv(door->gate.fd, some, sizeof some, 0);
}

static void what_is_good_passes(void **state)
{
    struct door *door = *state;
    door_send(door, STR("GET /a"));
    assert_int_equal(door_receive(door), 6);
    assert_int_equal(door->begun, 1);
    door_send(door, STR(" HTTP/1.1\r\nHost: a\r\n\r\n" GET));
    assert_int_equal(door_receive(door), strlen(" HTTP/1.1\r\nHost: a\r\n\r\n" GET));
    assert_int_equal(door->begun, 1);
    assert_int_equal(door->gate.reader.whole, 2);
    assert_false(gate_is_within(&door->gate));
    assert_int_equal(door_receive(door), -1);
    assert_int_equal(errno, EAGAIN);
}

static void what_is_refused_does_not_pass(void **state)
{
    struct door *door = *state;
    door_send(door, STR("GET /a HTTP/1.1\r\n"));
    assert_int_equal(door_receive(door), 17);
    door_send(door, STR("X y: z\r\n\r\n" GET));
    assert_int_equal(door_receive(door), -1);
    assert_int_equal(door->refused, 400);
    /* nothing of what follows is seen, and the end only when the client ends */
    door_send(door, STR(GET));
    assert_int_equal(door_receive(door), -1);
    assert_int_equal(errno, EAGAIN);
    shutdown(door->client, SHUT_WR);
    assert_int_equal(door_receive(door), 0);
}

static void what_came_before_is_answered_first(void **state)
{
    struct door *door = *state;
    door_send(door, STR(GET GET "\n" GET));
    assert_int_equal(door_receive(door), 2 * strlen(GET));
    assert_int_equal(door->refused, 0);
    gate_answered(&door->gate);
    assert_int_equal(door->refused, 0);
    gate_answered(&door->gate);
    assert_int_equal(door->refused, 400);
}

static void a_refusal_waits_for_an_answer_that_is_under_way(void **state)
{
    struct door *door = *state;
    door_send(door, STR(GET));
    assert_int_equal(door_receive(door), strlen(GET));
    door_send(door, STR("\n"));
    assert_int_equal(door_receive(door), -1);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(door->refused, 0);
    gate_answered(&door->gate);
    assert_int_equal(door->refused, 400);
}

static void a_client_that_never_ends_is_cut_off(void **state)
{
    struct door *door = *state;
    static const char some[65536];
    door_send(door, STR("\n"));
    assert_int_equal(door_receive(door), -1);
    for (size_t sent = 0; sent < 2 * GATE_LINGER_BYTES; sent += sizeof some) {
        if (send(door->client, some, sizeof some, 0) < 0)
            continue;
        if (door_receive(door) == 0)
            return;
    }
    fail_msg("it is not cut off");
}

static void other_descriptors_pass(void **state)
{
    struct door *door = *state;
    char some[8];
    assert_int_equal(send(door->gate.fd, "\n\n", 2, 0), 2);
    assert_int_equal(recv(door->client, some, sizeof some, 0), 2);
    assert_int_equal(recv(-1, some, sizeof some, 0), -1);
    assert_int_equal(errno, EBADF);
    gate_close(&door->gate);
    door_send(door, STR("\n"));
    assert_int_equal(door_receive(door), 1);
    struct gate gate;
    assert_false(gate_open(&gate, GATE_DESCRIPTORS, &bounds, NULL, NULL));
}

static void the_library_receives_through_it(void **state)
{
    (void)state;
    assert_true(gate_probe());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_good_passes, door_open, door_close),
        cmocka_unit_test_setup_teardown(what_is_refused_does_not_pass, door_open, door_close),
        cmocka_unit_test_setup_teardown(what_came_before_is_answered_first, door_open, door_close),
        cmocka_unit_test_setup_teardown(a_refusal_waits_for_an_answer_that_is_under_way, door_open,
                                        door_close),
        cmocka_unit_test_setup_teardown(a_client_that_never_ends_is_cut_off, door_open, door_close),
        cmocka_unit_test_setup_teardown(other_descriptors_pass, door_open, door_close),
        cmocka_unit_test(the_library_receives_through_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

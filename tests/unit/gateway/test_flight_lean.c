/*
 * What the lean client alone must get right, against a service that is played step by step: kept
 * connections that die, requests that do not fit, answers that come too early or are too long.
 */
#include "gateway/upstream/lean_pool.h"
#include "gateway/upstream/lean_service.h"
#include "tests/unit/gateway/hand_service.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

static void begin(struct hand *hand, struct passenger *passenger, const char *method)
{
    loop_refresh(&hand->world->loop);
    struct flight_request request = world_request(hand->world, method, "/");
    world_start(hand->world, passenger, &request);
}

static void begin_with_body(struct hand *hand, struct passenger *passenger, const char *method,
                            struct str body)
{
    loop_refresh(&hand->world->loop);
    struct flight_request request = world_request(hand->world, method, "/");
    request.has_body = true;
    request.body = body;
    world_start(hand->world, passenger, &request);
}

static void expect_landing(struct hand *hand, struct passenger *passenger, enum reason reason)
{
    world_run(hand->world, passenger, 1);
    assert_int_equal(passenger->flight.reason, reason);
}

/* One GET that goes well and leaves a kept connection behind. */
static void warm_up(struct hand *hand)
{
    struct passenger passenger;
    begin(hand, &passenger, "GET");
    hand_accept(hand);
    hand_read(hand);
    hand_say(hand, OK);
    expect_landing(hand, &passenger, REASON_NONE);
}

/* --- kept connections that die ------------------------------------------------------------- */

static void a_request_on_a_dead_connection_is_sent_once_more(void **state)
{
    static struct world world;
    struct hand hand;
    struct passenger passenger;
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 0);
    static const char *const methods[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"};
    for (int i = 0; i < 10; i++) {
        warm_up(&hand);
        begin(&hand, &passenger, methods[i % 5]);
        hand_read(&hand);
        if (i < 5)
            hand_leave(&hand);
        else
            hand_reset(&hand);
        hand_accept(&hand);
        hand_read(&hand);
        assert_memory_equal(hand.text, methods[i % 5], strlen(methods[i % 5]));
        hand_say(&hand, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        expect_landing(&hand, &passenger, REASON_NONE);
        assert_int_equal(passenger.flight.answer.status, 200);
        hand_expect_end(&hand);
    }
    hand_close(&hand);
}

static void but_only_once(void **state)
{
    static struct world world;
    struct hand hand;
    struct passenger passenger;
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 0);
    warm_up(&hand);
    begin(&hand, &passenger, "GET");
    hand_read(&hand);
    hand_leave(&hand);
    hand_accept(&hand);
    hand_read(&hand);
    hand_leave(&hand);
    expect_landing(&hand, &passenger, REASON_RESET);
    hand_expect_nobody(&hand);
    hand_close(&hand);
}

static void and_never_on_a_new_connection(void **state)
{
    static struct world world;
    struct hand hand;
    struct passenger passenger;
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 0);
    begin(&hand, &passenger, "GET");
    hand_accept(&hand);
    hand_read(&hand);
    hand_leave(&hand);
    expect_landing(&hand, &passenger, REASON_RESET);
    hand_expect_nobody(&hand);
    hand_close(&hand);
}

static void and_never_after_a_byte(void **state)
{
    static struct world world;
    struct hand hand;
    struct passenger passenger;
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 0);
    warm_up(&hand);
    begin(&hand, &passenger, "GET");
    hand_read(&hand);
    hand_say(&hand, "H");
    hand_leave(&hand);
    expect_landing(&hand, &passenger, REASON_RESET);
    hand_expect_nobody(&hand);
    hand_close(&hand);
}

static void and_never_for_a_post(void **state)
{
    static struct world world;
    struct hand hand;
    struct passenger passenger;
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 0);
    static const char *const methods[] = {"POST", "PATCH", "PURGE"};
    for (int i = 0; i < 3; i++) {
        warm_up(&hand);
        begin(&hand, &passenger, methods[i]);
        hand_read(&hand);
        hand_leave(&hand);
        expect_landing(&hand, &passenger, REASON_RESET);
        hand_expect_nobody(&hand);
    }
    hand_close(&hand);
}

/* The end has come before the request, but the loop has not heard of it yet. */
static void a_post_looks_before_it_goes(void **state)
{
    static struct world world;
    struct hand hand;
    struct passenger passenger;
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 0);
    for (int i = 0; i < 2; i++) {
        warm_up(&hand);
        if (i == 0)
            hand_leave(&hand);
        else
            hand_reset(&hand);
        begin(&hand, &passenger, "POST");
        hand_accept(&hand);
        hand_read(&hand);
        hand_say(&hand, "HTTP/1.1 201 Created\r\nConnection: close\r\n\r\n1");
        hand_leave(&hand);
        expect_landing(&hand, &passenger, REASON_NONE);
        assert_int_equal(passenger.flight.answer.status, 201);
    }
    hand_close(&hand);
}

static void a_body_that_was_sent_in_part_is_not_sent_again(void **state)
{
    static struct world world;
    static char body[4 * 1024 * 1024];
    struct hand hand;
    struct passenger passenger;
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 32768);
    warm_up(&hand);
    begin_with_body(&hand, &passenger, "PUT", (struct str){body, sizeof(body)});
    hand_read(&hand);
    world_linger(&world, 10 * MILLISECOND);
    hand_reset(&hand);
    expect_landing(&hand, &passenger, REASON_RESET);
    hand_expect_nobody(&hand);
    hand_close(&hand);
}

/* --- idle connections ---------------------------------------------------------------------- */

static void whatever_happens_on_an_idle_connection_ends_it(void **state)
{
    static struct world world;
    struct hand hand;
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 0);
    warm_up(&hand);
    hand_expect_silence(&hand);
    hand_say(&hand, "x");
    hand_expect_end(&hand);
    warm_up(&hand);
    shutdown(hand.fd, SHUT_WR);
    hand_expect_end(&hand);
    warm_up(&hand);
    hand_reset(&hand);
    warm_up(&hand); /* on a new one */
    hand_close(&hand);
}

static void idle_connections_grow_old(void **state)
{
    static struct world world;
    struct hand hand;
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 0);
    warm_up(&hand);
    world.loop.now += LEAN_IDLE_TIME - SECOND;
    timers_fire(&world.loop.timers, world.loop.now);
    hand_expect_silence(&hand);
    world.loop.now += LEAN_IDLE_TIME + SECOND;
    timers_fire(&world.loop.timers, world.loop.now);
    hand_expect_end(&hand);
    warm_up(&hand);
    hand_close(&hand);
}

static void the_last_used_is_taken_first(void **state)
{
    static struct world world;
    struct hand hand;
    struct passenger passengers[2];
    int fds[2];
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 0);
    for (int i = 0; i < 2; i++) {
        begin(&hand, &passengers[i], "GET");
        hand_accept(&hand);
        hand_read(&hand);
        fds[i] = hand.fd;
    }
    for (int i = 0; i < 2; i++) {
        hand.fd = fds[i];
        hand_say(&hand, OK);
        expect_landing(&hand, &passengers[i], REASON_NONE);
    }
    begin(&hand, &passengers[0], "GET");
    hand_read(&hand); /* on the second one */
    hand_say(&hand, OK);
    expect_landing(&hand, &passengers[0], REASON_NONE);
    close(fds[0]);
    hand_close(&hand);
}

/* --- requests that do not fit -------------------------------------------------------------- */

static void a_long_body_goes_bit_by_bit(void **state)
{
    static struct world world;
    static char body[4 * 1024 * 1024];
    struct hand hand;
    struct passenger passenger;
    memset(body, 'b', sizeof(body));
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 32768);
    for (int i = 0; i < 2; i++) { /* the second one on the kept connection */
        begin_with_body(&hand, &passenger, "POST", (struct str){body, sizeof(body)});
        if (i == 0)
            hand_accept(&hand);
        hand_read(&hand);
        assert_non_null(strstr(hand.text, "\r\nContent-Length: 4194304\r\n\r\n"));
        hand_read_body(&hand, 'b', sizeof(body));
        assert_int_equal(passenger.landings, 0);
        hand_say(&hand, OK);
        expect_landing(&hand, &passenger, REASON_NONE);
        hand_expect_silence(&hand);
    }
    hand_close(&hand);
}

/* The answer is taken, the rest of the request never sent, the connection not used again. */
static void an_answer_may_come_before_the_body_has_gone(void **state)
{
    static struct world world;
    static char body[4 * 1024 * 1024];
    struct hand hand;
    struct passenger passenger;
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 32768);
    begin_with_body(&hand, &passenger, "POST", (struct str){body, sizeof(body)});
    hand_accept(&hand);
    hand_read(&hand);
    hand_say(&hand, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\n[]");
    expect_landing(&hand, &passenger, REASON_NONE);
    assert_int_equal(passenger.flight.answer.status, 413);
    assert_str(passenger.flight.answer.body, "[]");
    int first = hand.fd;
    warm_up(&hand); /* at once, and on a new one */
    hand_leave(&hand);
    hand.fd = first;
    hand_expect_end(&hand);
    hand_close(&hand);
}

/* What an answer says before the service hangs up on the rest of the request is not lost. */
static void an_answer_is_read_though_sending_fails(void **state)
{
    static struct world world;
    static char body[4 * 1024 * 1024];
    struct hand hand;
    struct passenger passenger;
    world_prepare(&world, state);
    hand_open_unix(&hand, &world, 16);
    begin_with_body(&hand, &passenger, "POST", (struct str){body, sizeof(body)});
    hand_accept(&hand);
    hand_read(&hand);
    hand_say(&hand, "HTTP/1.1 413 Content Too Large\r\n\r\n[]");
    hand_leave(&hand);
    expect_landing(&hand, &passenger, REASON_RESET); /* until close, and the close was none */
    begin_with_body(&hand, &passenger, "POST", (struct str){body, sizeof(body)});
    hand_accept(&hand);
    hand_read(&hand);
    hand_say(&hand, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\n[]");
    hand_leave(&hand);
    expect_landing(&hand, &passenger, REASON_NONE);
    assert_int_equal(passenger.flight.answer.status, 413);
    hand_close(&hand);
}

/* --- answers ------------------------------------------------------------------------------- */

static void an_answer_byte_by_byte(void **state)
{
    static struct world world;
    struct hand hand;
    struct passenger passenger;
    static const char *const answers[] = {
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 3\r\n\r\n[1]",
        "HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n"
        "2;x\r\n[1\r\n1\r\n]\r\n0\r\nX: y\r\n\r\n",
    };
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 0);
    for (int i = 0; i < 2; i++) {
        begin(&hand, &passenger, "GET");
        if (i == 0)
            hand_accept(&hand);
        hand_read(&hand);
        for (const char *at = answers[i]; *at; at++) {
            assert_int_equal(passenger.landings, 0);
            assert_true(fake_send(hand.fd, at, 1));
            hand_turn(&hand);
        }
        expect_landing(&hand, &passenger, REASON_NONE);
        assert_int_equal(passenger.flight.answer.status, 200);
        assert_int_equal(passenger.flight.answer.field_count, 2);
        assert_str(passenger.flight.answer.fields[0].value, "b");
        assert_str(passenger.flight.answer.body, "[1]");
    }
    hand_expect_silence(&hand);
    hand_close(&hand);
}

static void a_long_answer_is_received_where_it_stays(void **state)
{
    static struct world world;
    static char answer[3 * 1024 * 1024 + 64];
    struct hand hand;
    struct passenger passenger;
    size_t head = (size_t)sprintf(answer, "HTTP/1.1 200 OK\r\nContent-Length: 3145728\r\n\r\n");
    for (size_t i = 0; i < 3145728; i++)
        answer[head + i] = (char)('a' + i % 23);
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 0);
    for (int i = 0; i < 2; i++) {
        size_t used = world.arena.used;
        begin(&hand, &passenger, "GET");
        if (i == 0)
            hand_accept(&hand);
        hand_read(&hand);
        hand_say_long(&hand, answer, head + 3145728);
        expect_landing(&hand, &passenger, REASON_NONE);
        assert_int_equal(passenger.flight.answer.body.length, 3145728);
        assert_memory_equal(passenger.flight.answer.body.at, answer + head, 3145728);
        assert_true(world.arena.used - used < 3145728 + 1024);
    }
    hand_expect_silence(&hand);
    hand_close(&hand);
}

static void bytes_behind_the_end_cost_the_connection(void **state)
{
    static struct world world;
    struct hand hand;
    struct passenger passenger;
    static const char *const parts[][2] = {
        {"", OK "x"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{", "}HTTP/1.1 200 OK\r\n\r\n"},
        {"HTTP/1.1 200 OK\r\nContent-", "Length: 2\r\n\r\n{}{}"},
        {"", "HTTP/1.1 204 No Content\r\n\r\n{}"},
    };
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 0);
    for (int i = 0; i < 4; i++) {
        begin(&hand, &passenger, "GET");
        hand_accept(&hand);
        hand_read(&hand);
        hand_say(&hand, parts[i][0]);
        world_linger(&world, 5 * MILLISECOND);
        hand_say(&hand, parts[i][1]);
        expect_landing(&hand, &passenger, REASON_NONE);
        assert_str(passenger.flight.answer.body, i < 3 ? "{}" : "");
        hand_expect_end(&hand);
    }
    hand_close(&hand);
}

#define CLOSING_CHUNKS                                                                             \
    "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"                   \
    "2\r\n{}\r\n0\r\n\r\n"

static void a_connection_is_kept_only_where_both_will(void **state)
{
    static struct world world;
    struct hand hand;
    struct passenger passenger;
    static const char *const answers[] = {
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nConnection: x, close\r\nContent-Length: 2\r\n\r\n{}",
        CLOSING_CHUNKS,
    };
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 0);
    for (int i = 0; i < 3; i++) {
        begin(&hand, &passenger, "GET");
        hand_accept(&hand);
        hand_read(&hand);
        hand_say(&hand, answers[i]);
        expect_landing(&hand, &passenger, REASON_NONE);
        assert_str(passenger.flight.answer.body, "{}");
        hand_expect_end(&hand);
    }
    hand_close(&hand);
}

/* It says with its answer that it will read nothing more: the next request does not try. */
static void a_service_that_leaves_with_its_answer_is_not_asked_again(void **state)
{
    static struct world world;
    struct hand hand;
    struct passenger passenger;
    world_prepare(&world, state);
    hand_open(&hand, &world, 16, 0);
    begin(&hand, &passenger, "GET");
    hand_accept(&hand);
    hand_read(&hand);
    hand_say(&hand, OK);
    shutdown(hand.fd, SHUT_WR);
    expect_landing(&hand, &passenger, REASON_NONE);
    int first = hand.fd;
    warm_up(&hand);
    char byte;
    assert_int_equal(recv(first, &byte, 1, 0), 0);
    close(first);
    hand_close(&hand);
}

/* --- where services are -------------------------------------------------------------------- */

static void addresses_that_need_no_resolver(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        const char *path;
        bool is_tls;
        bool is_taken;
    } cases[] = {
        {"127.0.0.1", "", false, true},
        {"::1", "", false, true},
        {"2001:db8::7", "", false, true},
        {"localhost", "", false, true},
        {"LocalHost", "", false, true},
        {"localhost", "/run/service.sock", false, true},
        {"127.0.0.1", "", true, false},
        {"localhost", "", true, false},
        {"localhost.example", "", false, false},
        {"users.internal", "", false, false},
        {"127.1", "", false, false},
        {"0x7f000001", "", false, false},
        {"2852039166", "", false, false},
        {"fe80::1%lo", "", false, false},
        {"", "", false, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct url url = {.host = str_of(cases[i].host),
                          .unix_path = str_of(cases[i].path),
                          .is_tls = cases[i].is_tls,
                          .port = 80};
        struct endpoint endpoint = {.generation = 1, .url = &url};
        if (lean_service_takes(&endpoint) != cases[i].is_taken)
            fail_msg("%s", cases[i].host);
        endpoint.is_resolved = true;
        if (lean_service_takes(&endpoint) == cases[i].is_tls)
            fail_msg("%s, resolved", cases[i].host);
    }
}

static void over_ipv6(void **state)
{
    static struct world world;
    static const char *const hosts[] = {"::1", "localhost"}; /* where nobody is on 127.0.0.1 */
    for (int i = 0; i < 2; i++) {
        struct hand hand;
        world_prepare(&world, state);
        if (!hand_open_v6(&hand, &world, hosts[i])) {
            print_message("skipped: ::1 is not there\n");
            loop_done(&world.loop);
            return;
        }
        warm_up(&hand);
        char host[128];
        snprintf(host, sizeof(host), "\r\nHost: %s\r\n", world.authority);
        assert_non_null(strstr(hand.text, host));
        hand_expect_silence(&hand);
        hand_close(&hand);
    }
}

static void a_full_queue_of_a_unix_socket_is_waited_for(void **state)
{
    static struct world world;
    struct hand hand;
    struct passenger passengers[4];
    world_prepare(&world, state);
    hand_open_unix(&hand, &world, 0);
    for (int i = 0; i < 4; i++)
        begin(&hand, &passengers[i], "GET");
    world_linger(&world, 30 * MILLISECOND); /* nobody accepts */
    for (int i = 0; i < 4; i++) {
        hand_accept(&hand);
        hand_read(&hand);
        hand_say(&hand, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");
        hand_leave(&hand);
    }
    world_run(&world, passengers, 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(passengers[i].flight.reason, REASON_NONE);
    hand_close(&hand);
}

static void but_not_for_ever(void **state)
{
    static struct world world;
    struct hand hand;
    struct passenger passengers[4];
    world_prepare(&world, state);
    world.service.connect_timeout = 50 * MILLISECOND;
    hand_open_unix(&hand, &world, 0);
    usec start = clock_now();
    for (int i = 0; i < 4; i++)
        begin(&hand, &passengers[i], "GET");
    expect_landing(&hand, &passengers[3], REASON_TIMEOUT);
    assert_true(clock_now() - start >= 50 * MILLISECOND);
    assert_int_equal(passengers[0].landings, 0); /* it waits for its answer */
    for (int i = 0; i < 4; i++)
        flight_cancel(&passengers[i].flight);
    hand_close(&hand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_on_a_dead_connection_is_sent_once_more),
        cmocka_unit_test(but_only_once),
        cmocka_unit_test(and_never_on_a_new_connection),
        cmocka_unit_test(and_never_after_a_byte),
        cmocka_unit_test(and_never_for_a_post),
        cmocka_unit_test(a_post_looks_before_it_goes),
        cmocka_unit_test(a_body_that_was_sent_in_part_is_not_sent_again),
        cmocka_unit_test(whatever_happens_on_an_idle_connection_ends_it),
        cmocka_unit_test(idle_connections_grow_old),
        cmocka_unit_test(the_last_used_is_taken_first),
        cmocka_unit_test(a_long_body_goes_bit_by_bit),
        cmocka_unit_test(an_answer_may_come_before_the_body_has_gone),
        cmocka_unit_test(an_answer_is_read_though_sending_fails),
        cmocka_unit_test(an_answer_byte_by_byte),
        cmocka_unit_test(a_long_answer_is_received_where_it_stays),
        cmocka_unit_test(bytes_behind_the_end_cost_the_connection),
        cmocka_unit_test(a_connection_is_kept_only_where_both_will),
        cmocka_unit_test(a_service_that_leaves_with_its_answer_is_not_asked_again),
        cmocka_unit_test(addresses_that_need_no_resolver),
        cmocka_unit_test(over_ipv6),
        cmocka_unit_test(a_full_queue_of_a_unix_socket_is_waited_for),
        cmocka_unit_test(but_not_for_ever),
    };
    if (!upstreams_global_init())
        return 1;
    int failures = cmocka_run_group_tests_name("the lean client", tests, NULL, NULL);
    upstreams_global_done();
    return failures;
}

/*
 * Flights over a real loop to a fake service: what is sent, what comes back, who waits, and who is
 * given up.
 */
#include "tests/unit/gateway/hand_service.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#define OK      OK_HEAD "Content-Length: 8\r\n\r\n{\"a\":17}"

static const struct fake_script plain_scripts[] = {
    {.target = "/closing",
     .bytes = OK_HEAD "Connection: close\r\nContent-Length: 2\r\n\r\n[]",
     .after = FAKE_CLOSES},
    {.target = "/until-close", .bytes = OK_HEAD "\r\n{\"until\":\"close\"}", .after = FAKE_CLOSES},
    {.target = "/chunked",
     .bytes = OK_HEAD "Transfer-Encoding: chunked\r\n\r\n"
                      "4\r\n{\"a\"\r\n5;x=y\r\n:true\r\n1\r\n}\r\n0\r\n"
                      "X-Sum: 1\r\n\r\n"},
    {.target = "/404", .bytes = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope"},
    {.target = "/204", .bytes = "HTTP/1.1 204 No Content\r\n\r\n"},
    {.target = "/304", .bytes = "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n"},
    {.target = "/head", .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 123456789\r\n\r\n"},
    {.target = "/early",
     .bytes = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
              "HTTP/1.1 100 Continue\r\n\r\n" OK},
    {.target = "/hang", .bytes = "", .after = FAKE_HANGS},
    {.target = "/hang-in-body",
     .bytes = OK_HEAD "Content-Length: 100\r\n\r\n{",
     .after = FAKE_HANGS},
    {.target = "/trickle", .bytes = OK, .after = FAKE_TRICKLES},
    {.target = "/tires", .bytes = OK, .after = FAKE_TIRES},
    {.target = "/stale", .bytes = OK, .after = FAKE_TURNS_STALE},
    {.bytes = OK},
};

static void answers_arrive_whole(void **state)
{
    static struct world world;
    struct passenger passenger;
    world_prepare(&world, state);
    world_open(&world, plain_scripts);

    world_get(&world, &passenger, "/users/7?x=1");
    const struct flight_answer *answer = &passenger.flight.answer;
    assert_int_equal(passenger.flight.reason, REASON_NONE);
    assert_int_equal(answer->status, 200);
    assert_str(answer->body, "{\"a\":17}");
    assert_int_equal(answer->field_count, 2);
    assert_str(answer->fields[0].name, "Content-Type");
    assert_str(answer->fields[0].value, "application/json");
    struct str value;
    assert_true(flight_answer_field(answer, STR("content-LENGTH"), &value));
    assert_str(value, "8");
    assert_false(flight_answer_field(answer, STR("etag"), &value));

    world_get(&world, &passenger, "/chunked");
    assert_int_equal(passenger.flight.reason, REASON_NONE);
    assert_str(answer->body, "{\"a\":true}");
    world_get(&world, &passenger, "/404");
    assert_int_equal(passenger.flight.reason, REASON_NONE);
    assert_int_equal(answer->status, 404);
    assert_str(answer->body, "nope");
    world_get(&world, &passenger, "/204");
    assert_int_equal(answer->status, 204);
    assert_int_equal(answer->body.length, 0);
    world_get(&world, &passenger, "/304");
    assert_int_equal(passenger.flight.reason, REASON_NONE);
    assert_int_equal(answer->status, 304);
    world_get(&world, &passenger, "/early");
    assert_int_equal(passenger.flight.reason, REASON_NONE);
    assert_int_equal(answer->status, 200);
    assert_int_equal(answer->field_count, 2);
    /* All of that over one connection. */
    assert_int_equal(fake_count(&world.fake, &world.fake.connections), 1);

    world_get(&world, &passenger, "/until-close");
    assert_str(answer->body, "{\"until\":\"close\"}");
    world_get(&world, &passenger, "/closing");
    assert_str(answer->body, "[]");
    world_get(&world, &passenger, "/again");
    assert_str(answer->body, "{\"a\":17}");
    assert_int_equal(fake_count(&world.fake, &world.fake.connections), 3);
    world_close(&world);
}

static void expect_request(struct world *world, const char *format)
{
    char expected[2048];
    snprintf(expected, sizeof(expected), format, world->authority);
    pthread_mutex_lock(&world->fake.lock);
    assert_string_equal(world->fake.last, expected);
    pthread_mutex_unlock(&world->fake.lock);
}

struct wire_case {
    const char *method;
    const char *lines;
    const char *body; /* NULL: none */
    const char *wire;
};

static void requests_are_exactly_what_was_asked(void **state)
{
    static const struct wire_case cases[] = {
        {"GET", "accept: a/b\r\nx-one: 1\r\n", NULL,
         "GET /t HTTP/1.1\r\nHost: %s\r\naccept: a/b\r\nx-one: 1\r\n\r\n"},
        {"GET", "x-one: 1\r\nAccept: a/b\r\nx-two: 2\r\n", NULL,
         "GET /t HTTP/1.1\r\nHost: %s\r\nx-one: 1\r\nAccept: a/b\r\nx-two: 2\r\n\r\n"},
        {"GET", "", NULL, "GET /t HTTP/1.1\r\nHost: %s\r\n\r\n"},
        {"GET", "x-empty:\r\n", NULL, "GET /t HTTP/1.1\r\nHost: %s\r\nx-empty:\r\n\r\n"},
        {"GET", "x-empty: \r\nx-two: 2\r\n", NULL,
         "GET /t HTTP/1.1\r\nHost: %s\r\nx-empty: \r\nx-two: 2\r\n\r\n"},
        {"GET", "x-100%s: %n;\r\n", NULL, "GET /t HTTP/1.1\r\nHost: %s\r\nx-100%%s: %%n;\r\n\r\n"},
        {"GET", "", "[]", "GET /t HTTP/1.1\r\nHost: %s\r\nContent-Length: 2\r\n\r\n[]"},
        {"POST", "accept: a/b\r\ncontent-type: text/x\r\nx-one: 1\r\n", "{}",
         "POST /t HTTP/1.1\r\nHost: %s\r\naccept: a/b\r\ncontent-type: text/x\r\nx-one: 1\r\n"
         "Content-Length: 2\r\n\r\n{}"},
        {"POST", "accept: a/b\r\n", "{}",
         "POST /t HTTP/1.1\r\nHost: %s\r\naccept: a/b\r\nContent-Length: 2\r\n\r\n{}"},
        {"POST", "", "", "POST /t HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\n\r\n"},
        {"POST", "", NULL, "POST /t HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\n\r\n"},
        {"PUT", "", "1", "PUT /t HTTP/1.1\r\nHost: %s\r\nContent-Length: 1\r\n\r\n1"},
        {"PATCH", "Content-Type: a\r\n", "12",
         "PATCH /t HTTP/1.1\r\nHost: %s\r\nContent-Type: a\r\nContent-Length: 2\r\n\r\n12"},
        {"DELETE", "", NULL, "DELETE /t HTTP/1.1\r\nHost: %s\r\n\r\n"},
        {"DELETE", "", "x", "DELETE /t HTTP/1.1\r\nHost: %s\r\nContent-Length: 1\r\n\r\nx"},
        {"OPTIONS", "", NULL, "OPTIONS /t HTTP/1.1\r\nHost: %s\r\n\r\n"},
        {"GET", "", NULL, "GET /t HTTP/1.1\r\nHost: %s\r\n\r\n"},
    };
    static struct world world;
    struct passenger passenger;
    world_prepare(&world, state);
    world_open(&world, plain_scripts);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        loop_refresh(&world.loop);
        struct flight_request request = world_request(&world, cases[i].method, "/t");
        request.header_lines = str_of(cases[i].lines);
        request.has_body = cases[i].body != NULL;
        request.body = cases[i].body ? str_of(cases[i].body) : STR_NONE;
        world_fly(&world, &passenger, &request);
        assert_int_equal(passenger.flight.reason, REASON_NONE);
        assert_str(passenger.flight.answer.body, "{\"a\":17}");
        expect_request(&world, cases[i].wire);
    }
    /* One handle for all of them, one connection. */
    assert_int_equal(fake_count(&world.fake, &world.fake.connections), 1);
    world_close(&world);
}

static void head_has_no_body(void **state)
{
    static struct world world;
    struct passenger passenger;
    world_prepare(&world, state);
    world_open(&world, plain_scripts);
    struct flight_request request = world_request(&world, "HEAD", "/head");
    request.max_response = 10;
    world_fly(&world, &passenger, &request);
    assert_int_equal(passenger.flight.reason, REASON_NONE);
    assert_int_equal(passenger.flight.answer.status, 200);
    assert_int_equal(passenger.flight.answer.body.length, 0);
    expect_request(&world, "HEAD /head HTTP/1.1\r\nHost: %s\r\naccept: application/json\r\n\r\n");
    /* Nothing of it sticks to the handle. */
    static const char *const methods[] = {"GET", "HEAD", "POST", "HEAD", "DELETE"};
    for (size_t i = 0; i < 5; i++) {
        request = world_request(&world, methods[i], i % 2 ? "/head" : "/after");
        world_fly(&world, &passenger, &request);
        assert_int_equal(passenger.flight.reason, REASON_NONE);
        assert_str(passenger.flight.answer.body, i % 2 ? "" : "{\"a\":17}");
    }
    request.has_body = true; /* a HEAD is sent without a body all the same */
    request.body = STR("[]");
    request.method = STR("HEAD");
    request.target = STR("/head");
    world_fly(&world, &passenger, &request);
    assert_int_equal(passenger.flight.reason, REASON_NONE);
    assert_int_equal(fake_count(&world.fake, &world.fake.connections), 1);
    world_close(&world);
}

static void large_bodies_go_at_once(void **state)
{
    static struct world world;
    struct passenger passenger;
    world_prepare(&world, state);
    world_open(&world, plain_scripts);
    size_t sizes[] = {65535, 65536, 3 * 1024 * 1024};
    for (size_t i = 0; i < 3; i++) {
        char *body = malloc(sizes[i]);
        memset(body, 'x', sizes[i]);
        loop_refresh(&world.loop);
        struct flight_request request = world_request(&world, "POST", "/upload");
        request.has_body = true;
        request.body = (struct str){body, sizes[i]};
        world_fly(&world, &passenger, &request);
        assert_int_equal(passenger.flight.reason, REASON_NONE);
        assert_int_equal(fake_request_size(world.fake.last, world.fake.last_length),
                         world.fake.last_length);
        assert_memory_equal(world.fake.last + world.fake.last_length - sizes[i], body, sizes[i]);
        assert_null(strcasestr(world.fake.last, "expect"));
        free(body);
    }
    world_close(&world);
}

static void nobody_there(void **state)
{
    static struct world world;
    struct passenger passenger;
    world_prepare(&world, state);
    world_open(&world, plain_scripts);
    fake_stop(&world.fake);
    world_get(&world, &passenger, "/");
    assert_int_equal(passenger.flight.reason, REASON_CONNECT);
    assert_int_equal(passenger.flight.answer.status, 0);
    fake_start(&world.fake, plain_scripts, NULL);
    world_close(&world);
}

static void a_name_that_is_none(void **state)
{
    static struct world world;
    struct passenger passenger;
    world_prepare(&world, state);
    world_open(&world, plain_scripts);
    upstreams_free(world.upstreams);
    world.url.host = STR("service.invalid");
    world.url.authority = STR("service.invalid:8080");
    world_equip(&world);
    world_get(&world, &passenger, "/");
    /* The resolver may need longer than anybody waits here. */
    assert_true(passenger.flight.reason == REASON_CONNECT ||
                passenger.flight.reason == REASON_TIMEOUT);
    world_close(&world);
}

static void a_name_is_resolved(void **state)
{
    static struct world world;
    struct passenger passenger;
    world_prepare(&world, state);
    world_open(&world, plain_scripts);
    upstreams_free(world.upstreams);
    snprintf(world.authority, sizeof(world.authority), "localhost:%u", world.fake.port);
    world.url.host = STR("localhost");
    world.url.authority = str_of(world.authority);
    world_equip(&world);
    for (int i = 0; i < 3; i++) {
        world_get(&world, &passenger, "/");
        assert_int_equal(passenger.flight.reason, REASON_NONE);
    }
    assert_int_equal(fake_count(&world.fake, &world.fake.connections), 1);
    world_close(&world);
}

/* Who resolves names tells the guard; the way there is then an address, the Host is the name. */
static void a_resolved_name_is_flown_to(void **state)
{
    static struct world world;
    struct passenger passenger;
    world_prepare(&world, state);
    world_open(&world, plain_scripts);
    struct endpoint_place found = {.address.v4 = {.sin_family = AF_INET,
                                           .sin_port = htons(world.fake.port),
                                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}};
    struct endpoint_place nobody = found;
    nobody.address.v4.sin_port = htons(1);
    upstreams_free(world.upstreams);
    world.url.host = STR("service.invalid");
    world.url.authority = STR("service.invalid:8080");
    world_equip(&world);
    assert_true(guard_resolve(&world.guards->list[0], &world.url, &nobody, 1));
    world_get(&world, &passenger, "/");
    assert_int_equal(passenger.flight.reason, REASON_CONNECT);
    assert_true(guard_resolve(&world.guards->list[0], &world.url, &found, 1));
    for (int i = 0; i < 3; i++) {
        world_get(&world, &passenger, "/");
        assert_int_equal(passenger.flight.reason, REASON_NONE);
    }
    assert_int_equal(fake_count(&world.fake, &world.fake.connections), 1);
    world_close(&world);
}

static void unix_sockets(void **state)
{
    static struct world world;
    struct passenger passenger;
    world_prepare(&world, state);
    snprintf(world.unix_path, sizeof(world.unix_path), "/tmp/braid-test-%d.sock", (int)getpid());
    world_open(&world, plain_scripts);
    for (int i = 0; i < 5; i++) {
        world_get(&world, &passenger, "/users");
        assert_int_equal(passenger.flight.reason, REASON_NONE);
        assert_str(passenger.flight.answer.body, "{\"a\":17}");
    }
    assert_int_equal(fake_count(&world.fake, &world.fake.connections), 1);
    world_close(&world);
}

/* The service's queue is full, so the kernel answers nobody. */
static void a_connection_that_is_never_made(void **state)
{
    static struct world world;
    struct hand hand;
    struct passenger passenger;
    int fillers[4];
    world_prepare(&world, state);
    world.service.connect_timeout = 100 * MILLISECOND;
    hand_open(&hand, &world, 0, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(world.url.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < 4; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(fillers[i], (struct sockaddr *)&address, sizeof(address));
    }
    usec start = clock_now();
    world_get(&world, &passenger, "/");
    assert_int_equal(passenger.flight.reason, REASON_TIMEOUT);
    assert_true(clock_now() - start >= 100 * MILLISECOND);
    assert_true(clock_now() - start < 2 * SECOND);
    for (int i = 0; i < 4; i++)
        close(fillers[i]);
    hand_close(&hand);
}

/* --- deadlines ---------------------------------------------------------------------------- */

static void expect_timeout_after(struct world *world, const char *target, usec patience)
{
    struct passenger passenger;
    loop_refresh(&world->loop);
    usec start = clock_now();
    struct flight_request request = world_request(world, "GET", target);
    request.deadline = start + patience;
    world_fly(world, &passenger, &request);
    usec took = clock_now() - start;
    assert_int_equal(passenger.flight.reason, REASON_TIMEOUT);
    assert_int_equal(passenger.flight.answer.status, 0);
    assert_true(took >= patience);
    assert_true(took < patience + SECOND);
}

static void deadlines_hold(void **state)
{
    static struct world world;
    world_prepare(&world, state);
    world_open(&world, plain_scripts);
    expect_timeout_after(&world, "/hang", 100 * MILLISECOND);
    expect_timeout_after(&world, "/hang-in-body", 100 * MILLISECOND);
    /* Bytes that come do not stretch it: the whole would take 1.5 s. */
    expect_timeout_after(&world, "/trickle", 150 * MILLISECOND);
    expect_timeout_after(&world, "/hang", -1);
    world_await(&world, &world.fake.hung_up, 2);
    world_await(&world, &world.fake.requests, 3);
    world_close(&world);
}

#define CROWD 300

static struct passenger crowd[CROWD];

static void no_timeout_is_lost(void **state)
{
    static struct world world;
    world_prepare(&world, state);
    world.service.concurrency = CROWD;
    world_open(&world, plain_scripts);
    usec start = clock_now();
    loop_refresh(&world.loop);
    for (int i = 0; i < CROWD; i++) {
        struct flight_request request = world_request(&world, "GET", "/hang");
        request.deadline = start + 200 * MILLISECOND;
        world_start(&world, &crowd[i], &request);
    }
    world_run(&world, crowd, CROWD);
    assert_true(clock_now() - start < 10 * SECOND);
    for (int i = 0; i < CROWD; i++) {
        assert_int_equal(crowd[i].landings, 1);
        assert_int_equal(crowd[i].flight.reason, REASON_TIMEOUT);
    }
    struct passenger after;
    world_get(&world, &after, "/");
    assert_int_equal(after.flight.reason, REASON_NONE);
    world_close(&world);
}

/* --- places and the queue ----------------------------------------------------------------- */

static void places_are_shared_in_order(void **state)
{
    static struct world world;
    world_prepare(&world, state);
    world.service.concurrency = 8;
    world.service.queue = 200;
    world_open(&world, plain_scripts);
    for (int i = 0; i < 200; i++) {
        struct flight_request request = world_request(&world, "GET", "/");
        world_start(&world, &crowd[i], &request);
    }
    world_run(&world, crowd, 200);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(crowd[i].landings, 1);
        assert_int_equal(crowd[i].flight.reason, REASON_NONE);
        assert_str(crowd[i].flight.answer.body, "{\"a\":17}");
    }
    assert_int_equal(fake_count(&world.fake, &world.fake.requests), 200);
    assert_int_equal(fake_count(&world.fake, &world.fake.connections), 8);
    world_close(&world);
}

static void more_lanes_than_one(void **state)
{
    static struct world world;
    world_prepare(&world, state);
    world.service.concurrency = 150;
    world.service.queue = 50;
    world_open(&world, plain_scripts);
    for (int round = 0; round < 2; round++) {
        loop_refresh(&world.loop);
        for (int i = 0; i < 200; i++) {
            struct flight_request request = world_request(&world, "GET", "/");
            world_start(&world, &crowd[i], &request);
        }
        world_run(&world, crowd, 200);
        for (int i = 0; i < 200; i++)
            assert_int_equal(crowd[i].flight.reason, REASON_NONE);
    }
    assert_true(fake_count(&world.fake, &world.fake.connections) <= 150);
    world_close(&world);
}

static void a_full_queue_is_overloaded(void **state)
{
    static struct world world;
    world_prepare(&world, state);
    world.service.concurrency = 1;
    world.service.queue = 2;
    world_open(&world, plain_scripts);
    static const char *const targets[] = {"/hang", "/1", "/2", "/3"};
    for (int i = 0; i < 4; i++) {
        struct flight_request request = world_request(&world, "GET", targets[i]);
        if (i == 0)
            request.deadline = loop_now(&world.loop) + 100 * MILLISECOND;
        if (i == 1)
            request.deadline = loop_now(&world.loop) + 50 * MILLISECOND;
        world_start(&world, &crowd[i], &request);
    }
    world_run(&world, crowd, 4);
    assert_int_equal(crowd[0].flight.reason, REASON_TIMEOUT);
    assert_int_equal(crowd[1].flight.reason, REASON_TIMEOUT); /* while it waited */
    assert_int_equal(crowd[2].flight.reason, REASON_NONE);
    assert_int_equal(crowd[3].flight.reason, REASON_OVERLOADED);
    assert_int_equal(fake_count(&world.fake, &world.fake.requests), 2);
    world_close(&world);
}

/* --- cancelling --------------------------------------------------------------------------- */

static void cancel_closes_the_connection(void **state)
{
    static struct world world;
    world_prepare(&world, state);
    world.service.concurrency = 1;
    world_open(&world, plain_scripts);
    struct flight_request hang = world_request(&world, "GET", "/hang");
    struct flight_request get = world_request(&world, "GET", "/");
    world_start(&world, &crowd[0], &hang);
    world_start(&world, &crowd[1], &get);
    world_start(&world, &crowd[2], &get);
    while (fake_count(&world.fake, &world.fake.requests) < 1)
        loop_turn(&world.loop, 5 * MILLISECOND);
    flight_cancel(&crowd[1].flight); /* it waits */
    flight_cancel(&crowd[0].flight); /* it flies: its place is given on */
    flight_cancel(&crowd[0].flight);
    world_run(&world, &crowd[2], 1);
    assert_int_equal(crowd[2].flight.reason, REASON_NONE);
    world_await(&world, &world.fake.hung_up, 1);
    assert_int_equal(crowd[0].landings, 0);
    assert_int_equal(crowd[1].landings, 0);
    assert_int_equal(fake_count(&world.fake, &world.fake.requests), 2);
    world_close(&world);
}

static void cancel_before_landing(void **state)
{
    static struct world world;
    world_prepare(&world, state);
    world.service.concurrency = 1;
    world.service.queue = 0;
    world_open(&world, plain_scripts);
    struct flight_request get = world_request(&world, "GET", "/");
    world_start(&world, &crowd[0], &get);
    world_start(&world, &crowd[1], &get); /* overloaded, but not landed yet */
    flight_cancel(&crowd[1].flight);
    flight_cancel(&crowd[0].flight); /* nothing was sent yet */
    world_linger(&world, 30 * MILLISECOND);
    assert_int_equal(crowd[0].landings + crowd[1].landings, 0);
    assert_int_equal(fake_count(&world.fake, &world.fake.requests), 0);
    struct passenger after;
    world_get(&world, &after, "/");
    assert_int_equal(after.flight.reason, REASON_NONE);
    world_close(&world);
}

/* --- connections that were kept ------------------------------------------------------------ */

static void send_on_kept(struct world *world, const char *method, enum reason expected)
{
    struct passenger passenger;
    loop_refresh(&world->loop);
    struct flight_request request = world_request(world, method, "/tires");
    world_fly(world, &passenger, &request);
    assert_int_equal(passenger.flight.reason, expected);
}

static void only_idempotent_requests_are_resent(void **state)
{
    static struct world world;
    world_prepare(&world, state);
    world_open(&world, plain_scripts);
    send_on_kept(&world, "GET", REASON_NONE);
    /* The service drops the second request of each connection: it is sent again on a new one. */
    for (int i = 0; i < 12; i++)
        send_on_kept(&world, i % 2 ? "PUT" : "GET", REASON_NONE);
    assert_int_equal(fake_count(&world.fake, &world.fake.connections), 13);
    assert_int_equal(fake_count(&world.fake, &world.fake.requests), 25);
    /* The service may have done what a POST asks for before it dropped it. */
    send_on_kept(&world, "POST", REASON_RESET);
    assert_int_equal(fake_count(&world.fake, &world.fake.requests), 26);
    send_on_kept(&world, "POST", REASON_NONE);
    world_close(&world);
}

static void connections_that_ended_are_not_used(void **state)
{
    static struct world world;
    struct passenger passenger;
    world_prepare(&world, state);
    world_open(&world, plain_scripts);
    for (int i = 0; i < 3; i++) {
        loop_refresh(&world.loop);
        struct flight_request request = world_request(&world, "POST", "/stale");
        world_fly(&world, &passenger, &request);
        assert_int_equal(passenger.flight.reason, REASON_NONE);
        world_await(&world, &world.fake.living, 0);
    }
    assert_int_equal(fake_count(&world.fake, &world.fake.connections), 3);
    assert_int_equal(fake_count(&world.fake, &world.fake.requests), 3);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        over_both(answers_arrive_whole),
        over_both(requests_are_exactly_what_was_asked),
        over_both(head_has_no_body),
        over_both(large_bodies_go_at_once),
        over_both(nobody_there),
        over_both(a_name_that_is_none),
        over_both(a_name_is_resolved),
        over_both(unix_sockets),
        over_both(a_connection_that_is_never_made),
        over_both(deadlines_hold),
        over_both(no_timeout_is_lost),
        over_both(a_resolved_name_is_flown_to),
        over_both(places_are_shared_in_order),
        over_both(more_lanes_than_one),
        over_both(a_full_queue_is_overloaded),
        over_both(cancel_closes_the_connection),
        over_both(cancel_before_landing),
        over_both(only_idempotent_requests_are_resent),
        over_both(connections_that_ended_are_not_used),
    };
    if (!upstreams_global_init())
        return 1;
    int failures = cmocka_run_group_tests_name("flight", tests, NULL, NULL);
    upstreams_global_done();
    return failures;
}

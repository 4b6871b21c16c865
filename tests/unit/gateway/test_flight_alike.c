/*
 * The same answers over both transports: whatever a service says, and in whatever pieces it comes,
 * both must have understood the same.
 */
#include "tests/unit/gateway/flight_world.h"

#define OK      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

static const char *const answers[] = {
    /* what is good */
    OK,
    "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.0 200 OK\r\n\r\n{\"until\":\"close\"}",
    "HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]",
    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[1]",
    "HTTP/1.1 201 Created\r\nLocation: /a\r\nX-Empty:\r\nX-Tab:\ta\t\r\nContent-Length: 1\r\n\r\n1",
    "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope",
    "HTTP/1.1 500 \xe4\xf6\xfc\r\nContent-Length: 4\r\n\r\nboom",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: \"1\"\r\n\r\n",
    "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: http://elsewhere.invalid/\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n" OK,
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" OK,
    CHUNKED "2\r\n{}\r\n0\r\n\r\n",
    CHUNKED "1\r\n{\r\n0001;a=\"b\"\r\n}\r\n00\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n",
    CHUNKED "0\r\n\r\n",
    CHUNKED "a\r\n0123456789\r\nA\r\nabcdefghij\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding:Chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 000002\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\nContent-Length: 2 \t\r\n\r\n{}",
    OK "surplus",
    "HTTP/1.1 204 No Content\r\n\r\n" OK,
    "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.1 599 Last\r\nContent-Length: 0\r\n\r\n",
    /* what ends too early */
    "H",
    "HTTP/1.1",
    "HTTP/1.1 200 OK",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{",
    CHUNKED,
    CHUNKED "2",
    CHUNKED "2\r\n{",
    CHUNKED "2\r\n{}\r\n",
    CHUNKED "2\r\n{}\r\n0",
    CHUNKED "2\r\n{}\r\n0\r\n",
    CHUNKED "2\r\n{}\r\n0\r\nX-A: 1\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
    /* what is wrong */
    "",
    "\r\n" OK,
    "{}",
    "garbage\r\n\r\n",
    "SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP/1.1 200 OK\n\n",
    "HTTP/1.1 200 OK\r\nX-A 1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX-A : 1\r\n\r\n",
    "HTTP/1.1 200 OK\r\n X-A: 1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX-A: 1\r\n\tfolded\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX-A: \x01\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX-A: \x7f\r\n\r\n",
    "HTTP/1.1 200 OK\rX-A: 1\r\n\r\n",
    "HTTP/1.1 200OK\r\n\r\n",
    "HTTP/1.1 99 OK\r\n\r\n",
    "HTTP/1.1 1000 OK\r\n\r\n",
    "HTTP/1.1 600 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    "HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\n{}" OK,
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\nContent-Length: 2a\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\nContent-Length: 1234567890123456789\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    CHUNKED "g\r\n",
    CHUNKED "2\r\n{}0\r\n\r\n",
    CHUNKED "2\n{}\r\n0\r\n\r\n",
    CHUNKED "0\r\nX A: 1\r\n\r\n",
};

#define ANSWERS (sizeof(answers) / sizeof(answers[0]))

static void expect_same(const struct flight *lean, const struct flight *curl, const char *answer)
{
    const struct flight_answer *one = &lean->answer;
    const struct flight_answer *other = &curl->answer;
    if (lean->reason != curl->reason)
        fail_msg("reason %s over lean, %s over curl:\n%s", reason_name(lean->reason),
                 reason_name(curl->reason), answer);
    assert_int_equal(one->status, other->status);
    assert_int_equal(one->field_count, other->field_count);
    for (uint32_t i = 0; i < one->field_count; i++) {
        assert_true(str_equal(one->fields[i].name, other->fields[i].name));
        assert_true(str_equal(one->fields[i].value, other->fields[i].value));
    }
    if (!str_equal(one->body, other->body))
        fail_msg("the bodies differ:\n%s", answer);
}

/* Each answer in this manner over both; how many of them were good. */
static int fly_all(enum fake_after after)
{
    static struct world lean;
    static struct world curl;
    static struct fake_script scripts[ANSWERS + 1];
    static char targets[ANSWERS][16];
    int good = 0;
    for (size_t i = 0; i < ANSWERS; i++) {
        snprintf(targets[i], sizeof(targets[i]), "/%zu", i);
        scripts[i] =
            (struct fake_script){.target = targets[i], .bytes = answers[i], .after = after};
    }
    scripts[ANSWERS] = (struct fake_script){.bytes = OK};
    void *over_lean = (void *)(uintptr_t)TRANSPORT_AUTO;
    void *over_curl = (void *)(uintptr_t)TRANSPORT_CURL;
    world_prepare(&lean, &over_lean);
    world_prepare(&curl, &over_curl);
    world_open(&lean, scripts);
    world_open(&curl, scripts);
    for (size_t i = 0; i < ANSWERS; i++) {
        struct passenger by_lean;
        struct passenger by_curl;
        world_get(&lean, &by_lean, targets[i]);
        world_get(&curl, &by_curl, targets[i]);
        expect_same(&by_lean.flight, &by_curl.flight, answers[i]);
        /* What comes behind an answer would otherwise meet the next request. */
        world_await(&lean, &lean.fake.living, 0);
        world_await(&curl, &curl.fake.living, 0);
        good += by_lean.flight.reason == REASON_NONE;
    }
    world_close(&lean);
    world_close(&curl);
    return good;
}

static void answers_in_one_piece(void **state)
{
    (void)state;
    assert_int_equal(fly_all(FAKE_CLOSES), 30);
}

static void answers_in_crumbs(void **state)
{
    (void)state;
    assert_int_equal(fly_all(FAKE_CRUMBLES), 30);
}

/* Of those until close nothing is known to be whole. */
static void answers_and_a_reset(void **state)
{
    (void)state;
    assert_int_equal(fly_all(FAKE_RESETS), 27);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_in_one_piece),
        cmocka_unit_test(answers_in_crumbs),
        cmocka_unit_test(answers_and_a_reset),
    };
    if (!upstreams_global_init())
        return 1;
    int failures = cmocka_run_group_tests_name("both transports alike", tests, NULL, NULL);
    upstreams_global_done();
    return failures;
}

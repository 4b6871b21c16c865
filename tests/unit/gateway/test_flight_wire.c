/*
 * What a service may do wrong on the wire, and what becomes of it: each case is one answer, byte
 * for byte, over a real connection. After each one the next flight must go well.
 */
#include "tests/unit/gateway/flight_world.h"

#include <zlib.h>

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

struct wrong_case {
    const char *name;
    enum reason reason;
    enum fake_after after;
    const char *bytes;
};

static const struct wrong_case wrong_cases[] = {
    {"nothing at all", REASON_RESET, FAKE_CLOSES, ""},
    {"reset at once", REASON_RESET, FAKE_RESETS, ""},
    {"reset in the head", REASON_RESET, FAKE_RESETS, "HTTP/1.1 200 OK\r\nContent-"},
    {"reset in the body", REASON_RESET, FAKE_RESETS,
     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[1,"},
    {"short body", REASON_RESET, FAKE_CLOSES, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[1,"},
    {"no body where one was announced", REASON_RESET, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"},
    {"half a status line", REASON_RESET, FAKE_CLOSES, "HTTP/1.1 200"},
    {"no empty line", REASON_PROTOCOL, FAKE_CLOSES, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"},
    {"half a field", REASON_PROTOCOL, FAKE_CLOSES, "HTTP/1.1 200 OK\r\nContent-Le"},
    {"HTTP/0.9", REASON_PROTOCOL, FAKE_CLOSES, "{\"a\":1}"},
    {"garbage in front", REASON_PROTOCOL, FAKE_CLOSES, "\r\n" OK},
    {"HTTP/2", REASON_PROTOCOL, FAKE_CLOSES, "HTTP/2 200\r\ncontent-length: 0\r\n\r\n"},
    {"HTTP/1.2", REASON_PROTOCOL, FAKE_CLOSES, "HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n"},
    {"lower-case http", REASON_PROTOCOL, FAKE_CLOSES,
     "http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
    {"ICY", REASON_PROTOCOL, FAKE_CLOSES, "ICY 200 OK\r\nContent-Length: 0\r\n\r\n"},
    {"status of two digits", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"},
    {"status of four digits", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"},
    {"two blanks before the status", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n"},
    {"bare LF", REASON_PROTOCOL, FAKE_CLOSES, "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}"},
    {"bare LF in one line", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nX-A: 1\nContent-Length: 2\r\n\r\n{}"},
    {"bare CR in a value", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nX-A: 1\r2\r\nContent-Length: 2\r\n\r\n{}"},
    {"folded line", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\nContent-Length: 2\r\n\r\n{}"},
    {"folded line behind the status line", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\n X-A: 1\r\nContent-Length: 2\r\n\r\n{}"},
    {"blank before the colon", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\n{}"},
    {"no colon", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 2\r\n\r\n{}"},
    {"no name", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\n: 1\r\nContent-Length: 2\r\n\r\n{}"},
    {"bad byte in a name", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nX(A): 1\r\nContent-Length: 2\r\n\r\n{}"},
    {"control byte in a value", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nX-A: \001\r\nContent-Length: 2\r\n\r\n{}"},
    {"two lengths", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"},
    {"twice the same length", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}"},
    {"a list of lengths", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n{}"},
    {"length with a sign", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n{}"},
    {"negative length", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}"},
    {"empty length", REASON_PROTOCOL, FAKE_CLOSES, "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n{}"},
    {"hexadecimal length", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\n{}"},
    {"length of 20 digits", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551618\r\n\r\n{}"},
    {"length and chunks", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
     "2\r\n{}\r\n0\r\n\r\n"},
    {"chunks and length", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n"
     "2\r\n{}\r\n0\r\n\r\n"},
    {"chunks twice", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
     "2\r\n{}\r\n0\r\n\r\n"},
    {"another transfer coding", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"},
    {"chunks in HTTP/1.0", REASON_PROTOCOL, FAKE_CLOSES,
     "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"},
    {"chunk size that is none", REASON_PROTOCOL, FAKE_KEEPS,
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n{}\r\n0\r\n\r\n"},
    {"chunk size with a sign", REASON_PROTOCOL, FAKE_KEEPS,
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n"},
    {"chunk size and a blank", REASON_PROTOCOL, FAKE_KEEPS,
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2 \r\n{}\r\n0\r\n\r\n"},
    {"chunk size of nine digits", REASON_PROTOCOL, FAKE_KEEPS,
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n000000002\r\n{}\r\n0\r\n\r\n"},
    {"bare LF behind a chunk size", REASON_PROTOCOL, FAKE_KEEPS,
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n"},
    {"chunk longer than it says", REASON_PROTOCOL, FAKE_KEEPS,
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}}\r\n0\r\n\r\n"},
    {"bad trailer", REASON_PROTOCOL, FAKE_KEEPS,
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX Y: 1\r\n\r\n"},
    {"bytes behind the last chunk", REASON_PROTOCOL, FAKE_KEEPS,
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" OK},
    {"chunks cut off", REASON_RESET, FAKE_CLOSES,
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"},
    {"101 unasked", REASON_PROTOCOL, FAKE_KEEPS,
     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"},
    {"interim answer with a length", REASON_PROTOCOL, FAKE_KEEPS,
     "HTTP/1.1 103 Early Hints\r\nContent-Length: 2\r\n\r\n{}" OK},
    {"status of 099", REASON_PROTOCOL, FAKE_KEEPS,
     "HTTP/1.1 099 What\r\nContent-Length: 0\r\n\r\n"},
    {"status of 600", REASON_PROTOCOL, FAKE_KEEPS,
     "HTTP/1.1 600 What\r\nContent-Length: 0\r\n\r\n"},
    {"unknown coding", REASON_PROTOCOL, FAKE_KEEPS,
     "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}"},
    {"gzip that is none", REASON_PROTOCOL, FAKE_KEEPS,
     "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"},
};

#define WRONG_CASES (sizeof(wrong_cases) / sizeof(wrong_cases[0]))

static void wrong_answers_have_their_reason(void **state)
{
    static struct world world;
    static struct fake_script scripts[WRONG_CASES + 1];
    static char targets[WRONG_CASES][16];
    for (size_t i = 0; i < WRONG_CASES; i++) {
        snprintf(targets[i], sizeof(targets[i]), "/%zu", i);
        scripts[i] = (struct fake_script){
            .target = targets[i], .bytes = wrong_cases[i].bytes, .after = wrong_cases[i].after};
    }
    scripts[WRONG_CASES] = (struct fake_script){.bytes = OK};
    world_prepare(&world, state);
    world_open(&world, scripts);
    for (size_t i = 0; i < WRONG_CASES; i++) {
        struct passenger passenger;
        world_get(&world, &passenger, targets[i]);
        if (passenger.flight.reason != wrong_cases[i].reason)
            fail_msg("%s: reason %d", wrong_cases[i].name, passenger.flight.reason);
        assert_int_equal(passenger.flight.answer.status, 0);
        assert_int_equal(passenger.flight.answer.field_count, 0);
        assert_int_equal(passenger.flight.answer.body.length, 0);
        world_get(&world, &passenger, "/good");
        if (passenger.flight.reason != REASON_NONE)
            fail_msg("after %s: reason %d", wrong_cases[i].name, passenger.flight.reason);
    }
    world_close(&world);
}

/* The same line many times over between a beginning and an end. */
static char *repeat(const char *begin, const char *line, size_t count, const char *end)
{
    size_t size = strlen(begin) + strlen(line) * count + strlen(end) + 1;
    char *text = malloc(size);
    char *at = stpcpy(text, begin);
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, line);
    strcpy(at, end);
    return text;
}

static void bounds_of_the_head(void **state)
{
    static struct world world;
    struct passenger passenger;
    char *fits = repeat("HTTP/1.1 200 OK\r\n", "X-A: 1\r\n", 99, "Content-Length: 2\r\n\r\n{}");
    char *fields = repeat("HTTP/1.1 200 OK\r\n", "X-A: 1\r\n", 100, "Content-Length: 2\r\n\r\n{}");
    char *bytes = repeat("HTTP/1.1 200 OK\r\nX-A: ", "0123456789abcdef", 2048, "\r\n\r\n");
    char *interims = repeat("", "HTTP/1.1 102 Processing\r\n\r\n", 8, OK);
    char *flood = repeat("", "HTTP/1.1 102 Processing\r\n\r\n", 9, OK);
    char *trailer = repeat("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
                           "X-A: 1\r\n", 1025, "\r\n");
    const struct fake_script scripts[] = {
        {.target = "/fits", .bytes = fits},
        {.target = "/fields", .bytes = fields},
        {.target = "/bytes", .bytes = bytes},
        {.target = "/flood", .bytes = flood},
        {.target = "/interims", .bytes = interims},
        {.target = "/trailer", .bytes = trailer},
        {.bytes = OK},
    };
    world_prepare(&world, state);
    world_open(&world, scripts);
    world_get(&world, &passenger, "/fits");
    assert_int_equal(passenger.flight.reason, REASON_NONE);
    assert_int_equal(passenger.flight.answer.field_count, 100);
    world_get(&world, &passenger, "/interims");
    assert_int_equal(passenger.flight.reason, REASON_NONE);
    assert_int_equal(passenger.flight.answer.status, 200);
    static const char *const refused[] = {"/fields", "/bytes", "/flood", "/trailer"};
    for (size_t i = 0; i < 4; i++) {
        world_get(&world, &passenger, refused[i]);
        assert_int_equal(passenger.flight.reason, REASON_PROTOCOL);
    }
    world_close(&world);
    free(fits);
    free(fields);
    free(bytes);
    free(interims);
    free(flood);
    free(trailer);
}

static void bodies_beyond_the_bound(void **state)
{
    static struct world world;
    struct passenger passenger;
    /* What is announced too large is not even waited for: these hang. */
    char *chunks = repeat("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                          "10\r\n0123456789abcdef\r\n", 65, "0\r\n\r\n");
    char *until_close = repeat("HTTP/1.1 200 OK\r\n\r\n", "0123456789abcdef", 65, "");
    char *exact =
        repeat("HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n", "0123456789abcdef", 64, "");
    const struct fake_script scripts[] = {
        {.target = "/announced",
         .after = FAKE_HANGS,
         .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1025\r\n\r\n"},
        {.target = "/chunks", .bytes = chunks, .after = FAKE_HANGS},
        {.target = "/until-close", .bytes = until_close, .after = FAKE_HANGS},
        {.target = "/exact", .bytes = exact},
        {.bytes = OK},
    };
    world_prepare(&world, state);
    world.service.max_response = 1024;
    world_open(&world, scripts);
    world_get(&world, &passenger, "/announced");
    assert_int_equal(passenger.flight.reason, REASON_TOO_LARGE);
    world_get(&world, &passenger, "/chunks");
    assert_int_equal(passenger.flight.reason, REASON_TOO_LARGE);
    world_get(&world, &passenger, "/until-close");
    assert_int_equal(passenger.flight.reason, REASON_TOO_LARGE);
    world_get(&world, &passenger, "/exact");
    assert_int_equal(passenger.flight.reason, REASON_NONE);
    assert_int_equal(passenger.flight.answer.body.length, 1024);
    world_close(&world);
    free(chunks);
    free(until_close);
    free(exact);
}

static void bodies_beyond_the_arena(void **state)
{
    static struct world world;
    struct passenger passenger;
    char *large =
        repeat("HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n\r\n", "0123456789abcdef", 4096, "");
    const struct fake_script scripts[] = {{.bytes = large}};
    world_prepare(&world, state);
    arena_init(&world.arena, NULL, 32768);
    world_open(&world, scripts);
    world_get(&world, &passenger, "/");
    assert_int_equal(passenger.flight.reason, REASON_TOO_LARGE);
    assert_false(arena_is_over(&world.arena));
    world_close(&world);
    free(large);
}

/* `size` times the same byte, gzipped, as a whole answer. */
static size_t gzip_answer(char *to, size_t room, size_t size)
{
    char *plain = malloc(size);
    memset(plain, ' ', size);
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 9, Z_DEFAULT_STRATEGY),
                     Z_OK);
    char *coded = malloc(room);
    stream.next_in = (Bytef *)plain;
    stream.avail_in = (uInt)size;
    stream.next_out = (Bytef *)coded;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t length = stream.total_out;
    deflateEnd(&stream);
    int head = snprintf(to, room,
                        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nETag: \"1\"\r\n"
                        "Content-Length: %zu\r\n\r\n",
                        length);
    memcpy(to + head, coded, length);
    free(coded);
    free(plain);
    return (size_t)head + length;
}

static void coded_bodies(void **state)
{
    static struct world world;
    static char small[65536];
    static char bomb[65536];
    struct passenger passenger;
    size_t small_size = gzip_answer(small, sizeof(small), 5000);
    size_t bomb_size = gzip_answer(bomb, sizeof(bomb), 16 * 1024 * 1024);
    const struct fake_script scripts[] = {
        {.target = "/small", .bytes = small, .length = small_size},
        {.target = "/bomb", .bytes = bomb, .length = bomb_size},
        {.bytes = OK},
    };
    world_prepare(&world, state);
    world_open(&world, scripts);
    world_get(&world, &passenger, "/small");
    assert_int_equal(passenger.flight.reason, REASON_NONE);
    assert_int_equal(passenger.flight.answer.body.length, 5000);
    assert_int_equal(passenger.flight.answer.field_count, 1);
    assert_str(passenger.flight.answer.fields[0].name, "ETag");
    world_get(&world, &passenger, "/bomb");
    assert_int_equal(passenger.flight.reason, REASON_TOO_LARGE);

    struct flight_request request = world_request(&world, "GET", "/small");
    request.keeps_encoding = true;
    world_fly(&world, &passenger, &request);
    assert_int_equal(passenger.flight.reason, REASON_NONE);
    assert_int_equal(passenger.flight.answer.field_count, 3);
    assert_true(passenger.flight.answer.body.length < 100);
    world_close(&world);
}

/* What comes unasked on a kept connection is never taken for the next answer. */
static void unasked_answers_reach_nobody(void **state)
{
    static struct world world;
    struct passenger passenger;
    static const struct fake_script scripts[] = {
        {.target = "/babbles",
         .after = FAKE_BABBLES,
         .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n\"evil\""},
        {.target = "/surplus", .bytes = OK OK},
        {.target = "/surplus-204", .bytes = "HTTP/1.1 204 No Content\r\n\r\n" OK},
        {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n\"good\""},
    };
    world_prepare(&world, state);
    world_open(&world, scripts);
    world_get(&world, &passenger, "/babbles");
    assert_int_equal(passenger.flight.reason, REASON_NONE);
    world_await(&world, &world.fake.babbled, 1);
    world_get(&world, &passenger, "/good");
    assert_str(passenger.flight.answer.body, "\"good\"");
    assert_int_equal(fake_count(&world.fake, &world.fake.connections), 2);
    static const char *const targets[] = {"/surplus", "/surplus-204"};
    for (size_t i = 0; i < 2; i++) {
        world_get(&world, &passenger, targets[i]);
        assert_int_equal(passenger.flight.reason, REASON_NONE);
        world_get(&world, &passenger, "/good");
        assert_str(passenger.flight.answer.body, "\"good\"");
    }
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        over_both(wrong_answers_have_their_reason),
        over_both(bounds_of_the_head),
        over_both(bodies_beyond_the_bound),
        over_both(bodies_beyond_the_arena),
        over_both(coded_bodies),
        over_both(unasked_answers_reach_nobody),
    };
    if (!upstreams_global_init())
        return 1;
    int failures = cmocka_run_group_tests_name("flight on the wire", tests, NULL, NULL);
    upstreams_global_done();
    return failures;
}

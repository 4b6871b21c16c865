/*
 * Requests as they come, in one piece, byte by byte and by sevens: the verdict is the same, and
 * what may pass ends where the last good message ends.
 */
#include "gateway/front/request_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct request_bounds bounds = {.head = 1024, .pool = 4096};

struct verdict {
    int status;
    uint32_t heads;
    uint32_t whole;
    size_t good; /* bytes of good messages, or all */
};

/* Byte by byte, `good` is what was passed on: the beginning of what is refused included. */
static struct verdict feed(struct str text, size_t size, const struct request_bounds *limits)
{
    struct request_reader reader;
    struct verdict verdict = {0, 0, 0, 0};
    request_reader_init(&reader, limits);
    while (text.length > 0 && reader.status == 0) {
        struct str piece = {text.at, text.length < size ? text.length : size};
        text = str_from(text, piece.length);
        verdict.good += request_reader_feed(&reader, piece);
    }
    verdict.status = reader.status;
    verdict.heads = reader.heads;
    verdict.whole = reader.whole;
    return verdict;
}

static struct verdict read_with(struct str text, const struct request_bounds *limits)
{
    struct verdict whole = feed(text, text.length, limits);
    for (size_t size = 1; size < 8; size += 6) {
        struct verdict pieces = feed(text, size, limits);
        assert_int_equal(pieces.status, whole.status);
        assert_int_equal(pieces.whole, whole.whole);
        assert_int_equal(pieces.heads, whole.heads);
    }
    return whole;
}

static struct verdict verdict_of(struct str text)
{
    return read_with(text, &bounds);
}

static void assert_refused(const char *text, int status)
{
    struct verdict verdict = verdict_of(str_of(text));
    if (verdict.status != status)
        fail_msg("%d instead of %d: %s", verdict.status, status, text);
    assert_int_equal(verdict.good, 0);
    assert_int_equal(verdict.whole, 0);
}

static void assert_passed(struct str text, uint32_t whole)
{
    struct verdict verdict = verdict_of(text);
    if (verdict.status != 0)
        fail_msg("%d: %.*s", verdict.status, STR_ARGS(text));
    assert_int_equal(verdict.whole, whole);
    assert_int_equal(verdict.good, text.length);
}

#define HEAD "GET /a HTTP/1.1\r\nHost: a\r\n"
#define POST "POST /a HTTP/1.1\r\nHost: a\r\n"

static void what_is_right_passes(void **state)
{
    (void)state;
    assert_passed(STR(HEAD "\r\n"), 1);
    assert_passed(STR("\r\n" HEAD "\r\n"), 1);
    assert_passed(STR("OPTIONS * HTTP/1.1\r\nhOST:a\r\n\r\n"), 1);
    assert_passed(STR("GET http://a/ HTTP/1.0\r\nHost:\t a \t\r\n\r\n"), 1);
    assert_passed(STR(HEAD "X-\x21#$%&'*+-.^_`|~: \t \xff\x80 \t\r\nEmpty:\r\n\r\n"), 1);
    assert_passed(STR(POST "Content-Length: 5\r\n\r\nhello" HEAD "\r\n"), 2);
    assert_passed(STR(POST "content-length:\t0\r\n\r\n" HEAD "\r\n"), 2);
    assert_passed(STR(POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n"), 0);
    assert_passed(
        STR(POST "Transfer-Encoding: Chunked\r\n\r\n5;a=\"b\"\r\nhello\r\n0\r\nX: y\r\n\r\n" HEAD
                 "\r\n"),
        2);
    /* the rest of a message that has begun is waited for */
    assert_passed(STR(HEAD), 0);
    assert_passed(STR(POST "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"), 0);
}

static void a_line_that_is_not_one_is_refused(void **state)
{
    (void)state;
    assert_refused("\n" HEAD "\r\n", 400);
    assert_refused("\r\n\r\n" HEAD "\r\n", 400);
    assert_refused(" " HEAD "\r\n", 400);
    assert_refused("GET  /a HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    assert_refused("GET\t/a HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    assert_refused("GET /a  HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    assert_refused("GET /a HTTP/1.1 \r\nHost: a\r\n\r\n", 400);
    assert_refused("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    assert_refused("GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    assert_refused("GET /a\r\n\r\n", 400);
    assert_refused("GET /a HTTP/1.1\nHost: a\r\n\r\n", 400);
    assert_refused("GET /a HTTP/1.1\r\r\nHost: a\r\n\r\n", 400);
    assert_refused("GET /a http/1.1\r\nHost: a\r\n\r\n", 400);
    assert_refused("GET /a HTTP/1.11\r\nHost: a\r\n\r\n", 400);
    assert_refused("GET /a HTTP/01.1\r\nHost: a\r\n\r\n", 400);
    assert_refused("GET /a HTTP/1.2\r\nHost: a\r\n\r\n", 505);
    assert_refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
    assert_refused("G@T /a HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    assert_refused("GETGETGETGETGETGETGETGETGETGETGETGET /a HTTP/1.1\r\nHost: a\r\n\r\n", 501);
    assert_refused("\x16\x03\x01", 400);
}

static void a_field_that_is_not_one_is_refused(void **state)
{
    (void)state;
    assert_refused("GET /a HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400);
    assert_refused("GET /a HTTP/1.1\r\n Host: a\r\n\r\n", 400);
    assert_refused(HEAD "X : y\r\n\r\n", 400);
    assert_refused(HEAD "X y: z\r\n\r\n", 400);
    assert_refused(HEAD ": y\r\n\r\n", 400);
    assert_refused(HEAD "X\r\n\r\n", 400);
    assert_refused(HEAD "X: y\n\r\n", 400);
    assert_refused(HEAD "X: y\rz\r\n\r\n", 400);
    assert_refused(HEAD "X: \x01\r\n\r\n", 400);
    assert_refused(HEAD "X: \x7f\r\n\r\n", 400);
    assert_refused(HEAD "\r\x20\n", 400);
    assert_refused(HEAD "\n", 400);
    struct verdict verdict = verdict_of(STR(HEAD "X: y\0z\r\n\r\n"));
    assert_int_equal(verdict.status, 400);
    verdict = verdict_of(STR(HEAD "X\0: z\r\n\r\n"));
    assert_int_equal(verdict.status, 400);
}

static void framing_that_leaves_doubt_is_refused(void **state)
{
    (void)state;
    static const char *const framings[] = {
        "Content-Length: 1\r\nContent-Length: 1\r\n",
        "Content-Length: 1, 1\r\n",
        "Content-Length: 1 \r\n",
        "Transfer-Encoding: chunked \r\n",
        "Content-Length:\r\n",
        "Content-Length: +1\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x1\r\n",
        "Content-Length: 1 1\r\n",
        "Content-Length: 1;a\r\n",
        "Content-Length: 1e1\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Content-Length: 000000000000000000000000000000001\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding:\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: \"chunked\"\r\n",
        "Transfer-Encoding: chunked;q=1\r\n",
        ("Transfer-Encoding: \x0b"
         "chunked\r\n"),
        "Host: b\r\n",
    };
    for (size_t i = 0; i < sizeof framings / sizeof *framings; i++) {
        char text[256];
        snprintf(text, sizeof text, POST "%s\r\n", framings[i]);
        assert_refused(text, 400);
    }
    assert_refused("GET /a HTTP/1.1\r\n\r\n", 400);
    assert_refused("POST /a HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
    assert_refused(POST "Expect: something\r\n\r\n", 417);
    assert_passed(STR("GET /a HTTP/1.0\r\nHost: a\r\nExpect: something\r\n\r\n"), 1);
}

static void assert_chunks(const char *chunks, int status)
{
    char text[1024];
    snprintf(text, sizeof text, POST "Transfer-Encoding: chunked\r\n\r\n%s", chunks);
    struct verdict verdict = verdict_of(str_of(text));
    if (verdict.status != status)
        fail_msg("%d instead of %d: %s", verdict.status, status, chunks);
}

static void chunks_are_framed_strictly(void **state)
{
    (void)state;
    assert_chunks("00000001\r\na\r\n0\r\n\r\n", 0);
    assert_chunks("000000001\r\n", 400);
    assert_chunks("1\na\r\n", 400);
    assert_chunks("1\r\na\n0\r\n\r\n", 400);
    assert_chunks("1\r\nab\r\n", 400);
    assert_chunks("1 \r\na\r\n", 400);
    assert_chunks(" 1\r\n", 400);
    assert_chunks("+1\r\n", 400);
    assert_chunks("0x1\r\n", 400);
    assert_chunks("\r\n", 400);
    assert_chunks(";a\r\n", 400);
    assert_chunks("1;a\n\r\na\r\n", 400);
    assert_chunks("0\r\n\n", 400);
    assert_chunks("0\r\n X: y\r\n\r\n", 400);
    assert_chunks("0\r\nX : y\r\n\r\n", 400);
    assert_chunks("ffffffff\r\n", 0);
}

static void many_trailers_and_long_extensions_are_refused(void **state)
{
    (void)state;
    char text[1024];
    int length = snprintf(text, sizeof text, POST "Transfer-Encoding: chunked\r\n\r\n0\r\n");
    while (length + 8 < (int)sizeof text)
        length += snprintf(text + length, sizeof text - (size_t)length, "X:\r\n");
    assert_int_equal(verdict_of(str_of(text)).status, 431);
    length = snprintf(text, sizeof text, POST "Transfer-Encoding: chunked\r\n\r\n1;");
    memset(text + length, 'a', 300);
    text[length + 300] = '\0';
    assert_int_equal(verdict_of(str_of(text)).status, 400);
}

static void a_head_has_its_bounds(void **state)
{
    (void)state;
    char text[4096];
    const struct request_bounds small = {.head = 64, .pool = 4096};
    /* 64 bytes: 27 of the lines, 35 of X, and the end */
    int length = snprintf(text, sizeof text, HEAD "X: %031d\r\n\r\n", 0);
    assert_int_equal(length, 64);
    assert_int_equal(read_with(str_of(text), &small).whole, 1);
    snprintf(text, sizeof text, HEAD "X: %032d\r\n\r\n", 0);
    assert_int_equal(read_with(str_of(text), &small).status, 431);
    snprintf(text, sizeof text, "GET /%0100d HTTP/1.1\r\n", 0);
    assert_int_equal(read_with(str_of(text), &small).status, 414);
    length = snprintf(text, sizeof text, HEAD);
    for (int i = 0; i < 100; i++)
        length += snprintf(text + length, sizeof text - (size_t)length, "X:\r\n");
    snprintf(text + length, sizeof text - (size_t)length, "\r\n");
    const struct request_bounds wide = {.head = 4096, .pool = 65536};
    assert_int_equal(read_with(str_of(text), &wide).status, 431);
    assert_int_equal(read_with(str_of(text + 0), &bounds).status, 431);
}

static void cookies_are_counted_as_what_they_cost(void **state)
{
    (void)state;
    char text[1024] = HEAD "Cookie: ";
    for (int i = 0; i < 60; i++)
        strcat(text, "a=b; ");
    strcat(text, "\r\n\r\n");
    assert_int_equal(verdict_of(str_of(text)).status, 431);
    const struct request_bounds wide = {.head = 1024, .pool = 8192};
    assert_int_equal(read_with(str_of(text), &wide).whole, 1);
}

static void a_bad_message_behind_a_good_one_is_cut_off(void **state)
{
    (void)state;
    struct verdict verdict = verdict_of(STR(HEAD "\r\n" HEAD "X y: z\r\n\r\n"));
    assert_int_equal(verdict.status, 400);
    assert_int_equal(verdict.whole, 1);
    assert_int_equal(verdict.good, sizeof HEAD "\r\n" - 1);
    verdict = verdict_of(STR(POST "Content-Length: 2\r\n\r\nab\nGET"));
    assert_int_equal(verdict.status, 400);
    assert_int_equal(verdict.whole, 1);
}

static void nothing_follows_the_last_message(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(STR(HEAD "Connection: close\r\n\r\n" HEAD "\r\n")).status,
                     REQUEST_OVER);
    assert_int_equal(
        verdict_of(STR(HEAD "Connection: a-b-c-d-e-f-g-h-i-j-k-l-m-n, \tClose , x\r\n\r\nx"))
            .status,
        REQUEST_OVER);
    assert_passed(STR(HEAD "Connection: keep-alive, closed\r\n\r\n" HEAD "\r\n"), 2);
    assert_int_equal(verdict_of(STR("GET /a HTTP/1.0\r\nHost: a\r\n\r\n\r\n")).status,
                     REQUEST_OVER);
    assert_passed(STR("GET /a HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n" HEAD "\r\n"),
                  2);
}

static void a_body_has_the_limit_that_it_is_given(void **state)
{
    (void)state;
    struct request_reader reader;
    struct str head = STR(POST "Transfer-Encoding: chunked\r\n\r\n");
    request_reader_init(&reader, &bounds);
    assert_int_equal(request_reader_feed(&reader, head), head.length);
    assert_true(request_reader_limit_body(&reader, 10));
    assert_int_equal(request_reader_feed(&reader, STR("a\r\n0123456789\r\n")), 15);
    assert_int_equal(request_reader_announced(&reader), 10);
    assert_int_equal(request_reader_feed(&reader, STR("1\r\n")), 0);
    assert_int_equal(reader.status, 413);
    /* what was announced before it is known how long it may be */
    request_reader_init(&reader, &bounds);
    request_reader_feed(&reader, head);
    request_reader_feed(&reader, STR("b\r\n"));
    assert_int_equal(request_reader_announced(&reader), 11);
    assert_false(request_reader_limit_body(&reader, 10));
    assert_int_equal(reader.status, 413);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_right_passes),
        cmocka_unit_test(a_line_that_is_not_one_is_refused),
        cmocka_unit_test(a_field_that_is_not_one_is_refused),
        cmocka_unit_test(framing_that_leaves_doubt_is_refused),
        cmocka_unit_test(chunks_are_framed_strictly),
        cmocka_unit_test(many_trailers_and_long_extensions_are_refused),
        cmocka_unit_test(a_head_has_its_bounds),
        cmocka_unit_test(cookies_are_counted_as_what_they_cost),
        cmocka_unit_test(a_bad_message_behind_a_good_one_is_cut_off),
        cmocka_unit_test(nothing_follows_the_last_message),
        cmocka_unit_test(a_body_has_the_limit_that_it_is_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
